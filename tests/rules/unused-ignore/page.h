/* What the examples of the rule's page leave out. */
#include <linux/slab.h>
