/* args: --scope-style=guard */
/* Where the tree has the class, a guard opens the scope to the end of the block. */
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct demo {
	struct mutex lock;
	void *first;
};

int demo_use(struct demo *d);

int to_the_end(struct demo *d)
{
	int err = 0;

	mutex_lock(&d->lock);
	/* expect: restricted-gfp-site note: a nofs scope around d->lock could replace it */
	d->first = kmalloc(64, GFP_NOFS);
	if (!d->first)
		err = -ENOMEM;
	mutex_unlock(&d->lock);
	return err;
}

/* Behind the lock the function goes on: save and restore. */
int goes_on(struct demo *d)
{
	mutex_lock(&d->lock);
	/* expect: restricted-gfp-site note: a noio scope around d->lock could replace it */
	d->first = kmalloc(64, GFP_NOIO);
	mutex_unlock(&d->lock);
	return demo_use(d);
}

/* A block within the function. */
void in_a_block(struct demo *d)
{
	if (!d->first) {
		mutex_lock(&d->lock);
		/* expect: restricted-gfp-site note: a nofs scope around d->lock could replace it */
		d->first = kmalloc(64, GFP_NOFS);
		mutex_unlock(&d->lock);
	}
	demo_use(d);
}
