/* Allocations further down, and locks that wrappers take. */
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct table {
	spinlock_t lock;
	struct table *parent;
	void *row;
	bool ready;
};

static void *row_alloc(void)
{
	return kmalloc(64, GFP_KERNEL);
}

static int table_grow(struct table *t)
{
	t->row = row_alloc();
	return t->row ? 0 : -ENOMEM;
}

int table_insert(struct table *t)
{
	int err;

	spin_lock(&t->lock);
	/* expect: blocking-alloc-in-atomic error: table_grow() may sleep in kmalloc() with GFP_KERNEL, but is called under spin_lock(t->lock) */
	err = table_grow(t);
	spin_unlock(&t->lock);
	return err;
}

/* What the caller hands down decides. */
static void *row_alloc_with(struct table *t, gfp_t gfp)
{
	return kmalloc(64, gfp | __GFP_ZERO);
}

void table_fill(struct table *t)
{
	spin_lock(&t->lock);
	t->row = row_alloc_with(t, GFP_ATOMIC);
	/* expect: blocking-alloc-in-atomic error: row_alloc_with() may sleep in kmalloc() with GFP_KERNEL | __GFP_ZERO */
	t->row = row_alloc_with(t, GFP_KERNEL);
	spin_unlock(&t->lock);
}

static void *row_alloc_if(struct table *t, bool atomic)
{
	if (atomic)
		return kmalloc(64, GFP_ATOMIC);
	return kmalloc(64, GFP_KERNEL);
}

void table_fill_if(struct table *t)
{
	spin_lock(&t->lock);
	t->row = row_alloc_if(t, true);
	/* expect: blocking-alloc-in-atomic error: row_alloc_if() may sleep */
	t->row = row_alloc_if(t, false);
	/* expect: blocking-alloc-in-atomic note: assumes that a condition on the way, on a value that is not known, comes out so */
	t->row = row_alloc_if(t, t->ready);
	spin_unlock(&t->lock);
}

static void *row_alloc_blocking(gfp_t gfp)
{
	if (!gfpflags_allow_blocking(gfp))
		return NULL;
	return row_alloc();
}

void table_fill_blocking(struct table *t)
{
	spin_lock(&t->lock);
	t->row = row_alloc_blocking(GFP_NOWAIT);
	/* expect: blocking-alloc-in-atomic error: row_alloc_blocking() may sleep */
	t->row = row_alloc_blocking(GFP_NOIO);
	spin_unlock(&t->lock);
}

/* The mask comes from a caller of the function with the lock. */
static void *table_first(struct table *t, gfp_t gfp)
{
	void *row;

	spin_lock(&t->lock);
	/* expect: blocking-alloc-in-atomic error: kmalloc() may sleep with GFP_KERNEL, but is called under spin_lock(t->lock) */
	row = kmalloc(64, gfp);
	spin_unlock(&t->lock);
	return row;
}

void *table_first_kernel(struct table *t)
{
	return table_first(t, GFP_KERNEL);
}

/* A callee that lets go of its caller's lock, as it may. */
static void table_refill(struct table *t)
{
	spin_unlock(&t->lock);
	t->row = row_alloc();
	spin_lock(&t->lock);
}

void table_refill_locked(struct table *t)
{
	spin_lock(&t->lock);
	table_refill(t);
	spin_unlock(&t->lock);
}

/* Wrappers. */
static void table_lock(struct table *t)
{
	spin_lock(&t->parent->lock);
}

static void table_unlock(struct table *t)
{
	spin_unlock(&t->parent->lock);
}

void table_wrapped(struct table *t)
{
	table_lock(t);
	/* expect: blocking-alloc-in-atomic error: kmalloc() may sleep with GFP_KERNEL, but is called under table_lock(t->parent->lock) */
	t->row = kmalloc(64, GFP_KERNEL);
	table_unlock(t);
	t->row = kmalloc(64, GFP_KERNEL);
}

/* A wrapper that may let go: nobody knows. */
static bool table_unlock_if(struct table *t)
{
	if (!t->ready)
		return false;
	spin_unlock(&t->lock);
	return true;
}

void table_maybe(struct table *t)
{
	spin_lock(&t->lock);
	if (table_unlock_if(t)) {
		t->row = row_alloc();
		return;
	}
	spin_unlock(&t->lock);
}

/* A callee that asks for its context. */
static void *row_alloc_asks(void)
{
	if (in_interrupt())
		return kmalloc(64, GFP_ATOMIC);
	return kmalloc(64, GFP_KERNEL);
}

void table_asks(struct table *t)
{
	spin_lock(&t->lock);
	t->row = row_alloc_asks();
	spin_unlock(&t->lock);
}

/* Only where there is none yet: the state of the object decides. */
static int table_prepare(struct table *t)
{
	if (t->row)
		return 0;
	t->row = row_alloc();
	return t->row ? 0 : -ENOMEM;
}

void table_prepared(struct table *t)
{
	spin_lock(&t->lock);
	/* expect: blocking-alloc-in-atomic note: table_prepare() may sleep in kmalloc() with GFP_KERNEL, but is called under spin_lock(t->lock); assumes that the conditions on the way from there come out so */
	table_prepare(t);
	spin_unlock(&t->lock);
}

/* An argument that is refused changes nothing. */
static int table_check_and_grow(struct table *t)
{
	int err;

	if (!t->parent) {
		err = -EINVAL;
		goto out;
	}
	t->row = row_alloc();
	err = 0;
out:
	return err;
}

void table_checked(struct table *t)
{
	spin_lock(&t->lock);
	/* expect: blocking-alloc-in-atomic error: table_check_and_grow() may sleep in kmalloc() */
	table_check_and_grow(t);
	spin_unlock(&t->lock);
}

/* The lock under two names. */
void table_two_names(struct table *t)
{
	struct table *parent = t->parent;

	spin_lock(&parent->lock);
	spin_unlock(&parent->lock);
	spin_lock(&t->parent->lock);
	spin_unlock(&parent->lock);
	t->row = row_alloc();
}

/* What copies allocates nothing, whatever it is made of here; what it is given may. */
static inline void *fortified_copy(void *to, const void *from, unsigned long size)
{
	return kmalloc(size, GFP_KERNEL);
}
#define memcpy(to, from, size) fortified_copy(to, from, size)

void table_copy(struct table *t, void *from)
{
	spin_lock(&t->lock);
	memcpy(t->row, from, 64);
	/* expect: blocking-alloc-in-atomic error: row_alloc() may sleep in kmalloc() */
	memcpy(t->row, row_alloc(), 64);
	/* expect: blocking-alloc-in-atomic error: kmalloc() may sleep with GFP_KERNEL */
	memcpy(kmalloc(64, GFP_KERNEL), from, 64);
	spin_unlock(&t->lock);
}
