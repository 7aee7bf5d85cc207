/* Masks that allow direct reclaim, in a nowait scope. */
/* tree: nowait */
#include <linux/mempool.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct demo_ring {
	spinlock_t lock;
	mempool_t *pool;
	void *slot;
	char *name;
};

void ring_fill(struct demo_ring *ring)
{
	unsigned int flags = memalloc_nowait_save();

	/* expect: blocking-mask-in-nowait-scope warning: GFP_KERNEL is passed to kmalloc() while a nowait scope is active: the allocation will not reclaim, whatever the mask says */
	ring->slot = kmalloc(64, GFP_KERNEL);
	memalloc_nowait_restore(flags);
}

void ring_fill_good(struct demo_ring *ring)
{
	unsigned int flags = memalloc_nowait_save();

	ring->slot = kmalloc(64, GFP_NOWAIT);
	memalloc_nowait_restore(flags);
}

void ring_fill_after_good(struct demo_ring *ring)
{
	unsigned int flags = memalloc_nowait_save();

	ring->slot = kmalloc(64, GFP_ATOMIC);
	memalloc_nowait_restore(flags);
	if (!ring->slot)
		ring->slot = kmalloc(64, GFP_KERNEL);
}

void ring_fill_other_scope_good(struct demo_ring *ring)
{
	unsigned int flags = memalloc_noio_save();

	ring->slot = kmalloc(64, GFP_KERNEL);
	memalloc_noio_restore(flags);
}

void ring_fill_nofs(struct demo_ring *ring)
{
	unsigned int flags = memalloc_nowait_save();

	/* expect: blocking-mask-in-nowait-scope warning: GFP_NOFS */
	ring->slot = kzalloc(64, GFP_NOFS);
	memalloc_nowait_restore(flags);
}

/* mempool_alloc() waits for an element by the mask alone. */
void ring_fill_from_pool(struct demo_ring *ring)
{
	unsigned int flags = memalloc_nowait_save();

	/* expect: blocking-mask-in-nowait-scope error: GFP_NOIO is passed to mempool_alloc() while a nowait scope is active: it looks at the mask, not at the scope, and may sleep */
	ring->slot = mempool_alloc(ring->pool, GFP_NOIO);
	memalloc_nowait_restore(flags);
}

void ring_fill_from_pool_good(struct demo_ring *ring)
{
	unsigned int flags = memalloc_nowait_save();

	ring->slot = mempool_alloc(ring->pool, GFP_NOWAIT);
	memalloc_nowait_restore(flags);
}

void ring_must_fill(struct demo_ring *ring)
{
	unsigned int flags = memalloc_nowait_save();

	/* expect: blocking-mask-in-nowait-scope error: __GFP_NOFAIL cannot hold without direct reclaim */
	ring->slot = kmalloc(64, GFP_KERNEL | __GFP_NOFAIL);
	memalloc_nowait_restore(flags);
}

void ring_fill_zeroed(struct demo_ring *ring)
{
	unsigned int flags = memalloc_nowait_save();

	/* expect: blocking-mask-in-nowait-scope warning: GFP_KERNEL | __GFP_ZERO */
	ring->slot = kmalloc(64, GFP_KERNEL | __GFP_ZERO);
	memalloc_nowait_restore(flags);
}

void ring_fill_quietly(struct demo_ring *ring)
{
	unsigned int flags = memalloc_nowait_save();

	/* expect: blocking-mask-in-nowait-scope warning: GFP_KERNEL | __GFP_NOWARN */
	ring->slot = kmalloc(64, GFP_KERNEL | __GFP_NOWARN);
	memalloc_nowait_restore(flags);
}

void ring_fill_on_one_path_good(struct demo_ring *ring, bool fast)
{
	unsigned int flags = 0;

	if (fast)
		flags = memalloc_nowait_save();
	ring->slot = kmalloc(64, GFP_NOWAIT);
	if (fast)
		memalloc_nowait_restore(flags);
	else
		ring->name = kstrdup("ring", GFP_KERNEL);
}

void ring_general_form(struct demo_ring *ring)
{
	unsigned int flags = memalloc_flags_save(PF_MEMALLOC_NOWAIT);

	/* expect: blocking-mask-in-nowait-scope warning: GFP_KERNEL is passed to kstrdup() */
	ring->name = kstrdup("ring", GFP_KERNEL);
	memalloc_flags_restore(flags);
}

void ring_guarded(struct demo_ring *ring)
{
	guard(memalloc_flags)(PF_MEMALLOC_NOWAIT);

	/* expect: blocking-mask-in-nowait-scope warning: GFP_KERNEL is passed to kmalloc() */
	ring->slot = kmalloc(64, GFP_KERNEL);
}
