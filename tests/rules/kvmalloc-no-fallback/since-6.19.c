/* Since 6.19 a mask that may not block falls back too. */
/* args: --kernel-version=6.19 */
#include <linux/slab.h>

void *index_alloc_good(size_t size)
{
	return kvmalloc(size, GFP_NOWAIT);
}
