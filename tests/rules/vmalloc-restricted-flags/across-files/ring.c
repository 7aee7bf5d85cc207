/* The allocator of the ring; its callers are in the other files. */
#include <linux/vmalloc.h>
#include "ring.h"

/* A static function of this name is in net.c too, with a harmless mask. */
static void *backing(unsigned long size, gfp_t gfp)
{
	/* expect: vmalloc-restricted-flags error: GFP_NOWAIT | __GFP_ZERO reaches __vmalloc() */
	return __vmalloc(size, gfp);
}

void *ring_alloc(unsigned long size, gfp_t gfp)
{
	return backing(size, gfp);
}
