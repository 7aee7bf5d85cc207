/* Scopes that are made of task flags by hand. */
#include <linux/sched.h>
#include <linux/sched/mm.h>

int demo_send(void *data);

int set_and_cleared(void *data)
{
	int err;

	/* expect: raw-memalloc-flags note: PF_MEMALLOC is set and taken back by hand: memalloc_noreclaim_save() */
	current->flags |= PF_MEMALLOC;
	err = demo_send(data);
	current->flags &= ~PF_MEMALLOC;
	return err;
}

/* As sunrpc does. */
int set_and_restored(void *data)
{
	unsigned int pflags = current->flags;
	int err;

	if (data)
		/* expect: raw-memalloc-flags note: PF_MEMALLOC is set */
		current->flags |= PF_MEMALLOC;
	err = demo_send(data);
	current_restore_flags(pflags, PF_MEMALLOC);
	return err;
}

int of_several(void *data)
{
	struct task_struct *tsk = current;

	/* expect: raw-memalloc-flags note: PF_MEMALLOC_NOFS is set and taken back by hand: memalloc_nofs_save() */
	tsk->flags |= PF_MEMALLOC_NOFS | PF_KTHREAD;
	demo_send(data);
	tsk->flags &= ~(PF_MEMALLOC_NOFS | PF_KTHREAD);
	return 0;
}

int scope_good(void *data)
{
	unsigned int flags = memalloc_noreclaim_save();
	int err = demo_send(data);

	memalloc_noreclaim_restore(flags);
	return err;
}

int another_flag_good(void *data)
{
	current->flags |= PF_KTHREAD;
	demo_send(data);
	current->flags &= ~PF_KTHREAD;
	return 0;
}

/* Whoever ends it is elsewhere. */
void only_set_good(void)
{
	current->flags |= PF_MEMALLOC;
}

int only_tested_good(void *data)
{
	if (current->flags & PF_MEMALLOC)
		return -1;
	return demo_send(data);
}

int left_early_bad(void *data)
{
	int err;

	/* expect: raw-memalloc-flags note: PF_MEMALLOC is set and taken back by hand */
	current->flags |= PF_MEMALLOC;
	err = demo_send(data);
	if (err)
		/* expect: raw-memalloc-flags warning: PF_MEMALLOC is set by hand and not taken back on this path */
		return err;
	current->flags &= ~PF_MEMALLOC;
	return 0;
}

int taken_back_where_it_was_set_good(void *data)
{
	int mine = !(current->flags & PF_MEMALLOC);
	int err;

	if (mine)
		/* expect: raw-memalloc-flags note: PF_MEMALLOC is set */
		current->flags |= PF_MEMALLOC;
	err = demo_send(data);
	if (mine)
		current->flags &= ~PF_MEMALLOC;
	return err;
}

static void demo_relax(void)
{
	current->flags &= ~PF_MEMALLOC;
}

int helper_takes_it_back_good(void *data)
{
	/* expect: raw-memalloc-flags note: PF_MEMALLOC is set */
	current->flags |= PF_MEMALLOC;
	if (demo_send(data)) {
		demo_relax();
		return -1;
	}
	current->flags &= ~PF_MEMALLOC;
	return 0;
}
