/* A function that is told how to allocate, and allocates otherwise. */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct node {
	void *name;
	void *data;
};

struct tree {
	spinlock_t lock;
	struct node *root;
};

/* Handed to one allocation, forgotten at the next. */
static struct node *node_new(size_t len, gfp_t gfp)
{
	struct node *n = kmalloc(sizeof(*n), gfp);

	if (!n)
		return NULL;
	/* expect: gfp-parameter-ignored warning: kmalloc() gets GFP_KERNEL here, though node_new() is called with GFP_ATOMIC as 'gfp' */
	n->name = kmalloc(len, GFP_KERNEL);
	return n;
}

void tree_insert(struct tree *t)
{
	spin_lock(&t->lock);
	t->root = node_new(16, GFP_ATOMIC);
	spin_unlock(&t->lock);
}

void tree_insert_slowly(struct tree *t)
{
	t->root = node_new(16, GFP_KERNEL);
}

/* The stricter mask comes from further up. */
static void node_name(struct node *n, gfp_t gfp)
{
	/* expect: gfp-parameter-ignored warning: though node_name() is called with GFP_NOFS as 'gfp' */
	n->name = kmalloc(16, GFP_KERNEL);
}

static void node_rename(struct node *n, gfp_t gfp)
{
	node_name(n, gfp);
}

void tree_rename(struct tree *t)
{
	node_rename(t->root, GFP_NOFS);
}

/* All callers may do what the constant does. */
static void node_fill(struct node *n, gfp_t gfp)
{
	n->data = kmalloc(16, GFP_KERNEL);
}

void tree_fill(struct tree *t)
{
	node_fill(t->root, GFP_KERNEL | __GFP_ZERO);
}

/* The mask is asked first. */
static void node_load(struct node *n, gfp_t gfp)
{
	n->data = kmalloc(16, gfp);
	if (!n->data && gfpflags_allow_blocking(gfp))
		n->data = kmalloc(8, GFP_KERNEL);
}

void tree_load(struct tree *t)
{
	node_load(t->root, GFP_ATOMIC);
}

/* A scope says what the caller asks for. */
static void node_save(struct node *n, gfp_t gfp)
{
	unsigned int nofs_flags = memalloc_nofs_save();

	n->data = kmalloc(16, GFP_KERNEL);
	n->name = kmalloc(16, gfp);
	memalloc_nofs_restore(nofs_flags);
}

void tree_save(struct tree *t)
{
	node_save(t->root, GFP_NOFS);
}

/* Not on the way that this caller takes. */
static void node_pick(struct node *n, bool may_sleep, gfp_t gfp)
{
	if (may_sleep)
		n->data = kmalloc(16, GFP_KERNEL);
	else
		n->data = kmalloc(16, gfp);
}

void tree_pick(struct tree *t)
{
	node_pick(t->root, 0, GFP_ATOMIC);
	node_pick(t->root, 1, GFP_KERNEL);
}

/* A parameter of modifiers. */
static void *node_buffer(size_t len, gfp_t where)
{
	void *head = kmalloc(16, GFP_KERNEL);

	return head ? kmalloc(len, GFP_KERNEL | where) : NULL;
}

void *tree_buffer(void)
{
	return node_buffer(64, __GFP_DMA);
}
