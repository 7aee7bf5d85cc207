/* A mask that goes through an ops table or a field: likely, not sure. */
#include <linux/slab.h>
#include <linux/vmalloc.h>

struct demo_pool {
	gfp_t gfp;
	gfp_t slow_gfp;
};

struct demo_ops {
	void *(*alloc)(struct demo_pool *pool, unsigned long size, gfp_t gfp);
	void *(*alloc_slow)(struct demo_pool *pool, unsigned long size, gfp_t gfp);
};

static void *vm_alloc(struct demo_pool *pool, unsigned long size, gfp_t gfp)
{
	/* expect: vmalloc-restricted-flags warning: GFP_NOWAIT reaches __vmalloc() */
	return __vmalloc(size, gfp);
}

static void *slab_alloc(struct demo_pool *pool, unsigned long size, gfp_t gfp)
{
	return kmalloc(size, gfp);
}

static void *vm_alloc_slow(struct demo_pool *pool, unsigned long size, gfp_t gfp)
{
	return __vmalloc(size, gfp);
}

const struct demo_ops vm_ops = {
	.alloc = vm_alloc,
	.alloc_slow = vm_alloc_slow,
};

const struct demo_ops slab_ops = {
	.alloc = slab_alloc,
};

void *pool_get(const struct demo_ops *ops, struct demo_pool *pool)
{
	return ops->alloc(pool, 65536, GFP_NOWAIT);
}

void *pool_get_slow_good(const struct demo_ops *ops, struct demo_pool *pool)
{
	return ops->alloc_slow(pool, 65536, GFP_KERNEL);
}

void pool_init(struct demo_pool *pool)
{
	pool->gfp = GFP_NOWAIT;
	pool->slow_gfp = GFP_KERNEL;
}

void *pool_grow(struct demo_pool *pool)
{
	/* expect: vmalloc-restricted-flags warning: assumes that the mask stored in demo_pool.gfp is the one read here */
	return __vmalloc(65536, pool->gfp);
}

void *pool_grow_slow_good(struct demo_pool *pool)
{
	return __vmalloc(65536, pool->slow_gfp);
}
