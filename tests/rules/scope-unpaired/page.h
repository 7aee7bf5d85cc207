/* What the examples of the rule's page leave out. */
#include <linux/sched/mm.h>
#include <linux/slab.h>

int demo_write(void *buf);
