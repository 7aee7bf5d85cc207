#ifndef RING_H
#define RING_H

#include <linux/gfp.h>

void *ring_alloc(unsigned long size, gfp_t gfp);

static inline void *ring_zalloc(unsigned long size, gfp_t gfp)
{
	return ring_alloc(size, gfp | __GFP_ZERO);
}

#endif
