/* Mini kernel: ways to stop for good. */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/types.h>

void panic(const char *fmt, ...) __noreturn;

#define BUG() do {				\
	asm volatile("ud2");			\
	__builtin_unreachable();		\
} while (0)

#define BUG_ON(cond) do {			\
	if (unlikely(cond))			\
		BUG();				\
} while (0)

#define WARN_ON(cond) ({			\
	int __warned = !!(cond);		\
	unlikely(__warned);			\
})

#endif
