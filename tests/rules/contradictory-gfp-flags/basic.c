/* Masks that do not mean what they say. */
#include <linux/sched/mm.h>
#include <linux/slab.h>

void *widened(size_t size)
{
	/* expect: contradictory-gfp-flags warning: GFP_KERNEL | GFP_NOFS: what GFP_NOFS forbids GFP_KERNEL allows */
	return kmalloc(size, GFP_KERNEL | GFP_NOFS);
}

void *widened_atomic(size_t size)
{
	/* expect: contradictory-gfp-flags warning: what GFP_ATOMIC forbids GFP_NOIO allows */
	return kmalloc(size, GFP_NOIO | GFP_ATOMIC);
}

void *fs_without_io(size_t size)
{
	/* expect: contradictory-gfp-flags warning: __GFP_FS without __GFP_IO */
	return kmalloc(size, __GFP_RECLAIM | __GFP_FS);
}

void *fs_without_io_by_hand(size_t size)
{
	/* expect: contradictory-gfp-flags warning: __GFP_FS without __GFP_IO */
	return kmalloc(size, GFP_KERNEL & ~__GFP_IO);
}

void *efforts(size_t size)
{
	gfp_t gfp;

	/* expect: contradictory-gfp-flags warning: exclude one another */
	gfp = GFP_KERNEL | __GFP_NORETRY | __GFP_NOFAIL;
	return kmalloc(size, gfp);
}

void *never_fails(size_t size)
{
	/* expect: contradictory-gfp-flags warning: __GFP_NOFAIL cannot hold without __GFP_DIRECT_RECLAIM */
	return kmalloc(size, GFP_ATOMIC | __GFP_NOFAIL);
}

void *tries_less(size_t size)
{
	/* expect: contradictory-gfp-flags note: __GFP_NORETRY means nothing without __GFP_DIRECT_RECLAIM */
	return kmalloc(size, GFP_ATOMIC | __GFP_NORETRY);
}

/* The callee asks about it. */
static void *choosy(size_t size, gfp_t gfp)
{
	return (gfp & __GFP_NORETRY) ? kmalloc(size / 2, gfp) : kmalloc(size, gfp);
}

void *heeded(size_t size)
{
	return choosy(size, GFP_ATOMIC | __GFP_NORETRY);
}

/* A set of flags, not a mask to allocate with. */
void *limited(size_t size, gfp_t gfp, gfp_t limit)
{
	gfp_t denied = __GFP_NOWARN | __GFP_NORETRY | __GFP_NOFAIL;

	return kmalloc(size, gfp | (limit & denied));
}

/* Not a mask, though of its type. */
#define XA_FLAGS_LOCK_BH	((__force gfp_t)2U)
#define XA_FLAGS_TRACK_FREE	((__force gfp_t)4U)

void xa_init_flags(gfp_t *xa, gfp_t flags);

void other_flags(gfp_t *xa)
{
	xa_init_flags(xa, XA_FLAGS_LOCK_BH | XA_FLAGS_TRACK_FREE);
}

void *tries_less_by_hand(size_t size)
{
	/* expect: contradictory-gfp-flags note: __GFP_NORETRY means nothing without __GFP_DIRECT_RECLAIM */
	return kmalloc(size, (GFP_KERNEL | __GFP_NORETRY) & ~__GFP_DIRECT_RECLAIM);
}

void *said_twice(size_t size)
{
	/* expect: contradictory-gfp-flags note: GFP_NOWAIT has __GFP_NOWARN in it on this kernel */
	return kmalloc(size, GFP_NOWAIT | __GFP_NOWARN);
}

void *reserves(size_t size)
{
	/* expect: contradictory-gfp-flags warning: __GFP_NOMEMALLOC wins over __GFP_MEMALLOC */
	return kmalloc(size, GFP_KERNEL | __GFP_MEMALLOC | __GFP_NOMEMALLOC);
}

void *in_scope(size_t size)
{
	unsigned int flags = memalloc_noreclaim_save();
	/* expect: contradictory-gfp-flags warning: __GFP_NOFAIL in a noreclaim scope, which cannot reclaim */
	void *p = kmalloc(size, GFP_KERNEL | __GFP_NOFAIL);

	memalloc_noreclaim_restore(flags);
	return p;
}

/* Tests. */
void *tested_wrongly(size_t size, gfp_t gfp)
{
	/* expect: contradictory-gfp-flags warning: gfp & GFP_ATOMIC: GFP_KERNEL has bits of GFP_ATOMIC, too */
	if (gfp & GFP_ATOMIC)
		return NULL;
	return kmalloc(size, gfp);
}

void *tested(size_t size, gfp_t gfp)
{
	if ((gfp & GFP_ATOMIC) == GFP_ATOMIC)
		return NULL;
	if (gfp & (__GFP_NORETRY | __GFP_RETRY_MAYFAIL))
		return NULL;
	if ((gfp & GFP_KERNEL) != GFP_KERNEL)
		return NULL;
	if (gfp & __GFP_RECLAIM)
		return kmalloc(size, gfp);
	return NULL;
}

/* All right. */
void *right(size_t size, gfp_t gfp)
{
	void *p = kmalloc(size, GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN);

	if (!p)
		p = kmalloc(size, GFP_NOFS | __GFP_NOFAIL);
	return p ? p : kmalloc(size, gfp | __GFP_NORETRY);
}
