/* Mini kernel: what ends by itself when a variable goes out of scope. */
#ifndef _LINUX_CLEANUP_H
#define _LINUX_CLEANUP_H

#include <linux/types.h>

#define __PASTE2(a, b)	a##b
#define __PASTE(a, b)	__PASTE2(a, b)
#define __UNIQUE_ID(p)	__PASTE(__unique_##p, __COUNTER__)

#define DEFINE_FREE(name, type, code)					\
	static inline void __free_##name(void *p)			\
	{								\
		type _T = *(type *)p;					\
		code;							\
	}

#define __free(name)	__cleanup(__free_##name)

#define DEFINE_CLASS(name, type, end, begin, args...)			\
	typedef type class_##name##_t;					\
	static inline void class_##name##_destructor(type *p)		\
	{								\
		type _T = *p;						\
		end;							\
	}								\
	static inline type class_##name##_constructor(args)		\
	{								\
		type t = begin;						\
		return t;						\
	}

#define CLASS(name, var)						\
	class_##name##_t var __cleanup(class_##name##_destructor) =	\
		class_##name##_constructor

#define DEFINE_GUARD(name, type, lock, unlock)				\
	DEFINE_CLASS(name, type, if (_T) { unlock; },			\
		     ({ lock; _T; }), type _T)

#define guard(name)	CLASS(name, __UNIQUE_ID(guard))

#define scoped_guard(name, args...)					\
	for (CLASS(name, scope)(args), *done = NULL; !done;		\
	     done = (void *)1)

#endif
