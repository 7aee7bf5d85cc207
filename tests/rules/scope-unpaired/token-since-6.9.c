/* Since 6.9 a token is the bits that were newly set: restore(0) ends nothing. */
#include <linux/sched/mm.h>

int demo_sync(void *data);

int not_cleared_by_zero(void *data)
{
	unsigned int flags = memalloc_nofs_save();

	(void)flags;
	demo_sync(data);
	memalloc_nofs_restore(0);
	return 0;		/* expect: scope-unpaired error: memalloc_nofs_restore() with the token 0 ends nothing on this kernel */
}

