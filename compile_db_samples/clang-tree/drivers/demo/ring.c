/* A sample driver, compiled twice: built in, and as a part of a module. */
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct demo_ring {
	spinlock_t lock;
	void *slots;
};

int demo_ring_grow(struct demo_ring *ring, size_t size);

int demo_ring_grow(struct demo_ring *ring, size_t size)
{
	void *slots;

	spin_lock(&ring->lock);
#ifdef MODULE
	slots = kzalloc(size, GFP_ATOMIC);
#else
	slots = kzalloc(size, GFP_NOWAIT);
#endif
	if (slots) {
		kfree(ring->slots);
		ring->slots = slots;
	}
	spin_unlock(&ring->lock);
	return slots ? 0 : -ENOMEM;
}
