/* Sample: a source that the build made. */
#include <linux/slab.h>

void *oldfs_table(void)
{
	return kmalloc(256, GFP_NOIO);
}
