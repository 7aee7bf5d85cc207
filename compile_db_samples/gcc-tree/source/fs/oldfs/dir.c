/* Sample file system of the time before alloc_hooks(). */
#include <linux/errno.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <generated/oldfs_names.h>

struct oldfs_dir {
	struct mutex lock;
	char *name;
};

int oldfs_rename(struct oldfs_dir *dir, size_t length)
{
	char *name;

	mutex_lock(&dir->lock);
	name = kmalloc(length + OLDFS_NAME_EXTRA, GFP_NOFS);
	if (name) {
		kfree(dir->name);
		dir->name = name;
	}
	mutex_unlock(&dir->lock);
	return name ? 0 : -ENOMEM;
}

/* Ends a scope by hand. Right here: before 6.9 a token of 0 clears the bit. */
int oldfs_flush(struct oldfs_dir *dir)
{
	memalloc_nofs_save();
	dir->name = kzalloc(64, GFP_KERNEL);
	memalloc_nofs_restore(0);
	return dir->name ? 0 : -ENOMEM;
}
