/* The flags of 6.1 are other bits, and GFP_NOWAIT does not silence the warning. */
/* tree: 6.1 */
#include <linux/slab.h>
#include <linux/vmalloc.h>

void *ring_alloc(unsigned long size)
{
	/* expect: vmalloc-restricted-flags error: GFP_NOWAIT | __GFP_NOWARN reaches __vmalloc() */
	return __vmalloc(size, GFP_NOWAIT | __GFP_NOWARN);
}

void *ring_alloc_atomic(unsigned long size)
{
	/* expect: vmalloc-restricted-flags error: GFP_ATOMIC reaches __vmalloc() */
	return __vmalloc(size, GFP_ATOMIC);
}

void *ring_alloc_nofs_good(unsigned long size)
{
	return __vmalloc(size, GFP_NOFS);
}
