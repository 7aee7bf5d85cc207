/* Functions that the kernel calls where sleeping is forbidden. */
#include <linux/interrupt.h>
#include <linux/leds.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

struct board {
	struct led_classdev led;
	struct led_classdev lamp;
	struct rcu_head rcu;
	void *event;
};

static irqreturn_t board_irq(int irq, void *data)
{
	struct board *b = data;

	/* expect: blocking-alloc-in-atomic error: kmalloc() may sleep with GFP_KERNEL, but is called in an interrupt handler */
	b->event = kmalloc(32, GFP_KERNEL);
	return IRQ_WAKE_THREAD;
}

/* The threaded half may sleep. */
static irqreturn_t board_thread(int irq, void *data)
{
	struct board *b = data;

	b->event = kmalloc(32, GFP_KERNEL);
	return IRQ_HANDLED;
}

static irqreturn_t board_irq_good(int irq, void *data)
{
	struct board *b = data;

	b->event = kmalloc(32, GFP_ATOMIC);
	return IRQ_HANDLED;
}

static void board_note(struct board *b)
{
	b->event = kmalloc(32, GFP_KERNEL);
}

static void board_free(struct rcu_head *rcu)
{
	/* expect: blocking-alloc-in-atomic error: board_note() may sleep in kmalloc() with GFP_KERNEL, but is called in an RCU callback */
	board_note((struct board *)rcu);
}

static void board_led(struct led_classdev *led, int brightness)
{
	/* expect: blocking-alloc-in-atomic error: but is called in a function that must not sleep (brightness_set_blocking may) */
	board_note((struct board *)led);
}

static int board_lamp(struct led_classdev *led, int brightness)
{
	board_note((struct board *)led);
	return 0;
}

int board_start(struct board *b)
{
	b->led.brightness_set = board_led;
	b->lamp.brightness_set_blocking = board_lamp;
	call_rcu(&b->rcu, board_free);
	return request_threaded_irq(1, board_irq, board_thread, 0, "board", b) ?:
	       request_irq(2, board_irq_good, 0, "board", b);
}
