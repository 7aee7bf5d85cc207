/* A mask that vmalloc of 6.12 does not honour, straight at the call. */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

void *table_alloc(unsigned long size)
{
	/* expect: vmalloc-restricted-flags error: GFP_NOWAIT reaches __vmalloc(), which this kernel does not honour there: it may sleep all the same */
	return __vmalloc(size, GFP_NOWAIT);
}

void *table_alloc_atomic(unsigned long size)
{
	/* expect: vmalloc-restricted-flags error: GFP_ATOMIC | __GFP_ZERO reaches __vmalloc() */
	return __vmalloc(size, GFP_ATOMIC | __GFP_ZERO);
}

void *table_alloc_good(unsigned long size)
{
	return __vmalloc(size, GFP_KERNEL | __GFP_ZERO);
}

void *table_alloc_nofs_good(unsigned long size)
{
	return __vmalloc(size, GFP_NOFS);
}

void *table_alloc_noio_good(unsigned long size)
{
	return __vmalloc(size, GFP_NOIO | __GFP_NOWARN);
}

void *table_alloc_plain_good(unsigned long size)
{
	return vmalloc(size);
}

void *by_hand(unsigned long size)
{
	/* expect: vmalloc-restricted-flags error: it may sleep all the same */
	return __vmalloc(size, GFP_KERNEL & ~__GFP_DIRECT_RECLAIM);
}

void *by_hand_nofs_good(unsigned long size)
{
	return __vmalloc(size, GFP_KERNEL & ~__GFP_FS);
}

void *by_variable(unsigned long size)
{
	gfp_t gfp = GFP_NOWAIT;

	gfp |= __GFP_ZERO;
	/* expect: vmalloc-restricted-flags error: GFP_NOWAIT | __GFP_ZERO reaches __vmalloc() */
	return __vmalloc(size, gfp);
}

void *cleared_bit_by_bit(unsigned long size)
{
	gfp_t gfp = GFP_KERNEL;

	gfp &= ~__GFP_DIRECT_RECLAIM;
	/* expect: vmalloc-restricted-flags error: reaches __vmalloc() */
	return __vmalloc(size, gfp);
}

void *widened_good(unsigned long size)
{
	gfp_t gfp = GFP_NOWAIT;

	gfp |= GFP_KERNEL;
	return __vmalloc(size, gfp);
}

void *by_ternary(unsigned long size, bool may_sleep)
{
	/* expect: vmalloc-restricted-flags error: GFP_NOWAIT reaches __vmalloc() */
	return __vmalloc(size, may_sleep ? GFP_KERNEL : GFP_NOWAIT);
}

void *by_branch(unsigned long size, bool may_sleep)
{
	gfp_t gfp = GFP_KERNEL;

	if (!may_sleep)
		gfp = GFP_NOWAIT;
	/* expect: vmalloc-restricted-flags error: GFP_NOWAIT reaches __vmalloc() */
	return __vmalloc(size, gfp);
}

void *small_or_large_good(unsigned long size, bool may_sleep)
{
	gfp_t gfp = may_sleep ? GFP_KERNEL : GFP_NOWAIT;

	if (!gfpflags_allow_blocking(gfp))
		return kmalloc(size, gfp);
	return __vmalloc(size, gfp);
}

void *tested_bit_good(unsigned long size, bool may_sleep)
{
	gfp_t gfp = may_sleep ? GFP_KERNEL : GFP_NOWAIT;

	if (gfp & __GFP_DIRECT_RECLAIM)
		return __vmalloc(size, gfp);
	return kmalloc(size, gfp);
}

void *tested_wrongly(unsigned long size, bool may_sleep)
{
	gfp_t gfp = may_sleep ? GFP_KERNEL : GFP_NOWAIT;

	if (gfp & __GFP_KSWAPD_RECLAIM)
		/* expect: vmalloc-restricted-flags error: GFP_NOWAIT reaches __vmalloc() */
		return __vmalloc(size, gfp);
	return kmalloc(size, gfp);
}

void *tested_and_warned_good(unsigned long size, bool may_sleep)
{
	gfp_t gfp = may_sleep ? GFP_KERNEL : GFP_NOWAIT;

	if (unlikely(size > 4096 && !(gfp & __GFP_DIRECT_RECLAIM)))
		return NULL;
	if (unlikely(!gfpflags_allow_blocking(gfp)))
		return NULL;
	return __vmalloc(size, gfp);
}
