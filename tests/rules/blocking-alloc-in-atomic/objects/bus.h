/* Two drivers of one kind of device. */
#include <linux/spinlock.h>

struct card;

struct card_ops {
	int (*read)(struct card *card);
	void (*reset)(struct card *card);
};

struct card {
	spinlock_t lock;
	const struct card_ops *ops;
	void *buffer;
};
