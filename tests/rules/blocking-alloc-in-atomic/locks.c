/* Allocations in the function that holds the lock. */
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct queue {
	spinlock_t lock;
	spinlock_t *shared;
	struct queue *next;
	void *item;
	void *spare;
};

void queue_add(struct queue *q)
{
	spin_lock(&q->lock);
	/* expect: blocking-alloc-in-atomic error: kmalloc() may sleep with GFP_KERNEL, but is called under spin_lock(q->lock) */
	q->item = kmalloc(64, GFP_KERNEL);
	spin_unlock(&q->lock);
	q->spare = kmalloc(64, GFP_KERNEL);
}

void queue_add_good(struct queue *q)
{
	void *spare = kmalloc(64, GFP_KERNEL);

	spin_lock(&q->lock);
	q->item = kmalloc(64, GFP_ATOMIC);
	q->spare = spare;
	spin_unlock(&q->lock);
}

/* NOFS and NOIO sleep as well. */
void queue_add_nofs(struct queue *q)
{
	rcu_read_lock();
	/* expect: blocking-alloc-in-atomic error: kzalloc() may sleep with GFP_NOFS, but is called under rcu_read_lock() */
	q->item = kzalloc(64, GFP_NOFS);
	rcu_read_unlock();
}

void queue_add_irqsave(struct queue *q, struct queue *other)
{
	unsigned long flags;

	spin_lock_irqsave(&q->lock, flags);
	spin_lock(&other->lock);
	spin_unlock(&other->lock);
	/* expect: blocking-alloc-in-atomic error: under spin_lock_irqsave(q->lock) */
	q->item = kmalloc(64, GFP_KERNEL);
	spin_unlock_irqrestore(&q->lock, flags);
}

/* The macro has told the two ways apart itself. */
void queue_try_irqsave(struct queue *q)
{
	unsigned long flags;

	if (!spin_trylock_irqsave(&q->lock, flags)) {
		q->spare = kmalloc(64, GFP_KERNEL);
		return;
	}
	/* expect: blocking-alloc-in-atomic error: under spin_trylock_irqsave(q->lock) */
	q->item = kmalloc(64, GFP_KERNEL);
	spin_unlock_irqrestore(&q->lock, flags);
}

void queue_add_guarded(struct queue *q)
{
	{
		guard(spinlock)(&q->lock);
		/* expect: blocking-alloc-in-atomic error: under guard(q->lock) */
		q->item = kmalloc(64, GFP_KERNEL);
	}
	q->spare = kmalloc(64, GFP_KERNEL);
}

void queue_add_scoped(struct queue *q)
{
	scoped_guard(spinlock, &q->lock) {
		/* expect: blocking-alloc-in-atomic error: under scoped_guard(q->lock) */
		q->item = kmalloc(64, GFP_KERNEL);
	}
	q->spare = kmalloc(64, GFP_KERNEL);
}

int queue_try(struct queue *q)
{
	if (!spin_trylock(&q->lock)) {
		q->spare = kmalloc(64, GFP_KERNEL);
		return -EAGAIN;
	}
	/* expect: blocking-alloc-in-atomic error: under spin_trylock(q->lock) */
	q->item = kmalloc(64, GFP_KERNEL);
	spin_unlock(&q->lock);
	return 0;
}

/* Not on every way: the lock may not be held. */
void queue_maybe(struct queue *q, bool locked)
{
	if (locked)
		spin_lock(&q->lock);
	q->item = kmalloc(64, GFP_KERNEL);
	if (locked)
		spin_unlock(&q->lock);
}

/* Let go of for the allocation. */
void queue_drop(struct queue *q)
{
	spin_lock(&q->lock);
	while (!q->item) {
		spin_unlock(&q->lock);
		q->item = kmalloc(64, GFP_KERNEL);
		spin_lock(&q->lock);
	}
	spin_unlock(&q->lock);
}

/* The same lock by another name. */
void queue_alias(struct queue *q)
{
	spinlock_t *lock = q->shared;

	spin_lock(lock);
	spin_unlock(q->shared);
	q->item = kmalloc(64, GFP_KERNEL);
}

/* The name is another object's from the second line on. */
void queue_walk(struct queue *q)
{
	spin_lock(&q->lock);
	q = q->next;
	q->item = kmalloc(64, GFP_KERNEL);
	spin_unlock(&q->lock);
}

/* Who asks knows what he does. */
void queue_asked(struct queue *q)
{
	gfp_t gfp = in_interrupt() ? GFP_ATOMIC : GFP_KERNEL;

	preempt_disable();
	q->item = kmalloc(64, gfp);
	preempt_enable();
}

void queue_preempt(struct queue *q)
{
	preempt_disable();
	/* expect: blocking-alloc-in-atomic error: under preempt_disable() */
	q->item = kmalloc(64, GFP_KERNEL | __GFP_ZERO);
	preempt_enable();
}
