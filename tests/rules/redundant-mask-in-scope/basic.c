/* Masks that say again what the scope around them says. */
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct journal {
	struct mutex lock;
	void *buf;
	void *tail;
};

/* In the function itself. */
void journal_write(struct journal *j)
{
	unsigned int nofs_flags = memalloc_nofs_save();

	mutex_lock(&j->lock);
	/* expect: redundant-mask-in-scope warning: GFP_NOFS | __GFP_ZERO is passed to kmalloc() inside a scope that says as much */
	j->buf = kmalloc(64, GFP_NOFS | __GFP_ZERO);
	j->tail = kmalloc(64, GFP_KERNEL);
	mutex_unlock(&j->lock);
	memalloc_nofs_restore(nofs_flags);
	/* Behind the scope. */
	kfree(kmalloc(64, GFP_NOFS));
}

/* The stricter scope says as much; the milder one does not. */
void journal_flush(struct journal *j)
{
	unsigned int noio_flags = memalloc_noio_save();
	unsigned int nofs_flags;

	/* expect: redundant-mask-in-scope warning: GFP_NOFS is passed to kmalloc() */
	j->buf = kmalloc(64, GFP_NOFS);
	memalloc_noio_restore(noio_flags);
	nofs_flags = memalloc_nofs_save();
	j->tail = kmalloc(64, GFP_NOIO);
	/* It forbids more than any scope here. */
	kfree(kmalloc(64, GFP_NOWAIT));
	memalloc_nofs_restore(nofs_flags);
}

/* Every caller holds it. */
static void *journal_grow(struct journal *j)
{
	/* expect: redundant-mask-in-scope warning: inside a scope that says as much, which all callers hold */
	return kmalloc(128, GFP_NOFS);
}

void journal_start(struct journal *j)
{
	unsigned int nofs_flags = memalloc_nofs_save();

	j->buf = journal_grow(j);
	memalloc_nofs_restore(nofs_flags);
}

void journal_restart(struct journal *j)
{
	unsigned int nofs_flags = memalloc_nofs_save();

	j->tail = journal_grow(j);
	memalloc_nofs_restore(nofs_flags);
}

/* One caller does not. */
static void *journal_append(struct journal *j)
{
	return kmalloc(128, GFP_NOFS);
}

void journal_inside(struct journal *j)
{
	unsigned int nofs_flags = memalloc_nofs_save();

	j->buf = journal_append(j);
	memalloc_nofs_restore(nofs_flags);
}

void journal_outside(struct journal *j)
{
	j->buf = journal_append(j);
}

/* Open on some ways only. */
void journal_maybe(struct journal *j, bool deep)
{
	unsigned int nofs_flags = 0;

	if (deep)
		nofs_flags = memalloc_nofs_save();
	j->buf = kmalloc(64, GFP_NOFS);
	if (deep)
		memalloc_nofs_restore(nofs_flags);
}

/* A variable that serves nothing else is mended where it gets the mask. */
void journal_many(struct journal *j)
{
	unsigned int nofs_flags = memalloc_nofs_save();
	gfp_t gfp = GFP_NOFS;

	/* expect: redundant-mask-in-scope warning: GFP_NOFS is passed to kmalloc() */
	j->buf = kmalloc(64, gfp);
	/* expect: redundant-mask-in-scope warning: GFP_NOFS is passed to kmalloc() */
	j->tail = kmalloc(32, gfp);
	memalloc_nofs_restore(nofs_flags);
}
