/* Branches that decide nothing about a scope are no paths of their own. */
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct demo_ring {
	int a, b, c, d, e, f, g, h, i, j, k, l;
	int *slots;
	int pages;
};

int demo_fill(struct demo_ring *ring, int order);

/* As __CONST_RING_SIZE() of Xen's rings does: asked for again in each turn. */
#define DEMO_LOW(r) ((r)->a ? 1 : (r)->b ? 2 : (r)->c ? 3 : (r)->d ? 4 : (r)->e ? 5 : (r)->f ? 6 : 7)
#define DEMO_HIGH(r) ((r)->g ? 1 : (r)->h ? 2 : (r)->i ? 3 : (r)->j ? 4 : (r)->k ? 5 : (r)->l ? 6 : 7)
#define DEMO_SIZE(r) (DEMO_LOW(r) * DEMO_HIGH(r))
#define DEMO_PAIRS(r) (((r)->a ? (r)->b : (r)->c) + ((r)->d ? (r)->e : (r)->f) + ((r)->g ? (r)->h : (r)->i))

int setup_ring_good(struct demo_ring *ring)
{
	unsigned int memflags = memalloc_noio_save();
	int err = 0;
	int i;

	for (i = 0; i < DEMO_SIZE(ring) + DEMO_PAIRS(ring); i++) {
		err = demo_fill(ring, DEMO_PAIRS(ring));
		if (err)
			goto out;
	}
	for (i = 0; i < DEMO_SIZE(ring); i++)
		ring->slots[i] = DEMO_PAIRS(ring);
out:
	memalloc_noio_restore(memflags);
	return err;
}

int setup_ring_bad(struct demo_ring *ring)
{
	unsigned int memflags = memalloc_noio_save();
	int err = 0;
	int i;

	for (i = 0; i < DEMO_SIZE(ring) + DEMO_PAIRS(ring); i++) {
		err = demo_fill(ring, DEMO_PAIRS(ring));
		if (err)
			goto out;
	}
	for (i = 0; i < DEMO_SIZE(ring); i++)
		if (!ring->slots[i])
			return DEMO_PAIRS(ring);	/* expect: scope-unpaired error: the noio scope */
out:
	memalloc_noio_restore(memflags);
	return err;
}

/* What a branch sets on the way counts with it. */
int flag_on_the_way_good(struct demo_ring *ring, bool quiet)
{
	unsigned int memflags = 0;
	bool saved = false;
	int err;

	if (DEMO_SIZE(ring) > ring->pages) {
		memflags = memalloc_nofs_save();
		saved = true;
	}
	err = demo_fill(ring, quiet ? DEMO_LOW(ring) : DEMO_HIGH(ring));
	if (saved)
		memalloc_nofs_restore(memflags);
	return err;
}
