/* What a function says of its callers: annotations and the Context: of kernel-doc comments. */
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

struct port {
	spinlock_t lock;
	struct mutex config;
	void *item;
};

static void port_fill(struct port *p) __must_hold(&p->lock)
{
	/* expect: blocking-alloc-in-atomic error: kmalloc() may sleep with GFP_KERNEL, but is called under __must_hold(p->lock) */
	p->item = kmalloc(64, GFP_KERNEL);
}

/* The annotation holds until the lock is let go. */
static void port_refill(struct port *p)
	__releases(&p->lock) __must_hold(&p->lock) __acquires(&p->lock)
{
	spin_unlock(&p->lock);
	p->item = kmalloc(64, GFP_KERNEL);
	spin_lock(&p->lock);
}

/* A mutex forbids nothing. */
static void port_configure(struct port *p) __must_hold(&p->config)
{
	p->item = kmalloc(64, GFP_KERNEL);
}

static void *port_read(struct port *p) __must_hold(RCU)
{
	/* expect: blocking-alloc-in-atomic error: under __must_hold() */
	return kmalloc(64, GFP_KERNEL);
}

/**
 * port_kick - start the port
 * @p: the port
 *
 * Context: Any context. Takes and releases @p->lock.
 * Return: the item.
 */
void *port_kick(struct port *p)
{
	/* expect: blocking-alloc-in-atomic note: kmalloc() may sleep with GFP_KERNEL, but is called in a function whose comment says so, unless its comment is wrong */
	return kmalloc(64, GFP_KERNEL);
}

/**
 * port_kick_gfp - start the port
 * @p: the port
 * @gfp: flags
 *
 * Context: Any context. May sleep if the @gfp flags
 * permit.
 */
void *port_kick_gfp(struct port *p, gfp_t gfp)
{
	if (gfp & __GFP_DIRECT_RECLAIM)
		p->item = kmalloc(64, GFP_KERNEL);
	return p->item;
}

/**
 * port_late - what is left
 * @p: the port
 *
 * Context: !in_interrupt()
 */
void *port_late(struct port *p)
{
	return kmalloc(64, GFP_KERNEL);
}

/**
 * port_open - open the port
 * @p: the port
 *
 * Context: Process context.
 */
void *port_open(struct port *p)
{
	return kmalloc(64, GFP_KERNEL);
}

/**
 * port_reset - bring the port back
 * @p: the port
 *
 * It allocates only what is not there yet; its callers must count on it all the same.
 *
 * Context: Process context. May sleep.
 */
static void port_reset(struct port *p)
{
	if (p->item)
		return;
	p->item = kmalloc(64, GFP_KERNEL);
}

void port_timeout(struct port *p)
{
	spin_lock(&p->lock);
	/* expect: blocking-alloc-in-atomic error: port_reset() may sleep in kmalloc() with GFP_KERNEL, but is called under spin_lock(p->lock) */
	port_reset(p);
	spin_unlock(&p->lock);
}

void *port_users[] = { port_fill, port_refill, port_configure, port_read };
