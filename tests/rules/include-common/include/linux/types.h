/* Mini kernel: the basic types. */
#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H

#define __bitwise
#define __force
#define __always_inline	inline __attribute__((__always_inline__))
#define __noreturn	__attribute__((__noreturn__))
#define __cleanup(fn)	__attribute__((__cleanup__(fn)))

typedef unsigned int __bitwise gfp_t;
typedef unsigned long size_t;
typedef long ssize_t;
typedef _Bool bool;
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define true	1
#define false	0
#define NULL	((void *)0)

#define BIT(nr)		(1UL << (nr))
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define ENOMEM	12
#define EINVAL	22
#define EAGAIN	11
#define EIO	5

/* As outside sparse. */
#define __must_hold(x)
#define __acquires(x)
#define __releases(x)

#endif
