/* What the examples of the rule's page leave out. */
/* tree: nowait */
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct ring {
	void *slot;
};
void ring_put(struct ring *ring, void *slot);
