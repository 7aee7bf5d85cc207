/* A driver that may. */
#include <linux/slab.h>
#include "ring.h"

void *disk_get_good(unsigned long size)
{
	return ring_zalloc(size, GFP_KERNEL);
}
