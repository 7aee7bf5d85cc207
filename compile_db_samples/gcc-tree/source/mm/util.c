/* Sample tree: kvmalloc as since 5.17, which never falls back where it may not sleep. */
#include <linux/slab.h>
#include <linux/vmalloc.h>

void *kvmalloc_node(size_t size, gfp_t flags, int node)
{
	void *ret = __kmalloc(size, flags | __GFP_NOWARN);

	if (ret || size <= PAGE_SIZE)
		return ret;
	if (!gfpflags_allow_blocking(flags))
		return NULL;
	return __vmalloc(size, flags);
}
