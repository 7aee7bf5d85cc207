/* A tree with the nowait scope has something to offer for GFP_NOWAIT. */
/* tree: nowait */
#include <linux/sched/mm.h>
#include <linux/slab.h>

void *nowait(void)
{
	/* expect: restricted-gfp-site note: GFP_NOWAIT is passed to kmalloc(): a memalloc_nowait_save() scope */
	return kmalloc(64, GFP_NOWAIT);
}
