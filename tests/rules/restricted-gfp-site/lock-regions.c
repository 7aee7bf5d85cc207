/* A lock of the function is held over the allocation: the scope goes around the lock. */
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct demo {
	struct mutex lock;
	void *first;
	void *second;
	int busy;
};

#define EAGAIN 11

int demo_use(struct demo *d);
void demo_free(void *p);

/* One restore behind the common label. */
int one_label(struct demo *d)
{
	int err = 0;

	mutex_lock(&d->lock);
	if (d->busy) {
		err = -EAGAIN;
		goto out;
	}
	/* expect: restricted-gfp-site note: a nofs scope around d->lock could replace it */
	d->first = kmalloc(64, GFP_NOFS | __GFP_ZERO);
	if (!d->first)
		err = -ENOMEM;
out:
	mutex_unlock(&d->lock);
	return err;
}

/* Two masks in one region: the stricter one names the scope, and the other allocation changes with it. */
int strictest(struct demo *d)
{
	mutex_lock(&d->lock);
	/* expect: restricted-gfp-site note: a noio scope around d->lock could replace it */
	d->first = kmalloc(64, GFP_NOFS);
	/* expect: restricted-gfp-site note: a noio scope around d->lock could replace it */
	d->second = kmalloc(64, GFP_NOIO);
	mutex_unlock(&d->lock);
	return d->first && d->second ? 0 : -ENOMEM;
}

/* The way out where the lock was not got ends the scope, too, and gets braces for it. */
int trying(struct demo *d)
{
	if (!mutex_trylock(&d->lock))
		return -EAGAIN;
	/* expect: restricted-gfp-site note: a nofs scope around d->lock could replace it */
	d->first = kmalloc(64, GFP_NOFS);
	d->second = kmalloc(64, GFP_KERNEL);
	mutex_unlock(&d->lock);
	return demo_use(d);
}

int interruptible(struct demo *d)
{
	int err = mutex_lock_interruptible(&d->lock);

	if (err)
		return err;
	/* A declaration has no room for the start of a scope: nothing is changed. */
	/* expect: restricted-gfp-site note: a nofs scope around d->lock could replace it */
	d->first = kmalloc(64, GFP_NOFS);
	mutex_unlock(&d->lock);
	return 0;
}

/* The lock stays taken on one way out: nobody knows where the scope would end. */
int left_locked(struct demo *d)
{
	mutex_lock(&d->lock);
	/* expect: restricted-gfp-site note: no lock of this function is held here */
	d->first = kmalloc(64, GFP_NOFS);
	if (!d->first)
		return -ENOMEM;
	mutex_unlock(&d->lock);
	return 0;
}

/* Outside of any lock. */
int outside(struct demo *d)
{
	/* expect: restricted-gfp-site note: no lock of this function is held here: one of a caller's may be the reason, or the flag is there 'just in case' */
	void *p = kmalloc(64, GFP_NOFS);

	mutex_lock(&d->lock);
	d->first = p;
	mutex_unlock(&d->lock);
	return 0;
}

/* The caller's lock: shown, not done. */
static void *helper(void)
{
	/* expect: restricted-gfp-site note: a memalloc_nofs_save() scope around d->lock in its caller under_lock(), could replace it */
	return kmalloc(64, GFP_NOFS);
}

int under_lock(struct demo *d)
{
	mutex_lock(&d->lock);
	d->first = helper();
	mutex_unlock(&d->lock);
	return 0;
}

/* Callers that hold nothing alike. */
static void *anywhere(void)
{
	/* expect: restricted-gfp-site note: no lock is seen that all its callers, free_caller() and locked_caller(), hold */
	return kmalloc(64, GFP_NOFS);
}

int free_caller(struct demo *d)
{
	d->first = anywhere();
	return 0;
}

int locked_caller(struct demo *d)
{
	mutex_lock(&d->lock);
	d->first = anywhere();
	mutex_unlock(&d->lock);
	return 0;
}

/* A callee that looks at what would change is named. */
static void *choosy(gfp_t gfp)
{
	void *p = kmalloc(64, gfp);

	if (!p && (gfp & __GFP_FS))
		p = kmalloc(32, gfp);
	return p;
}

int through_choosy(struct demo *d)
{
	mutex_lock(&d->lock);
	/* expect: restricted-gfp-site note: a nofs scope around d->lock could replace it */
	d->first = choosy(GFP_NOFS);
	mutex_unlock(&d->lock);
	return 0;
}

/* Within a scope the flag is redundant. */
int in_scope(struct demo *d)
{
	unsigned int flags = memalloc_nofs_save();

	/* expect: restricted-gfp-site note: a scope that is active here already implies it */
	d->first = kmalloc(64, GFP_NOFS);
	memalloc_nofs_restore(flags);
	return 0;
}
