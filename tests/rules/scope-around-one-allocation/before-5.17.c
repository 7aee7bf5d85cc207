/* args: --kernel-version=5.10 */
/* Where vmalloc does not honour the mask, the scope is the only way to say it. */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

void *demo_valloc(size_t size)
{
	unsigned int nofs_flags = memalloc_nofs_save();
	void *p = __vmalloc(size, GFP_KERNEL);

	memalloc_nofs_restore(nofs_flags);
	return p;
}

void *demo_alloc(size_t size)
{
	/* expect: scope-around-one-allocation note: this nofs scope is there for one call of kmalloc() alone */
	unsigned int nofs_flags = memalloc_nofs_save();
	void *p = kmalloc(size, GFP_KERNEL);

	memalloc_nofs_restore(nofs_flags);
	return p;
}
