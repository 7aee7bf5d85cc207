/* Where the rule is wrong, and why. */
#include <linux/sched/mm.h>
#include <linux/slab.h>

int demo_write(void *data);

int inverse_comparison(void *data, int nr)
{
	unsigned int flags = 0;

	if (nr > 4)
		flags = memalloc_nofs_save();
	demo_write(data);
	if (nr <= 4)
		return -EINVAL;
	memalloc_nofs_restore(flags);
	return 0;
}

int same_switch(void *data, int kind)
{
	unsigned int flags = 0;

	switch (kind) {
	case 1:
		flags = memalloc_nofs_save();
		break;
	}
	demo_write(data);
	switch (kind) {
	case 1:
		memalloc_nofs_restore(flags);
		break;
	}
	return 0;
}

int token_is_copied(void *data)
{
	unsigned int flags = memalloc_nofs_save();
	unsigned int copy = flags;

	if (demo_write(data))
		/* known-wrong: missing scope-unpaired error: the nofs scope -- a copied token is no longer followed */
		return -EIO;
	memalloc_nofs_restore(copy);
	return 0;
}

int saved_by_ternary(void *data, bool in_fs)
{
	unsigned int flags = in_fs ? memalloc_nofs_save() : 0;

	demo_write(data);
	if (!in_fs)
		memalloc_nofs_restore(flags);
	/* known-wrong: missing scope-unpaired error: the nofs scope -- a save inside '?:' is not seen to go to the variable */
	return 0;
}

int token_in_local_struct(void *data)
{
	struct {
		unsigned int flags;
	} state;

	state.flags = memalloc_nofs_save();
	if (demo_write(data))
		/* known-wrong: missing scope-unpaired error: the nofs scope -- only tokens in plain local variables are followed */
		return -EIO;
	memalloc_nofs_restore(state.flags);
	return 0;
}

int out_of_order(void *data)
{
	unsigned int outer = memalloc_nofs_save();
	unsigned int inner = memalloc_nofs_save();

	/* known-wrong: missing scope-unpaired error: out of order -- the order in which scopes of one kind end is not looked at */
	memalloc_nofs_restore(outer);
	demo_write(data);
	memalloc_nofs_restore(inner);
	return 0;
}

int error_is_copied(void *data)
{
	unsigned int flags;
	int err = 0;
	int ret;

	if (demo_write(data)) {
		flags = memalloc_nofs_save();
		err = -EIO;
	}
	ret = err;
	if (ret)
		memalloc_nofs_restore(flags);
	return 0;
}
