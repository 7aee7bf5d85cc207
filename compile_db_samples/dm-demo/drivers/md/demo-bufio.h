/* demo-bufio: what its users call. */
#ifndef DEMO_BUFIO_H
#define DEMO_BUFIO_H

#include <linux/mutex.h>

struct demo_client {
	struct mutex lock;
	unsigned int block_size;
	unsigned int nr_buffers;
	struct demo_buffer *spare;
	sector_t *index;
};

struct demo_buffer {
	struct demo_client *c;
	struct demo_buffer *next;
	sector_t block;
	void *data;
};

int demo_read_block(struct demo_client *c, sector_t block, void *data);
void demo_link(struct demo_client *c, struct demo_buffer *b);

struct demo_buffer *demo_new_noio(struct demo_client *c, sector_t block);
struct demo_buffer *demo_new_scoped(struct demo_client *c, sector_t block);
struct demo_buffer *demo_get_nowait(struct demo_client *c);
struct demo_buffer *demo_get_spare(struct demo_client *c);
struct demo_buffer *demo_get_wait(struct demo_client *c);
int demo_index_nowait(struct demo_client *c);
int demo_index_wait(struct demo_client *c);
int demo_read_leaky(struct demo_client *c, sector_t block);
int demo_read_paired(struct demo_client *c, sector_t block);
struct demo_buffer *demo_prefetch_direct(struct demo_client *c, sector_t block);
struct demo_buffer *demo_prefetch_callee(struct demo_client *c, sector_t block);
struct demo_buffer *demo_prefetch(struct demo_client *c, sector_t block);

#endif
