/* What the examples of the rule's page leave out. */
#include <linux/slab.h>
#include <linux/spinlock.h>

struct entry;
struct table {
	spinlock_t lock;
	struct entry *first;
	size_t size;
};
