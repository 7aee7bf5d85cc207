/* A transaction is open over the allocation: the scope goes around it. */
#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct btrfs_root;
struct btrfs_trans_handle;
struct btrfs_trans_handle *btrfs_start_transaction(struct btrfs_root *root, unsigned int num_items);
int btrfs_end_transaction(struct btrfs_trans_handle *trans);
int btrfs_commit_transaction(struct btrfs_trans_handle *trans);
int demo_insert(struct btrfs_trans_handle *trans, void *item);

/* The handle is an error where it was not started; the value of the commit is computed in the scope. */
int one_transaction(struct btrfs_root *root)
{
	struct btrfs_trans_handle *trans;
	void *item;
	int ret;

	trans = btrfs_start_transaction(root, 1);
	if (IS_ERR(trans))
		return PTR_ERR(trans);
	/* expect: restricted-gfp-site note: a nofs scope around the transaction could replace it */
	item = kmalloc(64, GFP_NOFS);
	if (!item) {
		btrfs_end_transaction(trans);
		return -ENOMEM;
	}
	ret = demo_insert(trans, item);
	kfree(item);
	if (ret) {
		btrfs_end_transaction(trans);
		return ret;
	}
	return btrfs_commit_transaction(trans);
}

/* The way on which there is no handle goes on elsewhere. */
int failure_goes_on(struct btrfs_root *root, struct mutex *lock)
{
	struct btrfs_trans_handle *trans;
	int ret = 0;

	mutex_lock(lock);
	trans = btrfs_start_transaction(root, 1);
	if (IS_ERR(trans)) {
		ret = PTR_ERR(trans);
		goto out_unlock;
	}
	/* expect: restricted-gfp-site note: a nofs scope around the transaction could replace it */
	ret = demo_insert(trans, kmalloc(64, GFP_NOFS));
	btrfs_end_transaction(trans);
out_unlock:
	mutex_unlock(lock);
	return ret;
}

/* The condition asks for more than whether there is a handle: nothing is changed. */
int asks_for_more(struct btrfs_root *root, bool stop)
{
	struct btrfs_trans_handle *trans = NULL;

	trans = btrfs_start_transaction(root, 1);
	if (IS_ERR(trans) || stop)
		return -EINVAL;
	/* expect: restricted-gfp-site note: no lock of this function is held here */
	demo_insert(trans, kmalloc(64, GFP_NOFS));
	return btrfs_end_transaction(trans);
}

/* jbd2's handles carry a nofs scope: the mask says it again. */
typedef struct jbd2_journal_handle handle_t;
struct journal_s;
handle_t *jbd2_journal_start(struct journal_s *journal, int nblocks);
int jbd2_journal_stop(handle_t *handle);

int journalled(struct journal_s *journal)
{
	handle_t *handle = jbd2_journal_start(journal, 1);
	void *p;

	if (IS_ERR(handle)) {
		/* expect: restricted-gfp-site note: no lock of this function is held here */
		p = kmalloc(64, GFP_NOFS);
		kfree(p);
		return PTR_ERR(handle);
	}
	/* expect: restricted-gfp-site note: a scope that is active here already implies it */
	p = kmalloc(64, GFP_NOFS | __GFP_ZERO);
	kfree(p);
	return jbd2_journal_stop(handle);
}

/* A lock wrapper of the file system's own, found as one. */
struct demo_inode {
	struct mutex tree_lock;
	void *node;
};

static inline void demo_lock(struct demo_inode *di)
{
	mutex_lock(&di->tree_lock);
}

static void demo_unlock(struct demo_inode *di)
{
	mutex_unlock(&di->tree_lock);
}

int demo_node_size(struct demo_inode *di);

int wrapped_lock(struct demo_inode *di)
{
	demo_lock(di);
	/* expect: restricted-gfp-site note: a nofs scope around di->tree_lock could replace it */
	di->node = kmalloc(64, GFP_NOFS);
	demo_unlock(di);
	return demo_node_size(di);
}

/* Ended within the returned value, and in another arm: the type of what is returned is the function's. */
unsigned long ends_in_value(struct btrfs_root *root, struct demo_inode *di, bool done)
{
	struct btrfs_trans_handle *trans;

	trans = btrfs_start_transaction(root, 1);
	if (IS_ERR(trans))
		return demo_node_size(di);
	/* expect: restricted-gfp-site note: a nofs scope around the transaction could replace it */
	di->node = kmalloc(64, GFP_NOFS);
	if (done)
		return btrfs_commit_transaction(trans);
	return btrfs_end_transaction(trans);
}

/* The mask lies in a variable that is used for nothing else. */
int in_variable(struct demo_inode *di)
{
	const gfp_t gfp = GFP_NOFS | __GFP_ZERO;
	void *more;

	mutex_lock(&di->tree_lock);
	/* expect: restricted-gfp-site note: a nofs scope around di->tree_lock could replace it */
	di->node = kmalloc(64, gfp);
	/* expect: restricted-gfp-site note: a nofs scope around di->tree_lock could replace it */
	more = kmalloc(32, gfp);
	kfree(more);
	mutex_unlock(&di->tree_lock);
	return 0;
}

/* The variable is used elsewhere, too: nothing is changed. */
int in_shared_variable(struct demo_inode *di)
{
	gfp_t gfp = GFP_NOFS;

	mutex_lock(&di->tree_lock);
	/* expect: restricted-gfp-site note: a nofs scope around di->tree_lock could replace it */
	di->node = kmalloc(64, gfp);
	mutex_unlock(&di->tree_lock);
	/* expect: restricted-gfp-site note: no lock of this function is held here */
	kfree(kmalloc(32, gfp));
	return 0;
}
