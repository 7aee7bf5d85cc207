/* A mask on its way through parameters and wrappers. */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static void *buffer_alloc(unsigned long size, gfp_t gfp)
{
	/* expect: vmalloc-restricted-flags error: GFP_NOWAIT reaches __vmalloc() */
	return __vmalloc(size, gfp);
}

static void *cache_alloc(unsigned long size, gfp_t gfp)
{
	return buffer_alloc(size, gfp);
}

void *cache_get_slow_good(unsigned long size)
{
	return cache_alloc(size, GFP_KERNEL);
}

void *cache_get_fast(unsigned long size)
{
	return cache_alloc(size, GFP_NOWAIT);
}

static void *zeroed_alloc(unsigned long size, gfp_t gfp)
{
	/* expect: vmalloc-restricted-flags error: GFP_ATOMIC | __GFP_ZERO */
	return __vmalloc(size, gfp | __GFP_ZERO);
}

void *zeroed_get(unsigned long size)
{
	return zeroed_alloc(size, GFP_ATOMIC);
}

/* The mask is widened on its way: nothing reaches __vmalloc() restricted. */
static void *widened_alloc(unsigned long size, gfp_t gfp)
{
	return __vmalloc(size, gfp | GFP_KERNEL);
}

void *widened_get_good(unsigned long size)
{
	return widened_alloc(size, GFP_NOWAIT);
}

/* As dm-bufio does: small or not allowed to sleep, then no vmalloc. */
static void *data_alloc(unsigned long size, gfp_t gfp)
{
	if (size <= 4096)
		return kmalloc(size, gfp);
	if (gfp & __GFP_NORETRY) {
		unsigned int noio = memalloc_noio_save();
		void *ptr = __vmalloc(size, gfp);

		memalloc_noio_restore(noio);
		return ptr;
	}
	if (!gfpflags_allow_blocking(gfp))
		return NULL;
	return __vmalloc(size, gfp);
}

void *data_get_good(unsigned long size)
{
	return data_alloc(size, GFP_NOWAIT);
}

void *data_try_good(unsigned long size)
{
	return data_alloc(size, GFP_KERNEL | __GFP_NORETRY);
}

static void *data_try_nowait(unsigned long size, gfp_t gfp)
{
	if (gfp & __GFP_NORETRY)
		/* expect: vmalloc-restricted-flags error: __GFP_NORETRY reaches __vmalloc() */
		return __vmalloc(size, gfp);
	return NULL;
}

void *data_get_nowait(unsigned long size)
{
	return data_try_nowait(size, GFP_NOWAIT | __GFP_NORETRY);
}

/* Mask and size in the other order; the mask comes from a function. */
static gfp_t mapping_gfp(bool may_sleep)
{
	return may_sleep ? GFP_KERNEL : GFP_NOWAIT;
}

void *mapping_alloc(unsigned long size, bool may_sleep)
{
	/* expect: vmalloc-restricted-flags error: GFP_NOWAIT reaches __vmalloc() */
	return __vmalloc(size, mapping_gfp(may_sleep));
}

static gfp_t constrain(gfp_t gfp)
{
	return gfp & ~__GFP_DIRECT_RECLAIM;
}

void *constrained_alloc(unsigned long size)
{
	/* expect: vmalloc-restricted-flags error: reaches __vmalloc() */
	return __vmalloc(size, constrain(GFP_KERNEL));
}

/* Recursion ends. */
static void *retry_alloc(unsigned long size, gfp_t gfp, int tries)
{
	/* expect: vmalloc-restricted-flags error: GFP_NOWAIT reaches __vmalloc() */
	void *ptr = __vmalloc(size, gfp);

	if (!ptr && tries)
		return retry_alloc(size / 2, gfp, tries - 1);
	return ptr;
}

void *retry_get(unsigned long size)
{
	return retry_alloc(size, GFP_NOWAIT, 3);
}
