/* Sample driver of the time before alloc_hooks(). */
#include <linux/errno.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

struct old_card {
	void *rom;
	void *log;
};

int old_card_start(struct old_card *card)
{
	card->rom = __vmalloc(1 << 20, GFP_ATOMIC);
	card->log = kvmalloc(1 << 16, GFP_KERNEL);
	return card->rom && card->log ? 0 : -ENOMEM;
}
