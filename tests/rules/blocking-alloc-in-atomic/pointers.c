/* Calls through ops tables under a lock. */
#include <linux/slab.h>
#include <linux/spinlock.h>

struct port;

struct port_ops {
	void (*start)(struct port *port);
	void (*stop)(struct port *port);
};

struct port {
	spinlock_t lock;
	const struct port_ops *ops;
	void *buffer;
};

static void slow_start(struct port *port)
{
	port->buffer = kmalloc(64, GFP_KERNEL);
}

static void fast_start(struct port *port)
{
	port->buffer = kmalloc(64, GFP_ATOMIC);
}

static void only_stop(struct port *port)
{
	port->buffer = kmalloc(64, GFP_KERNEL);
}

static const struct port_ops slow = { .start = slow_start };
static const struct port_ops fast = { .start = fast_start, .stop = only_stop };

void port_restart(struct port *port, bool quick)
{
	port->ops = quick ? &fast : &slow;
	spin_lock(&port->lock);
	/* expect: blocking-alloc-in-atomic warning: slow_start() through port_ops.start may sleep in kmalloc() with GFP_KERNEL, but is called under spin_lock(port->lock); assumes that the function pointer, which may hold 2 functions, holds this one */
	port->ops->start(port);
	/* expect: blocking-alloc-in-atomic error: only_stop() through port_ops.stop may sleep in kmalloc() */
	port->ops->stop(port);
	spin_unlock(&port->lock);
}
