/* What the examples of the rule's page leave out. */
#include <linux/sched/mm.h>

struct demo;
int demo_send(struct demo *d);
