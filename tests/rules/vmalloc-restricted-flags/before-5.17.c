/* Before 5.17 vmalloc took page tables with GFP_KERNEL: NOFS and NOIO need a scope. */
/* args: --kernel-version=5.10 */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

void *log_alloc(unsigned long size)
{
	/* expect: vmalloc-restricted-flags error: it may enter file systems all the same */
	return __vmalloc(size, GFP_NOFS);
}

void *disk_alloc(unsigned long size)
{
	/* expect: vmalloc-restricted-flags error: it may start block I/O all the same */
	return __vmalloc(size, GFP_NOIO);
}

void *log_alloc_in_scope_good(unsigned long size)
{
	unsigned int flags = memalloc_nofs_save();
	void *ptr = __vmalloc(size, GFP_NOFS);

	memalloc_nofs_restore(flags);
	return ptr;
}

void *disk_alloc_in_scope_good(unsigned long size)
{
	unsigned int flags = memalloc_noio_save();
	void *ptr = __vmalloc(size, GFP_NOIO);

	memalloc_noio_restore(flags);
	return ptr;
}

/* noio implies nofs. */
void *log_alloc_in_noio_good(unsigned long size)
{
	unsigned int flags = memalloc_noio_save();
	void *ptr = __vmalloc(size, GFP_NOFS);

	memalloc_noio_restore(flags);
	return ptr;
}

void *disk_alloc_in_weak_scope(unsigned long size)
{
	unsigned int flags = memalloc_nofs_save();
	/* expect: vmalloc-restricted-flags error: it may start block I/O all the same */
	void *ptr = __vmalloc(size, GFP_NOIO);

	memalloc_nofs_restore(flags);
	return ptr;
}

void *fast_alloc_in_scope(unsigned long size)
{
	unsigned int flags = memalloc_noio_save();
	/* expect: vmalloc-restricted-flags error: it may sleep all the same */
	void *ptr = __vmalloc(size, GFP_NOWAIT);

	memalloc_noio_restore(flags);
	return ptr;
}

void *log_alloc_after_scope(unsigned long size)
{
	unsigned int flags = memalloc_nofs_save();

	memalloc_nofs_restore(flags);
	/* expect: vmalloc-restricted-flags error: it may enter file systems all the same */
	return __vmalloc(size, GFP_NOFS);
}

void *log_alloc_in_scope_on_one_path(unsigned long size, bool in_fs)
{
	unsigned int flags = 0;
	void *ptr;

	if (in_fs)
		flags = memalloc_nofs_save();
	/* expect: vmalloc-restricted-flags error: it may enter file systems all the same */
	ptr = __vmalloc(size, GFP_NOFS);
	if (in_fs)
		memalloc_nofs_restore(flags);
	return ptr;
}

/* Every caller is inside the scope. */
static void *inner_alloc(unsigned long size)
{
	return __vmalloc(size, GFP_NOFS);
}

void *outer_alloc_good(unsigned long size)
{
	unsigned int flags = memalloc_nofs_save();
	void *ptr = inner_alloc(size);

	memalloc_nofs_restore(flags);
	return ptr;
}

/* One caller is, one is not. */
static void *shared_alloc(unsigned long size, gfp_t gfp)
{
	/* expect: vmalloc-restricted-flags error: it may enter file systems all the same */
	return __vmalloc(size, gfp);
}

void *shared_in_scope_good(unsigned long size)
{
	unsigned int flags = memalloc_nofs_save();
	void *ptr = shared_alloc(size, GFP_NOFS);

	memalloc_nofs_restore(flags);
	return ptr;
}

void *shared_without_scope(unsigned long size)
{
	return shared_alloc(size, GFP_NOFS);
}
