/* Before 6.9 a token was the old value of the bit: restore(0) clears it. */
/* tree: 6.1 */
#include <linux/sched/mm.h>

int demo_sync(void *data);

int cleared_by_zero_good(void *data)
{
	unsigned int flags = memalloc_nofs_save();

	(void)flags;
	demo_sync(data);
	memalloc_nofs_restore(0);
	return 0;
}

int wrong_kind(void *data)
{
	unsigned int flags = memalloc_noio_save();
	int err = demo_sync(data);

	/* expect: scope-unpaired error: this kernel clears or sets the other scope's flag, and the scope stays open */
	memalloc_nofs_restore(flags);
	return err;
}

int ended_twice(void *data)
{
	unsigned int flags = memalloc_nofs_save();

	demo_sync(data);
	memalloc_nofs_restore(flags);
	/* expect: scope-unpaired error: ended twice */
	memalloc_nofs_restore(flags);
	return 0;
}

int ended_without_start(void *data, bool in_fs)
{
	unsigned int flags = 0;

	if (in_fs)
		flags = memalloc_nofs_save();
	demo_sync(data);
	/* expect: scope-unpaired warning: ended without a start */
	memalloc_nofs_restore(flags);
	return 0;
}

int out_of_order(void *data)
{
	unsigned int outer = memalloc_nofs_save();
	unsigned int inner = memalloc_nofs_save();

	/* expect: scope-unpaired error: the inner token restores the flag, which then stays set */
	memalloc_nofs_restore(outer);
	demo_sync(data);
	memalloc_nofs_restore(inner);
	return 0;
}
