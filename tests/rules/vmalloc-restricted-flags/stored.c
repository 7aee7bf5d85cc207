/* A mask that is kept in a field, and tested there. */
#include <linux/slab.h>
#include <linux/vmalloc.h>

struct pool {
	gfp_t gfp;
	gfp_t other;
};

void pool_init(struct pool *p, gfp_t gfp)
{
	p->gfp = gfp;
	p->other = GFP_KERNEL;
}

void pool_init_atomic(struct pool *p)
{
	pool_init(p, GFP_ATOMIC);
}

void *pool_fill(struct pool *p, unsigned long size)
{
	/* expect: vmalloc-restricted-flags warning: GFP_ATOMIC reaches __vmalloc() */
	return __vmalloc(size, p->gfp);
}

void *pool_fill_good(struct pool *p, unsigned long size)
{
	if ((p->gfp & (GFP_ATOMIC | GFP_KERNEL)) != GFP_ATOMIC)
		return __vmalloc(size, p->gfp);
	return kmalloc(size, p->gfp);
}

void *pool_fill_early_good(struct pool *p, unsigned long size)
{
	if (!gfpflags_allow_blocking(p->gfp))
		return NULL;
	return __vmalloc(size, p->gfp);
}

void *pool_fill_wrong_branch(struct pool *p, unsigned long size)
{
	if (!(p->gfp & __GFP_DIRECT_RECLAIM))
		/* expect: vmalloc-restricted-flags warning: GFP_ATOMIC reaches __vmalloc() */
		return __vmalloc(size, p->gfp);
	return NULL;
}

/* The test was of another pool. */
void *pool_fill_next(struct pool *p, struct pool *next, unsigned long size)
{
	if (!(p->gfp & __GFP_DIRECT_RECLAIM))
		return NULL;
	/* expect: vmalloc-restricted-flags warning: GFP_ATOMIC reaches __vmalloc() */
	return __vmalloc(size, next->gfp);
}

void *pool_fill_moved(struct pool *p, struct pool *next, unsigned long size)
{
	if (!(p->gfp & __GFP_DIRECT_RECLAIM))
		return NULL;
	p = next;
	/* expect: vmalloc-restricted-flags warning: GFP_ATOMIC reaches __vmalloc() */
	return __vmalloc(size, p->gfp);
}

void *pool_fill_either(struct pool *p, unsigned long size, bool check)
{
	if (check && !(p->gfp & __GFP_DIRECT_RECLAIM))
		return NULL;
	/* expect: vmalloc-restricted-flags warning: GFP_ATOMIC reaches __vmalloc() */
	return __vmalloc(size, p->gfp);
}
