/* Mini kernel: pages. */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/gfp.h>

#define PAGE_SIZE	4096UL

struct page {
	unsigned long flags;
};

bool is_vmalloc_addr(const void *x);

#endif
