/* demofs: a sample file system, what its files share. */
#ifndef _DEMOFS_H
#define _DEMOFS_H

#include <linux/mutex.h>
#include <linux/slab.h>

struct demofs_sb {
	struct mutex lock;
	struct kmem_cache *inodes;
};

struct demofs_inode {
	struct demofs_sb *sb;
	void *map;
};

/* A transaction keeps its scope's token until it ends. */
struct demofs_trans {
	struct demofs_sb *sb;
	unsigned int nofs;
};

struct demofs_inode *demofs_new_inode(struct demofs_sb *sb, gfp_t gfp);
struct demofs_inode *demofs_create(struct demofs_sb *sb);
struct demofs_inode *demofs_replay(struct demofs_sb *sb);
void demofs_begin(struct demofs_trans *t, struct demofs_sb *sb);
void demofs_end(struct demofs_trans *t);

#endif
