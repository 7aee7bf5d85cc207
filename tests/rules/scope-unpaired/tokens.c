/* What happens to the token between save and restore. */
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct demo_trans {
	unsigned int saved;
	int nr;
};

int demo_commit(struct demo_trans *tp);

int ended_twice(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();
	int err = demo_commit(tp);

	if (err)
		memalloc_nofs_restore(flags);
	/* expect: scope-unpaired error: the nofs scope is ended twice on this path */
	memalloc_nofs_restore(flags);
	return err;
}

int saved_again_good(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();

	demo_commit(tp);
	memalloc_nofs_restore(flags);
	flags = memalloc_nofs_save();
	demo_commit(tp);
	memalloc_nofs_restore(flags);
	return 0;
}

int overwritten(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();

	demo_commit(tp);
	/* expect: scope-unpaired error: the token in 'flags' is overwritten while its nofs scope is open */
	flags = memalloc_noio_save();
	demo_commit(tp);
	memalloc_noio_restore(flags);
	return 0;
}

int overwritten_by_number(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();

	/* expect: scope-unpaired error: the token in 'flags' is overwritten while its nofs scope is open */
	flags = 0;
	demo_commit(tp);
	memalloc_nofs_restore(flags);
	return 0;
}

int wrong_kind(struct demo_trans *tp)
{
	unsigned int flags = memalloc_noio_save();
	int err = demo_commit(tp);

	/* expect: scope-unpaired error: memalloc_nofs_restore() is called with the token of memalloc_noio_save() */
	memalloc_nofs_restore(flags);
	return err;
}

int nested_good(struct demo_trans *tp)
{
	unsigned int nofs = memalloc_nofs_save();
	unsigned int noio = memalloc_noio_save();
	int err = demo_commit(tp);

	memalloc_noio_restore(noio);
	memalloc_nofs_restore(nofs);
	return err;
}

int never_started(struct demo_trans *tp)
{
	unsigned int flags = 0;
	int err = demo_commit(tp);

	/* expect: scope-unpaired warning: ended without a start */
	memalloc_nofs_restore(flags);
	return err;
}

int started_on_one_path(struct demo_trans *tp)
{
	unsigned int flags = 0;

	if (tp->nr)
		flags = memalloc_nofs_save();
	demo_commit(tp);
	/* The token 0 ends nothing since 6.9. */
	memalloc_nofs_restore(flags);
	return 0;
}

int never_set(struct demo_trans *tp)
{
	unsigned int flags;
	int err = demo_commit(tp);

	/* expect: scope-unpaired error: nothing was saved in 'flags' on this path */
	memalloc_nofs_restore(flags);
	return err;
}

int set_on_one_path(struct demo_trans *tp)
{
	unsigned int flags;

	if (tp->nr)
		flags = memalloc_nofs_save();
	demo_commit(tp);
	/* expect: scope-unpaired error: nothing was saved in 'flags' on this path */
	memalloc_nofs_restore(flags);
	return 0;
}

int some_number(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();
	int err = demo_commit(tp);

	/* expect: scope-unpaired error: with a number that no save returned */
	memalloc_nofs_restore(1);
	memalloc_nofs_restore(flags);
	return err;
}

int another_variable(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();
	int err = demo_commit(tp);

	memalloc_nofs_restore(err);
	return err;		/* expect: scope-unpaired error: the nofs scope */
}

int discarded(struct demo_trans *tp)
{
	/* expect: scope-unpaired error: the token that memalloc_nofs_save() returns is discarded */
	memalloc_nofs_save();
	return demo_commit(tp);
}

int token_is_copied(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();
	unsigned int copy = flags;

	if (demo_commit(tp))
		return -EIO;	/* expect: scope-unpaired error: the nofs scope */
	memalloc_nofs_restore(copy);
	return 0;
}

int token_in_local_struct(struct demo_trans *tp)
{
	struct {
		unsigned int flags;
	} state;

	state.flags = memalloc_nofs_save();
	if (demo_commit(tp))
		return -EIO;	/* expect: scope-unpaired error: the nofs scope */
	memalloc_nofs_restore(state.flags);
	return 0;
}

int out_of_order(struct demo_trans *tp)
{
	unsigned int outer = memalloc_nofs_save();
	unsigned int inner = memalloc_nofs_save();

	/* expect: scope-unpaired warning: is ended out of order */
	memalloc_nofs_restore(outer);
	demo_commit(tp);
	memalloc_nofs_restore(inner);
	return 0;
}

/* Each kind has its own flag. */
int kinds_cross_good(struct demo_trans *tp)
{
	unsigned int nofs = memalloc_nofs_save();
	unsigned int noio = memalloc_noio_save();
	int err = demo_commit(tp);

	memalloc_nofs_restore(nofs);
	memalloc_noio_restore(noio);
	return err;
}

/* The caller ends it. */
unsigned int begin_good(void)
{
	return memalloc_nofs_save();
}

unsigned int begin_through_local_good(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();

	tp->nr++;
	return flags;
}

void begin_in_field_good(struct demo_trans *tp)
{
	tp->saved = memalloc_nofs_save();
}

void begin_in_field_through_local_good(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();

	tp->saved = flags;
}

void end_from_field_good(struct demo_trans *tp)
{
	memalloc_nofs_restore(tp->saved);
}

void begin_by_pointer_good(unsigned int *token)
{
	*token = memalloc_nofs_save();
}

void end_good(unsigned int flags)
{
	memalloc_nofs_restore(flags);
}

int handed_on_good(struct demo_trans *tp)
{
	unsigned int flags = memalloc_nofs_save();
	int err = demo_commit(tp);

	end_good(flags);
	return err;
}

int general_form(struct demo_trans *tp)
{
	unsigned int flags = memalloc_flags_save(PF_MEMALLOC_NOFS);

	if (demo_commit(tp))
		return -EIO;	/* expect: scope-unpaired error: the nofs scope opened by memalloc_flags_save() */
	memalloc_flags_restore(flags);
	return 0;
}

