/* Scopes that end by the cleanup attribute, and cleanups that have nothing to do with them. */
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct demo_log {
	struct mutex lock;
	int nr;
};

int demo_append(struct demo_log *log);

DEFINE_FREE(kfree, void *, if (_T) kfree(_T))

int guard_good(struct demo_log *log)
{
	guard(memalloc_flags)(PF_MEMALLOC_NOFS);

	if (!log->nr)
		return -EINVAL;
	return demo_append(log);
}

int scoped_guard_good(struct demo_log *log)
{
	scoped_guard(memalloc_flags, PF_MEMALLOC_NOFS) {
		if (demo_append(log))
			return -EIO;
	}
	return 0;
}

int lock_guard_does_not_end_scope(struct demo_log *log)
{
	unsigned int flags;

	guard(mutex)(&log->lock);
	flags = memalloc_nofs_save();
	if (demo_append(log))
		/* expect: scope-unpaired error: the nofs scope */
		return -EIO;
	memalloc_nofs_restore(flags);
	return 0;
}

int free_good(struct demo_log *log)
{
	void *buf __free(kfree) = NULL;
	unsigned int flags = memalloc_nofs_save();

	buf = kmalloc(64, GFP_KERNEL);
	memalloc_nofs_restore(flags);
	if (!buf)
		return -ENOMEM;
	return demo_append(log);
}

static inline void demo_end_nofs(unsigned int *flags)
{
	memalloc_nofs_restore(*flags);
}

int own_cleanup_good(struct demo_log *log)
{
	unsigned int flags __cleanup(demo_end_nofs) = memalloc_nofs_save();

	if (demo_append(log))
		return -EIO;
	return 0;
}
