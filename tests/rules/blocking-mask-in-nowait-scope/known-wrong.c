/* Where the rule is wrong, and why. */
/* tree: nowait */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

struct demo_dev {
	void *(*get)(struct demo_dev *dev);
	void *slot;
};

static void *get_slot(struct demo_dev *dev)
{
	/* known-wrong: missing blocking-mask-in-nowait-scope warning: GFP_KERNEL -- calls through function pointers are not entered */
	return kmalloc(64, GFP_KERNEL);
}

void dev_init(struct demo_dev *dev)
{
	dev->get = get_slot;
}

void dev_use(struct demo_dev *dev)
{
	unsigned int flags = memalloc_nowait_save();

	dev->slot = dev->get(dev);
	memalloc_nowait_restore(flags);
}

void dev_map(struct demo_dev *dev)
{
	unsigned int flags = memalloc_nowait_save();

	/* known-wrong: missing blocking-mask-in-nowait-scope warning: vmalloc() -- an allocator whose mask is fixed has no mask to look at */
	dev->slot = vmalloc(65536);
	memalloc_nowait_restore(flags);
}

void dev_grow(struct demo_dev *dev, gfp_t gfp)
{
	unsigned int flags = memalloc_nowait_save();

	/* known-wrong: missing blocking-mask-in-nowait-scope warning: GFP_KERNEL -- a mask that depends on a parameter without a caller is not judged, even where its bits are sure */
	dev->slot = kmalloc(64, gfp | GFP_KERNEL);
	memalloc_nowait_restore(flags);
}

static void *slot_alloc(bool may_sleep)
{
	if (may_sleep)
		/* known-wrong: found blocking-mask-in-nowait-scope warning: GFP_KERNEL -- constant arguments do not decide branches of the callee */
		return kmalloc(64, GFP_KERNEL);
	return kmalloc(64, GFP_NOWAIT);
}

void dev_fill(struct demo_dev *dev)
{
	unsigned int flags = memalloc_nowait_save();

	dev->slot = slot_alloc(false);
	memalloc_nowait_restore(flags);
}
