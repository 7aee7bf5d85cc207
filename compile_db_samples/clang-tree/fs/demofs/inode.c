/* demofs: inodes. */
#include "demofs.h"

struct demofs_inode *demofs_new_inode(struct demofs_sb *sb, gfp_t gfp)
{
	struct demofs_inode *inode = kmem_cache_alloc(sb->inodes, gfp);

	if (!inode)
		return NULL;
	inode->sb = sb;
	inode->map = kvmalloc(16 * PAGE_SIZE, gfp);
	return inode;
}

struct demofs_inode *demofs_create(struct demofs_sb *sb)
{
	struct demofs_inode *inode;

	mutex_lock(&sb->lock);
	inode = demofs_new_inode(sb, GFP_NOFS);
	mutex_unlock(&sb->lock);
	return inode;
}
