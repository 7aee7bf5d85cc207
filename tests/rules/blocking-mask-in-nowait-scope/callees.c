/* The scope is opened in one function, the mask is chosen in another. */
/* tree: nowait */
#include <linux/mempool.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

struct demo_dev {
	mempool_t *pool;
	void *req;
	void *cmd;
	struct work_struct work;
};

static void *cmd_alloc(void)
{
	/* expect: blocking-mask-in-nowait-scope warning: GFP_KERNEL is passed to kzalloc() while a nowait scope is active */
	return kzalloc(128, GFP_KERNEL);
}

static int dev_prepare(struct demo_dev *dev)
{
	dev->cmd = cmd_alloc();
	/* expect: blocking-mask-in-nowait-scope error: mempool_alloc() */
	dev->req = mempool_alloc(dev->pool, GFP_NOFS);
	return dev->cmd ? 0 : -ENOMEM;
}

int dev_submit(struct demo_dev *dev)
{
	unsigned int flags = memalloc_nowait_save();
	int err = dev_prepare(dev);

	memalloc_nowait_restore(flags);
	return err;
}

static void *reply_alloc_good(void)
{
	return kzalloc(128, GFP_KERNEL);
}

int dev_complete_good(struct demo_dev *dev)
{
	unsigned int flags = memalloc_nowait_save();

	dev->req = kmalloc(32, GFP_NOWAIT);
	memalloc_nowait_restore(flags);
	dev->cmd = reply_alloc_good();
	return 0;
}

/* The mask comes down as a parameter: this one is right for one caller, wrong for the other. */
static void *reply_alloc(gfp_t gfp)
{
	/* expect: blocking-mask-in-nowait-scope warning: GFP_KERNEL is passed to kmalloc() */
	return kmalloc(128, gfp);
}

void dev_reply(struct demo_dev *dev)
{
	unsigned int flags = memalloc_nowait_save();

	dev->cmd = reply_alloc(GFP_KERNEL);
	dev->req = reply_alloc(GFP_NOWAIT);
	memalloc_nowait_restore(flags);
}

void dev_reply_slow_good(struct demo_dev *dev)
{
	dev->cmd = reply_alloc(GFP_KERNEL);
}

/* What a worker does is not inside the scope of the task that queued it. */
static void dev_worker_good(struct work_struct *work)
{
	kfree(kmalloc(64, GFP_KERNEL));
}

void dev_queue_good(struct demo_dev *dev)
{
	unsigned int flags = memalloc_nowait_save();

	dev->work.func = dev_worker_good;
	schedule_work(&dev->work);
	memalloc_nowait_restore(flags);
}

/* A wrapper that opens the scope for its caller. */
static unsigned int dev_begin(struct demo_dev *dev)
{
	dev->req = NULL;
	return memalloc_nowait_save();
}

static void dev_end(struct demo_dev *dev, unsigned int flags)
{
	memalloc_nowait_restore(flags);
	dev->req = NULL;
}

void dev_section(struct demo_dev *dev)
{
	unsigned int flags = dev_begin(dev);

	/* expect: blocking-mask-in-nowait-scope warning: GFP_KERNEL is passed to kmalloc() */
	dev->cmd = kmalloc(16, GFP_KERNEL);
	dev_end(dev, flags);
	dev->req = kmalloc(16, GFP_KERNEL);
}
