/* What the examples of the rule's page leave out. */
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct log {
	struct mutex lock;
	void *buffer;
	size_t size;
};
