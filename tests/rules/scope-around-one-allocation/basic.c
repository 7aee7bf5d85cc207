/* Scopes that are there for one allocation alone. */
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

struct demo {
	struct mutex lock;
	size_t size;
	void *buf;
};

static size_t demo_size(struct demo *d)
{
	return d->size + sizeof(*d);
}

void demo_elsewhere(struct demo *d);

void *demo_alloc(struct demo *d)
{
	/* expect: scope-around-one-allocation note: this nofs scope is there for one call of kmalloc() alone: GFP_NOFS there would say the same */
	unsigned int nofs_flags = memalloc_nofs_save();
	void *p = kmalloc(demo_size(d), GFP_KERNEL);

	memalloc_nofs_restore(nofs_flags);
	return p;
}

void *demo_valloc(struct demo *d)
{
	unsigned int noio_flags;
	void *p;

	/* expect: scope-around-one-allocation note: this noio scope is there for one call of __vmalloc() alone */
	noio_flags = memalloc_noio_save();
	p = __vmalloc(d->size, GFP_KERNEL);
	memalloc_noio_restore(noio_flags);
	return p;
}

/* vmalloc() takes no mask: the scope is the only way to say it. */
void *demo_vmalloc(struct demo *d)
{
	unsigned int nofs_flags = memalloc_nofs_save();
	void *p = vmalloc(d->size);

	memalloc_nofs_restore(nofs_flags);
	return p;
}

/* Around a lock, as it should be. */
void demo_locked(struct demo *d)
{
	unsigned int nofs_flags = memalloc_nofs_save();

	mutex_lock(&d->lock);
	d->buf = kmalloc(d->size, GFP_KERNEL);
	mutex_unlock(&d->lock);
	memalloc_nofs_restore(nofs_flags);
}

/* Two allocations, or a call that may allocate. */
void demo_two(struct demo *d)
{
	unsigned int nofs_flags = memalloc_nofs_save();

	d->buf = kmalloc(d->size, GFP_KERNEL);
	if (!d->buf)
		d->buf = kmalloc(16, GFP_KERNEL);
	memalloc_nofs_restore(nofs_flags);
}

void demo_calls(struct demo *d)
{
	unsigned int nofs_flags = memalloc_nofs_save();

	d->buf = kmalloc(d->size, GFP_KERNEL);
	demo_elsewhere(d);
	memalloc_nofs_restore(nofs_flags);
}

/* The caller has the token: it may do more in the scope. */
unsigned int demo_begin(struct demo *d)
{
	unsigned int nofs_flags = memalloc_nofs_save();

	d->buf = kmalloc(d->size, GFP_KERNEL);
	return nofs_flags;
}
