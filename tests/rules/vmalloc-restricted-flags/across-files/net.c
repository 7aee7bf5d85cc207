/* A driver that may not sleep. */
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "ring.h"

static void *backing(unsigned long size, gfp_t gfp)
{
	return __vmalloc(size, gfp);
}

void *net_get(unsigned long size)
{
	return ring_zalloc(size, GFP_NOWAIT);
}

void *net_get_backing_good(unsigned long size)
{
	return backing(size, GFP_KERNEL);
}
