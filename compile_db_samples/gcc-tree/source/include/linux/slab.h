/* Sample tree: small allocations, and kvmalloc; functions, no hooks around them. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/gfp.h>

#define NUMA_NO_NODE	(-1)

struct kmem_cache;

void *__kmalloc(size_t size, gfp_t flags);
void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t flags);
void *kvmalloc_node(size_t size, gfp_t flags, int node);
void kmem_cache_free(struct kmem_cache *s, void *objp);
void kfree(const void *objp);
void kvfree(const void *addr);

static __always_inline void *kmalloc(size_t size, gfp_t flags)
{
	return __kmalloc(size, flags);
}

static inline void *kzalloc(size_t size, gfp_t flags)
{
	return kmalloc(size, flags | __GFP_ZERO);
}

static inline void *kvmalloc(size_t size, gfp_t flags)
{
	return kvmalloc_node(size, flags, NUMA_NO_NODE);
}

#endif
