/* demofs: transactions, which are nofs scopes. */
#include <linux/sched/mm.h>

#include "demofs.h"

void demofs_begin(struct demofs_trans *t, struct demofs_sb *sb)
{
	t->sb = sb;
	t->nofs = memalloc_nofs_save();
	mutex_lock(&sb->lock);
}

void demofs_end(struct demofs_trans *t)
{
	mutex_unlock(&t->sb->lock);
	memalloc_nofs_restore(t->nofs);
}

/* The mask says again what the transaction says. */
struct demofs_inode *demofs_replay(struct demofs_sb *sb)
{
	struct demofs_trans t;
	struct demofs_inode *inode;

	demofs_begin(&t, sb);
	inode = demofs_new_inode(sb, GFP_NOFS);
	demofs_end(&t);
	return inode;
}
