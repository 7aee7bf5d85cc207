/* Ways out of a function with the scope still open, each beside the same code done right. */
#include <linux/bug.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct demo_inode {
	struct mutex lock;
	int state;
	int nr;
	struct demo_inode *next;
};

int demo_write(struct demo_inode *inode);
bool demo_ready(struct demo_inode *inode);

int flush_early_return(struct demo_inode *inode)
{
	unsigned int flags = memalloc_nofs_save();
	int err = demo_write(inode);

	if (err)
		return err;	/* expect: scope-unpaired error: the nofs scope opened by memalloc_nofs_save() is not ended on this path */
	memalloc_nofs_restore(flags);
	return 0;
}

int flush_early_return_good(struct demo_inode *inode)
{
	unsigned int flags = memalloc_nofs_save();
	int err = demo_write(inode);

	if (err) {
		memalloc_nofs_restore(flags);
		return err;
	}
	memalloc_nofs_restore(flags);
	return 0;
}

int flush_goto_past_restore(struct demo_inode *inode)
{
	unsigned int flags;
	int err = -EINVAL;

	flags = memalloc_noio_save();
	mutex_lock(&inode->lock);
	if (!inode->nr)
		goto out_unlock;
	err = demo_write(inode);
	memalloc_noio_restore(flags);
out_unlock:
	mutex_unlock(&inode->lock);
	return err;		/* expect: scope-unpaired error: the noio scope */
}

int flush_goto_good(struct demo_inode *inode)
{
	unsigned int flags;
	int err = -EINVAL;

	flags = memalloc_noio_save();
	mutex_lock(&inode->lock);
	if (!inode->nr)
		goto out_unlock;
	err = demo_write(inode);
out_unlock:
	mutex_unlock(&inode->lock);
	memalloc_noio_restore(flags);
	return err;
}

void walk_break(struct demo_inode *inode)
{
	for (; inode; inode = inode->next) {
		unsigned int flags = memalloc_nofs_save();

		if (demo_write(inode))
			break;
		memalloc_nofs_restore(flags);
	}
}	/* expect: scope-unpaired error: the nofs scope */

void walk_continue(struct demo_inode *inode)
{
	for (; inode; inode = inode->next) {
		/* expect: scope-unpaired error: the token in 'flags' is overwritten while its nofs scope is open */
		unsigned int flags = memalloc_nofs_save();

		if (demo_write(inode))
			continue;
		memalloc_nofs_restore(flags);
	}
}	/* expect: scope-unpaired error: the nofs scope */

void walk_each_turn_good(struct demo_inode *inode)
{
	for (; inode; inode = inode->next) {
		unsigned int flags = memalloc_nofs_save();
		int err = demo_write(inode);

		memalloc_nofs_restore(flags);
		if (err)
			break;
	}
}

int wait_forever_good(struct demo_inode *inode)
{
	unsigned int flags = memalloc_nofs_save();

	for (;;) {
		if (demo_ready(inode))
			break;
		if (demo_write(inode))
			continue;
	}
	memalloc_nofs_restore(flags);
	return 0;
}

int by_state_fallthrough(struct demo_inode *inode)
{
	unsigned int flags = memalloc_nofs_save();

	switch (inode->state) {
	case 0:
		demo_write(inode);
		/* fall through */
	case 1:
		memalloc_nofs_restore(flags);
		break;
	default:
		return -EINVAL;	/* expect: scope-unpaired error: the nofs scope */
	}
	return 0;
}

int by_state_good(struct demo_inode *inode)
{
	unsigned int flags = memalloc_nofs_save();
	int err = 0;

	switch (inode->state) {
	case 0:
		err = demo_write(inode);
		/* fall through */
	case 1:
		inode->nr++;
		break;
	default:
		err = -EINVAL;
	}
	memalloc_nofs_restore(flags);
	return err;
}

int dies_good(struct demo_inode *inode)
{
	unsigned int flags = memalloc_nofs_save();

	if (!inode->next)
		BUG();
	BUG_ON(inode->nr < 0);
	if (demo_write(inode))
		panic("demo: cannot write");
	memalloc_nofs_restore(flags);
	return 0;
}

int no_memory_good(struct demo_inode *inode)
{
	unsigned int flags;
	void *buf;

	if (!mutex_trylock(&inode->lock))
		return -EAGAIN;
	flags = memalloc_nofs_save();
	buf = kmalloc(64, GFP_KERNEL);
	if (!buf) {
		memalloc_nofs_restore(flags);
		mutex_unlock(&inode->lock);
		return -ENOMEM;
	}
	kfree(buf);
	memalloc_nofs_restore(flags);
	mutex_unlock(&inode->lock);
	return 0;
}

void warned(struct demo_inode *inode)
{
	unsigned int flags = memalloc_nofs_save();

	if (WARN_ON(!inode->nr))
		return;		/* expect: scope-unpaired error: the nofs scope */
	memalloc_nofs_restore(flags);
}
