/* Masks with which kvmalloc of 6.12 is a plain kmalloc. */
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct demo_entry {
	u64 key;
	u64 value;
};

void *index_alloc(size_t size)
{
	/* expect: kvmalloc-no-fallback warning: with GFP_NOWAIT, kvmalloc() never falls back to vmalloc on this kernel: it is a plain kmalloc */
	return kvmalloc(size, GFP_NOWAIT);
}

void *index_alloc_good(size_t size)
{
	return kvmalloc(size, GFP_KERNEL);
}

void *index_alloc_nofs_good(size_t size)
{
	return kvmalloc(size, GFP_NOFS);
}

void *index_zalloc(size_t size)
{
	/* expect: kvmalloc-no-fallback warning: GFP_ATOMIC */
	return kvzalloc(size, GFP_ATOMIC);
}

struct demo_entry *entries_alloc(size_t nr)
{
	/* expect: kvmalloc-no-fallback warning: kvmalloc_array() never falls back */
	return kvmalloc_array(nr, sizeof(struct demo_entry), GFP_NOWAIT);
}

struct demo_entry *entries_calloc(size_t nr)
{
	/* expect: kvmalloc-no-fallback warning: kvcalloc() never falls back */
	return kvcalloc(nr, sizeof(struct demo_entry), GFP_NOWAIT);
}

/* No larger than a page: kmalloc does it. */
struct demo_entry *entry_alloc_good(void)
{
	return kvmalloc(sizeof(struct demo_entry), GFP_NOWAIT);
}

struct demo_entry *entries_fixed_good(void)
{
	return kvcalloc(16, sizeof(struct demo_entry), GFP_NOWAIT);
}

struct demo_entry *entries_fixed_large(void)
{
	/* expect: kvmalloc-no-fallback warning: never falls back */
	return kvcalloc(4096, sizeof(struct demo_entry), GFP_NOWAIT);
}

static void *index_grow(size_t size, gfp_t gfp)
{
	/* expect: kvmalloc-no-fallback warning: with GFP_NOWAIT, kvmalloc() */
	return kvmalloc(size, gfp);
}

void *index_grow_fast(size_t size)
{
	return index_grow(size, GFP_NOWAIT);
}

void *index_grow_slow_good(size_t size)
{
	return index_grow(size, GFP_KERNEL);
}

/* Plain kmalloc is what it says. */
void *index_small_good(size_t size)
{
	return kmalloc(size, GFP_NOWAIT);
}
