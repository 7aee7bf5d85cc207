/* A thread is its own scope: what is open when it ends, ends with it. */
#include <linux/sched/mm.h>

struct task_struct;
struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int node,
					   const char *fmt, ...);

int demo_commit(void *data);

/* Like kjournald2. */
static int log_thread_good(void *data)
{
	memalloc_nofs_save();
	return demo_commit(data);
}

static int kept_thread_good(void *data)
{
	unsigned int flags = memalloc_nofs_save();

	while (!demo_commit(data))
		;
	(void)flags;
	return 0;
}

static int not_started(void *data)
{
	/* expect: scope-unpaired error: the token that memalloc_nofs_save() returns is discarded */
	memalloc_nofs_save();
	return demo_commit(data);
}

int start(void *data)
{
	kthread_create_on_node(log_thread_good, data, -1, "demo_log");
	kthread_create_on_node(kept_thread_good, data, -1, "demo_kept");
	return not_started(data);
}
