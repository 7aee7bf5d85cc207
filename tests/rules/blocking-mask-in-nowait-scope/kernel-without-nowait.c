/* 6.12 as released has no nowait scope: nothing is found, and nothing breaks. */
#include <linux/sched/mm.h>
#include <linux/slab.h>

void *demo_alloc_good(void)
{
	unsigned int flags = memalloc_nofs_save();
	void *ptr = kmalloc(64, GFP_KERNEL);

	memalloc_nofs_restore(flags);
	return ptr;
}
