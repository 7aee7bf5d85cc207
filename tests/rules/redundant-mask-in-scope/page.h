/* What the examples of the rule's page leave out. */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct journal {
	struct mutex lock;
	void *buf;
};
