/* Mini kernel, 6.12: slab and kvmalloc. */
#ifndef _LINUX_SLAB_H
#define _LINUX_SLAB_H

#include <linux/gfp.h>

#define NUMA_NO_NODE	(-1)

struct kmem_cache;

void kfree(const void *objp);
void kvfree(const void *addr);
void kmem_cache_free(struct kmem_cache *s, void *objp);

void *__kmalloc_noprof(size_t size, gfp_t flags);
void *kmem_cache_alloc_noprof(struct kmem_cache *cachep, gfp_t flags);
void *kvmalloc_node_noprof(size_t size, gfp_t flags, int node);
char *kstrdup_noprof(const char *s, gfp_t gfp);

static __always_inline void *kmalloc_noprof(size_t size, gfp_t flags)
{
	return __kmalloc_noprof(size, flags);
}

static inline void *kzalloc_noprof(size_t size, gfp_t flags)
{
	return kmalloc_noprof(size, flags | __GFP_ZERO);
}

static inline void *kmalloc_array_noprof(size_t n, size_t size, gfp_t flags)
{
	size_t bytes;

	if (unlikely(__builtin_mul_overflow(n, size, &bytes)))
		return NULL;
	return kmalloc_noprof(bytes, flags);
}

#define kvmalloc_noprof(size, flags)	kvmalloc_node_noprof(size, flags, NUMA_NO_NODE)

static inline void *kvmalloc_array_node_noprof(size_t n, size_t size, gfp_t flags, int node)
{
	size_t bytes;

	if (unlikely(__builtin_mul_overflow(n, size, &bytes)))
		return NULL;
	return kvmalloc_node_noprof(bytes, flags, node);
}

#define kmalloc(...)		alloc_hooks(kmalloc_noprof(__VA_ARGS__))
#define kzalloc(...)		alloc_hooks(kzalloc_noprof(__VA_ARGS__))
#define kmalloc_array(...)	alloc_hooks(kmalloc_array_noprof(__VA_ARGS__))
#define kcalloc(n, size, flags)	kmalloc_array(n, size, (flags) | __GFP_ZERO)
#define kmem_cache_alloc(...)	alloc_hooks(kmem_cache_alloc_noprof(__VA_ARGS__))
#define kstrdup(...)		alloc_hooks(kstrdup_noprof(__VA_ARGS__))

#define kvmalloc_node(...)	alloc_hooks(kvmalloc_node_noprof(__VA_ARGS__))
#define kvmalloc(size, flags)	kvmalloc_node(size, flags, NUMA_NO_NODE)
#define kvzalloc(size, flags)	kvmalloc(size, (flags) | __GFP_ZERO)
#define kvmalloc_array(n, size, flags) \
	alloc_hooks(kvmalloc_array_node_noprof(n, size, flags, NUMA_NO_NODE))
#define kvcalloc(n, size, flags)	kvmalloc_array(n, size, (flags) | __GFP_ZERO)

#define kmem_cache_zalloc(c, flags)	kmem_cache_alloc(c, (flags) | __GFP_ZERO)

#endif
