/* A scope that is opened and ended under conditions which agree. */
#include <linux/sched/mm.h>
#include <linux/slab.h>

struct demo_area {
	int nr;
	bool atomic;
	gfp_t gfp;
};

int demo_fill(struct demo_area *area);

/* As mm/vmalloc.c does around its page tables. */
int same_mask_good(struct demo_area *area, gfp_t gfp_mask)
{
	unsigned int flags;
	int err;

	if ((gfp_mask & (__GFP_FS | __GFP_IO)) == __GFP_IO)
		flags = memalloc_nofs_save();
	else if ((gfp_mask & (__GFP_FS | __GFP_IO)) == 0)
		flags = memalloc_noio_save();

	err = demo_fill(area);

	if ((gfp_mask & (__GFP_FS | __GFP_IO)) == __GFP_IO)
		memalloc_nofs_restore(flags);
	else if ((gfp_mask & (__GFP_FS | __GFP_IO)) == 0)
		memalloc_noio_restore(flags);
	return err;
}

int same_param_good(struct demo_area *area, bool in_fs)
{
	unsigned int flags = 0;
	int err;

	if (in_fs)
		flags = memalloc_nofs_save();
	err = demo_fill(area);
	if (in_fs)
		memalloc_nofs_restore(flags);
	return err;
}

int negated_good(struct demo_area *area, bool in_fs)
{
	unsigned int flags = 0;
	int err;

	if (!in_fs) {
		err = demo_fill(area);
	} else {
		flags = memalloc_nofs_save();
		err = demo_fill(area);
	}
	if (in_fs != false)
		memalloc_nofs_restore(flags);
	return err;
}

int flag_on_the_way_good(struct demo_area *area)
{
	bool saved = false;
	unsigned int flags;
	int err;

	if (area->nr > 8) {
		flags = memalloc_nofs_save();
		saved = true;
	}
	err = demo_fill(area);
	if (saved)
		memalloc_nofs_restore(flags);
	return err;
}

int flag_forgotten(struct demo_area *area)
{
	bool saved = false;
	unsigned int flags;
	int err;

	flags = memalloc_nofs_save();
	err = demo_fill(area);
	if (!err)
		saved = true;
	if (saved)
		memalloc_nofs_restore(flags);
	return err;		/* expect: scope-unpaired error: the nofs scope */
}

int other_condition(struct demo_area *area, bool in_fs, bool clean)
{
	unsigned int flags = 0;

	if (in_fs)
		flags = memalloc_nofs_save();
	demo_fill(area);
	if (clean)
		memalloc_nofs_restore(flags);
	return 0;		/* expect: scope-unpaired error: the nofs scope */
}

int condition_changed(struct demo_area *area, bool in_fs)
{
	unsigned int flags = 0;

	if (in_fs)
		flags = memalloc_nofs_save();
	in_fs = demo_fill(area);
	if (in_fs)
		memalloc_nofs_restore(flags);
	return 0;		/* expect: scope-unpaired error: the nofs scope */
}

int error_code_good(struct demo_area *area)
{
	unsigned int flags;
	int err = 0;

	if (!area->nr)
		err = -EINVAL;
	if (!err)
		flags = memalloc_nofs_save();
	demo_fill(area);
	if (!err)
		memalloc_nofs_restore(flags);
	return err;
}

int part_of_condition_good(struct demo_area *area, bool in_fs)
{
	unsigned int flags = 0;

	if (in_fs && area->nr) {
		flags = memalloc_nofs_save();
		demo_fill(area);
		if (in_fs)
			memalloc_nofs_restore(flags);
	}
	return 0;
}

int by_field_good(struct demo_area *area)
{
	unsigned int flags = 0;
	int err;

	if (area->atomic)
		flags = memalloc_nofs_save();
	err = demo_fill(area);
	if (area->atomic)
		memalloc_nofs_restore(flags);
	return err;
}

int saved_by_choice_good(struct demo_area *area, bool in_fs)
{
	unsigned int flags = in_fs ? memalloc_nofs_save() : 0;
	int err = demo_fill(area);

	if (in_fs)
		memalloc_nofs_restore(flags);
	return err;
}

int saved_by_choice(struct demo_area *area, bool in_fs)
{
	unsigned int flags = in_fs ? memalloc_nofs_save() : 0;

	demo_fill(area);
	if (!in_fs)
		/* expect: scope-unpaired warning: ended without a start */
		memalloc_nofs_restore(flags);
	return 0;		/* expect: scope-unpaired error: the nofs scope */
}
