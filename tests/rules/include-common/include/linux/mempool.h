/* Mini kernel: memory pools. */
#ifndef _LINUX_MEMPOOL_H
#define _LINUX_MEMPOOL_H

#include <linux/gfp.h>

typedef struct mempool {
	int min_nr;
} mempool_t;

void mempool_free(void *element, mempool_t *pool);
#ifdef alloc_hooks
void *mempool_alloc_noprof(mempool_t *pool, gfp_t gfp_mask);
#define mempool_alloc(...)	alloc_hooks(mempool_alloc_noprof(__VA_ARGS__))
#else
void *mempool_alloc(mempool_t *pool, gfp_t gfp_mask);
#endif

#endif
