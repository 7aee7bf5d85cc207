/* Sample tree: large allocations. */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <linux/gfp.h>

void *vmalloc_noprof(unsigned long size) __malloc;
#define vmalloc(...)		alloc_hooks(vmalloc_noprof(__VA_ARGS__))

void *__vmalloc_noprof(unsigned long size, gfp_t gfp_mask) __malloc;
#define __vmalloc(...)		alloc_hooks(__vmalloc_noprof(__VA_ARGS__))

void vfree(const void *addr);

#endif
