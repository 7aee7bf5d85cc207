/* Mini kernel: the task and its flags. */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/types.h>

struct task_struct {
	unsigned int flags;
	void *journal_info;
};

struct task_struct *get_current(void);
#define current get_current()

#define PF_MEMALLOC		0x00000800
#define PF_MEMALLOC_NOFS	0x00040000
#define PF_MEMALLOC_NOIO	0x00080000
#define PF_MEMALLOC_NOWAIT	0x01000000
#define PF_MEMALLOC_PIN		0x10000000
#define PF_KTHREAD		0x00200000

static inline void current_restore_flags(unsigned long orig_flags, unsigned long flags)
{
	current->flags &= ~flags;
	current->flags |= orig_flags & flags;
}

#endif
