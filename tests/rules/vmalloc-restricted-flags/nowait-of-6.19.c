/* Since 6.19 __vmalloc() honours all three. */
/* args: --kernel-version=6.19 */
#include <linux/vmalloc.h>

void *ring_alloc_good(unsigned long size)
{
	return __vmalloc(size, GFP_NOWAIT);
}

void *ring_alloc_noio_good(unsigned long size)
{
	return __vmalloc(size, GFP_NOIO);
}
