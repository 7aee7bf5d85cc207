/* Flags as plain numbers. */
/* tree: 6.1 */
#include <linux/slab.h>

void *plain(void)
{
	/* expect: restricted-gfp-site note: GFP_NOFS is passed to kmalloc() */
	return kmalloc(64, GFP_NOFS);
}

void *by_number(void)
{
	/* expect: restricted-gfp-site note: GFP_NOIO is passed to kmalloc() */
	return kmalloc(64, __GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM);
}

void *nowait_good(void)
{
	/* expect: restricted-gfp-site note: GFP_NOWAIT is passed to kmalloc() */
	return kmalloc(64, __GFP_KSWAPD_RECLAIM);
}
