/* Sample tree: every allocator is a macro around its _noprof function. */
#ifndef _LINUX_ALLOC_TAG_H
#define _LINUX_ALLOC_TAG_H

#include <linux/compiler.h>

#define alloc_hooks(_do_alloc)						\
({									\
	typeof(_do_alloc) _res = _do_alloc;				\
	_res;								\
})

#endif
