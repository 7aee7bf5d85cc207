/*
 * demo-bufio: a cache of disk blocks, in the manner of a device-mapper driver.
 *
 * A sample for a first run: beside each function that misuses an allocation mask or scope stands one
 * that does the same job well. No function here is meant to be linked into anything.
 */
#include <linux/errno.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "demo-bufio.h"

/* ---- A mask that says in each call what the lock around it knows ---- */

/* Bad: reclaim must not come back to this lock, and each allocation under it has to remember that. */
struct demo_buffer *demo_new_noio(struct demo_client *c, sector_t block)
{
	struct demo_buffer *b;

	mutex_lock(&c->lock);
	b = kzalloc(sizeof(*b), GFP_NOIO);
	if (b) {
		b->c = c;
		b->block = block;
		demo_link(c, b);
	}
	mutex_unlock(&c->lock);
	return b;
}

/* Good: the scope begins before the lock is taken and covers whatever is called under it. */
struct demo_buffer *demo_new_scoped(struct demo_client *c, sector_t block)
{
	struct demo_buffer *b;
	unsigned int noio;

	/* Writing back dirty memory may need c->lock again. */
	noio = memalloc_noio_save();
	mutex_lock(&c->lock);
	b = kzalloc(sizeof(*b), GFP_KERNEL);
	if (b) {
		b->data = kmalloc(c->block_size, GFP_KERNEL);
		b->c = c;
		b->block = block;
		demo_link(c, b);
	}
	mutex_unlock(&c->lock);
	memalloc_noio_restore(noio);
	return b;
}

/* ---- A mask that reaches vmalloc through two functions ---- */

static void *demo_alloc_data(struct demo_client *c, gfp_t gfp)
{
	if (c->block_size <= PAGE_SIZE)
		return (void *)__get_free_page(gfp);
	return __vmalloc(c->block_size, gfp);
}

static struct demo_buffer *demo_alloc_buffer(struct demo_client *c, gfp_t gfp)
{
	struct demo_buffer *b = kmalloc(sizeof(*b), gfp);

	if (!b)
		return NULL;
	b->data = demo_alloc_data(c, gfp);
	if (!b->data) {
		kfree(b);
		return NULL;
	}
	return b;
}

/* Bad: vmalloc sleeps, whatever the mask says. */
struct demo_buffer *demo_get_nowait(struct demo_client *c)
{
	return demo_alloc_buffer(c, GFP_NOWAIT | __GFP_NORETRY);
}

/* Good: who cannot wait takes a buffer that was allocated before. */
struct demo_buffer *demo_get_spare(struct demo_client *c)
{
	struct demo_buffer *b = c->spare;

	if (b)
		c->spare = b->next;
	return b;
}

/* Good: who can wait says so. */
struct demo_buffer *demo_get_wait(struct demo_client *c)
{
	return demo_alloc_buffer(c, GFP_KERNEL);
}

/* ---- kvmalloc with a mask that leaves no more than kmalloc of it ---- */

/* Bad: there is never a fallback to vmalloc, so a large index fails as soon as memory is in pieces. */
int demo_index_nowait(struct demo_client *c)
{
	c->index = kvmalloc(c->nr_buffers * sizeof(*c->index), GFP_NOWAIT);
	return c->index ? 0 : -ENOMEM;
}

/* Good. */
int demo_index_wait(struct demo_client *c)
{
	c->index = kvmalloc(c->nr_buffers * sizeof(*c->index), GFP_KERNEL);
	return c->index ? 0 : -ENOMEM;
}

/* ---- A scope with a way out ---- */

/* Bad: where there is no memory the task stays in the scope for good. */
int demo_read_leaky(struct demo_client *c, sector_t block)
{
	unsigned int noio = memalloc_noio_save();
	void *data;
	int r;

	data = kmalloc(c->block_size, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	r = demo_read_block(c, block, data);
	kfree(data);
	memalloc_noio_restore(noio);
	return r;
}

/* Good: one place restores, and every way out goes through it. */
int demo_read_paired(struct demo_client *c, sector_t block)
{
	unsigned int noio = memalloc_noio_save();
	int r = -ENOMEM;
	void *data;

	data = kmalloc(c->block_size, GFP_KERNEL);
	if (!data)
		goto out;
	r = demo_read_block(c, block, data);
	kfree(data);
out:
	memalloc_noio_restore(noio);
	return r;
}

/* ---- Masks that promise to wait in a scope that forbids it ---- */

static struct demo_buffer *demo_fill(struct demo_client *c, sector_t block)
{
	struct demo_buffer *b = kmalloc(sizeof(*b), GFP_KERNEL);

	if (b) {
		b->c = c;
		b->block = block;
	}
	return b;
}

/* Bad: the masks read as if these two could wait. They fail at once where memory is short. */
struct demo_buffer *demo_prefetch_direct(struct demo_client *c, sector_t block)
{
	unsigned int nowait = memalloc_nowait_save();
	struct demo_buffer *b;

	b = kmalloc(sizeof(*b), GFP_KERNEL);
	if (b) {
		b->block = block;
		b->data = kmalloc(c->block_size, GFP_KERNEL);
	}
	memalloc_nowait_restore(nowait);
	return b;
}

/* Bad: the same, and neither function shows it. */
struct demo_buffer *demo_prefetch_callee(struct demo_client *c, sector_t block)
{
	unsigned int nowait = memalloc_nowait_save();
	struct demo_buffer *b = demo_fill(c, block);

	if (b)
		demo_link(c, b);
	memalloc_nowait_restore(nowait);
	return b;
}

/* Good: only what must not wait is in the scope. */
struct demo_buffer *demo_prefetch(struct demo_client *c, sector_t block)
{
	unsigned int nowait = memalloc_nowait_save();
	struct demo_buffer *b = demo_get_spare(c);

	if (b)
		demo_link(c, b);
	memalloc_nowait_restore(nowait);
	return b ? b : demo_fill(c, block);
}
