/* What the examples of the rule's page leave out. */
#include <linux/slab.h>
#include <linux/spinlock.h>

struct node {
	u64 key;
	char *name;
};
struct tree {
	spinlock_t lock;
	char *name;
};
int tree_link(struct tree *t, struct node *n);
