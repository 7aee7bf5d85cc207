/* Before 5.17 every mask without all of GFP_KERNEL meant plain kmalloc. */
/* args: --kernel-version=5.10 */
/* tree: 6.1 */
#include <linux/sched/mm.h>
#include <linux/slab.h>

void *index_alloc_nofs(size_t size)
{
	/* expect: kvmalloc-no-fallback warning: with GFP_NOFS, kvmalloc() never falls back */
	return kvmalloc(size, GFP_NOFS);
}

void *index_alloc_noio(size_t size)
{
	/* expect: kvmalloc-no-fallback warning: with GFP_NOIO | __GFP_ZERO, kvzalloc() never falls back */
	return kvzalloc(size, GFP_NOIO | __GFP_ZERO);
}

void *index_alloc_good(size_t size)
{
	return kvmalloc(size, GFP_KERNEL_ACCOUNT);
}

/* The scope is the way to have both. */
void *index_alloc_in_scope_good(size_t size)
{
	unsigned int flags = memalloc_nofs_save();
	void *ptr = kvmalloc(size, GFP_KERNEL);

	memalloc_nofs_restore(flags);
	return ptr;
}
