/* Mini kernel, 6.12: vmalloc. */
#ifndef _LINUX_VMALLOC_H
#define _LINUX_VMALLOC_H

#include <linux/gfp.h>

void vfree(const void *addr);
void *vmalloc_noprof(unsigned long size);
#define vmalloc(...)	alloc_hooks(vmalloc_noprof(__VA_ARGS__))
void *vzalloc_noprof(unsigned long size);
#define vzalloc(...)	alloc_hooks(vzalloc_noprof(__VA_ARGS__))
void *__vmalloc_noprof(unsigned long size, gfp_t gfp_mask);
#define __vmalloc(...)	alloc_hooks(__vmalloc_noprof(__VA_ARGS__))

#endif
