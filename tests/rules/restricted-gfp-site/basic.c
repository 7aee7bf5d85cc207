/* Calls that pass GFP_NOFS, GFP_NOIO or GFP_NOWAIT, by name or by hand. */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define DEMO_GFP	(GFP_NOFS | __GFP_NOWARN)

struct kmem_cache *demo_cache;
bool demo_grow(int nr, gfp_t gfp);

void *plain(void)
{
	/* expect: restricted-gfp-site note: GFP_NOFS is passed to kmalloc(): a memalloc_nofs_save() scope around the section that reclaim must not enter again could replace it */
	return kmalloc(64, GFP_NOFS);
}

void *noio(void)
{
	/* expect: restricted-gfp-site note: GFP_NOIO is passed to kmem_cache_alloc(): a memalloc_noio_save() scope */
	return kmem_cache_alloc(demo_cache, GFP_NOIO);
}

void *nowait(void)
{
	/* expect: restricted-gfp-site note: GFP_NOWAIT is passed to kzalloc(): this kernel has no scope that could replace it */
	return kzalloc(64, GFP_NOWAIT);
}

void *with_modifiers(void)
{
	/* expect: restricted-gfp-site note: GFP_NOFS | __GFP_ZERO | __GFP_NOFAIL is passed to kmalloc() */
	return kmalloc(64, GFP_NOFS | __GFP_NOFAIL | __GFP_ZERO);
}

void *by_hand(void)
{
	/* expect: restricted-gfp-site note: GFP_NOFS is passed to kmalloc() */
	return kmalloc(64, __GFP_RECLAIM | __GFP_IO);
}

void *by_taking_away(void)
{
	/* expect: restricted-gfp-site note: GFP_NOFS is passed to kmalloc() */
	return kmalloc(64, GFP_KERNEL & ~__GFP_FS);
}

void *by_macro(void)
{
	/* expect: restricted-gfp-site note: GFP_NOFS | __GFP_NOWARN is passed to kmalloc() */
	return kmalloc(64, DEMO_GFP);
}

void *wrapped_by_macro(size_t nr)
{
	/* expect: restricted-gfp-site note: GFP_NOFS | __GFP_ZERO is passed to kcalloc() */
	return kcalloc(nr, 64, GFP_NOFS);
}

void *by_variable(void)
{
	gfp_t gfp = GFP_NOIO;

	/* expect: restricted-gfp-site note: GFP_NOIO is passed to kmalloc() */
	return kmalloc(64, gfp);
}

void *by_ternary(bool in_fs)
{
	/* expect: restricted-gfp-site note: GFP_NOFS is passed to kmalloc() */
	return kmalloc(64, in_fs ? GFP_NOFS : GFP_KERNEL);
}

bool no_allocator(int nr)
{
	/* expect: restricted-gfp-site note: GFP_NOFS is passed to demo_grow() */
	return demo_grow(nr, GFP_NOFS);
}

void *inside_scope(void)
{
	unsigned int flags = memalloc_nofs_save();
	/* expect: restricted-gfp-site note: GFP_NOFS is passed to kmalloc(): a scope that is active here already implies it */
	void *ptr = kmalloc(64, GFP_NOFS);

	memalloc_nofs_restore(flags);
	return ptr;
}

/* What is none of the three. */
void *kernel_good(void)
{
	return kmalloc(64, GFP_KERNEL);
}

void *atomic_good(void)
{
	return kmalloc(64, GFP_ATOMIC);
}

void *widened_good(void)
{
	return kmalloc(64, GFP_KERNEL | GFP_NOFS);
}

void *no_reclaim_good(void)
{
	return kmalloc(64, __GFP_NOWARN);
}

void demo_constrain(gfp_t keep);

void complement_good(void)
{
	demo_constrain(~(gfp_t)__GFP_FS);
	demo_constrain(~(__GFP_IO | __GFP_FS));
}

void *param_good(gfp_t gfp)
{
	return kmalloc(64, gfp);
}

bool tested_good(gfp_t gfp)
{
	return gfp == GFP_NOFS;
}
