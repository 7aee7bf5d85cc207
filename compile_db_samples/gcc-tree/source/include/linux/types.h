/* Sample tree. */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#include <linux/compiler.h>

typedef _Bool bool;
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef __SIZE_TYPE__ size_t;
typedef long ssize_t;
typedef u64 sector_t;
typedef unsigned int __bitwise gfp_t;

#define NULL	((void *)0)
#define true	1
#define false	0

struct list_head {
	struct list_head *next, *prev;
};

#endif
