/* Where the rule is wrong, and why. */
#include <linux/slab.h>
#include <linux/vmalloc.h>

/* A default for callers that have no mask. */
static void *with_default(unsigned long size, gfp_t gfp)
{
	if (!gfp)
		gfp = GFP_KERNEL;
	return __vmalloc(size, gfp);
}

void *get_with_default(unsigned long size)
{
	return with_default(size, 0);
}

static void *not_nowait(unsigned long size, gfp_t gfp)
{
	if (gfp == GFP_NOWAIT)
		return NULL;
	return __vmalloc(size, gfp);
}

void *get_not_nowait(unsigned long size)
{
	return not_nowait(size, GFP_NOWAIT);
}

void *correlated(unsigned long size, bool fast)
{
	gfp_t gfp;

	if (fast)
		gfp = GFP_NOWAIT;
	else
		gfp = GFP_KERNEL;
	if (fast)
		return kmalloc(size, gfp);
	/* known-wrong: found vmalloc-restricted-flags error: GFP_NOWAIT reaches __vmalloc() -- masks are not followed path by path */
	return __vmalloc(size, gfp);
}

void *tested_copy(unsigned long size, gfp_t gfp)
{
	const gfp_t old = gfp;

	if (!(old & __GFP_DIRECT_RECLAIM))
		return NULL;
	return __vmalloc(size, gfp);
}

void *get_tested_copy(unsigned long size)
{
	return tested_copy(size, GFP_NOWAIT);
}

void *tested_early(unsigned long size, gfp_t gfp)
{
	bool may_sleep = gfp & __GFP_DIRECT_RECLAIM;

	if (!may_sleep)
		return NULL;
	return __vmalloc(size, gfp);
}

void *get_tested_early(unsigned long size)
{
	return tested_early(size, GFP_NOWAIT);
}

static bool demo_may_sleep(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM;
}

void *tested_by_own_helper(unsigned long size, gfp_t gfp)
{
	if (!demo_may_sleep(gfp))
		return NULL;
	/* known-wrong: found vmalloc-restricted-flags error: GFP_NOWAIT reaches __vmalloc() -- only the tests that the model names are known */
	return __vmalloc(size, gfp);
}

void *get_tested_by_own_helper(unsigned long size)
{
	return tested_by_own_helper(size, GFP_NOWAIT);
}

static void *vmalloc_or_not(unsigned long size, gfp_t gfp, bool large)
{
	if (large)
		return __vmalloc(size, gfp);
	return kmalloc(size, gfp);
}

void *get_small(unsigned long size)
{
	return vmalloc_or_not(size, GFP_NOWAIT, false);
}

void *restricted_whatever_comes(unsigned long size, gfp_t gfp)
{
	/* expect: vmalloc-restricted-flags error: reaches __vmalloc() */
	return __vmalloc(size, gfp & ~__GFP_DIRECT_RECLAIM);
}

void *through_int(unsigned long size)
{
	unsigned int flags = GFP_NOWAIT;

	/* expect: vmalloc-restricted-flags error: reaches __vmalloc() */
	return __vmalloc(size, flags);
}
