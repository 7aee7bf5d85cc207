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
