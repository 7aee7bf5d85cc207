/* The core calls whatever the card has. */
#include "bus.h"

int card_read(struct card *card)
{
	int value;

	spin_lock(&card->lock);
	/* expect: blocking-alloc-in-atomic warning: usb_read() through card_ops.read may sleep */
	value = card->ops->read(card);
	spin_unlock(&card->lock);
	return value;
}

/* Farther down it is the object that decides. */
static int card_read_any(struct card *card)
{
	return card->ops->read(card);
}

int card_reread(struct card *card)
{
	int value;

	spin_lock(&card->lock);
	/* expect: blocking-alloc-in-atomic note: card_read_any() may sleep in kmalloc() */
	value = card_read_any(card);
	spin_unlock(&card->lock);
	return value;
}
