/* Scopes that wrappers open and end for their callers. */
#include <linux/mutex.h>
#include <linux/sched/mm.h>

struct demo_group {
	struct mutex lock;
	unsigned int owner_flags;
	unsigned int lost_flags;
	int nr;
	struct demo_group *next;
};

int demo_work(struct demo_group *group);

/* As fsnotify does. */
static void group_lock(struct demo_group *group)
{
	mutex_lock(&group->lock);
	group->owner_flags = memalloc_nofs_save();
}

static void group_unlock(struct demo_group *group)
{
	memalloc_nofs_restore(group->owner_flags);
	mutex_unlock(&group->lock);
}

int lock_good(struct demo_group *group)
{
	int err;

	group_lock(group);
	err = demo_work(group);
	group_unlock(group);
	return err;
}

int lock_forgotten(struct demo_group *group)
{
	group_lock(group);
	if (!group->nr)
		return -EINVAL;	/* expect: scope-unpaired error: the nofs scope opened by group_lock() is not ended on this path */
	group->nr++;
	group_unlock(group);
	return 0;
}

/* Another wrapper. */
static void group_lock_counted(struct demo_group *group)
{
	group->nr++;
	group_lock(group);
}

int counted_forgotten(struct demo_group *group)
{
	group_lock_counted(group);
	if (group->nr > 8)
		return -EAGAIN;	/* expect: scope-unpaired error: the nofs scope opened by group_lock_counted() */
	group_unlock(group);
	return 0;
}

int lock_by_pieces_good(struct demo_group *group)
{
	group_lock(group);
	if (group->nr) {
		group_unlock(group);
		return -EAGAIN;
	}
	group_unlock(group);
	return 0;
}

/* The caller's lock is dropped for a while. */
static void relax_good(struct demo_group *group)
{
	group_unlock(group);
	demo_work(group);
	group_lock(group);
}

static void relax_in_loop_good(struct demo_group *group)
{
	while (group->nr) {
		group_unlock(group);
		demo_work(group);
		group_lock(group);
	}
}

int relaxed_in_loop_good(struct demo_group *group)
{
	group_lock(group);
	relax_in_loop_good(group);
	group_unlock(group);
	return 0;
}

int relaxed_good(struct demo_group *group)
{
	group_lock(group);
	relax_good(group);
	group_unlock(group);
	return 0;
}

int walk_good(struct demo_group *group)
{
	for (; group; group = group->next) {
		group_lock(group);
		group->nr++;
		group_unlock(group);
	}
	return 0;
}

/* As amdgpu does. */
static bool group_trylock(struct demo_group *group)
{
	if (mutex_trylock(&group->lock)) {
		group->owner_flags = memalloc_noreclaim_save();
		return true;
	}
	return false;
}

int trylock_good(struct demo_group *group)
{
	if (!group_trylock(group))
		return -EAGAIN;
	group->nr++;
	group_unlock(group);
	return 0;
}

int trylock_in_variable_good(struct demo_group *group)
{
	bool locked = group_trylock(group);

	if (!locked)
		return -EAGAIN;
	group->nr++;
	group_unlock(group);
	return 0;
}

int trylock_forgotten(struct demo_group *group)
{
	if (!group_trylock(group))
		return -EAGAIN;
	if (group->nr)
		return -EAGAIN;	/* expect: scope-unpaired error: the noreclaim scope opened by group_trylock() */
	group_unlock(group);
	return 0;
}

/* As ext4 does: the token is the result. */
static unsigned int writepages_begin(struct demo_group *group)
{
	group->nr++;
	return memalloc_nofs_save();
}

static void writepages_end(struct demo_group *group, unsigned int flags)
{
	group->nr--;
	memalloc_nofs_restore(flags);
}

int writepages_good(struct demo_group *group)
{
	unsigned int flags = writepages_begin(group);
	int err = demo_work(group);

	writepages_end(group, flags);
	return err;
}

int writepages_forgotten(struct demo_group *group)
{
	unsigned int flags = writepages_begin(group);

	if (demo_work(group))
		return -EIO;	/* expect: scope-unpaired error: the nofs scope opened by writepages_begin() */
	writepages_end(group, flags);
	return 0;
}

int writepages_ended_twice(struct demo_group *group)
{
	unsigned int flags = writepages_begin(group);

	writepages_end(group, flags);
	/* expect: scope-unpaired error: ended twice */
	writepages_end(group, flags);
	return 0;
}

/* Nobody ever takes the token out again. */
void lost_good_for_nothing(struct demo_group *group)
{
	/* expect: scope-unpaired warning: none of the analysed functions ends the scope with it */
	group->lost_flags = memalloc_noio_save();
}

/* As audit does: the object is a global variable, which nobody hands on. */
static struct demo_group *the_group;

static int create_and_unlock(int nr)
{
	the_group->nr = nr;
	group_unlock(the_group);
	return 0;
}

int global_good(int nr)
{
	group_lock(the_group);
	if (!the_group->nr)
		return create_and_unlock(nr);
	the_group->nr = nr;
	group_unlock(the_group);
	return 0;
}

/* As amdkfd does: locked where it succeeds, and nothing to do is success, too. */
static int lock_and_unmap(struct demo_group *group)
{
	int err;

	if (!group->next)
		return 0;
	group_lock(group);
	err = demo_work(group);
	if (err)
		group_unlock(group);
	return err;
}

static int map_and_unlock(struct demo_group *group)
{
	if (!group->next)
		return 0;
	group->nr++;
	group_unlock(group);
	return 0;
}

int unmapped_good(struct demo_group *group)
{
	int err = lock_and_unmap(group);

	if (err)
		return err;
	return map_and_unlock(group);
}

/* As cifs does: the lock is dropped first. */
static void group_unlock_early(struct demo_group *group)
{
	unsigned int flags = group->owner_flags;

	mutex_unlock(&group->lock);
	memalloc_nofs_restore(flags);
}

int unlock_early_good(struct demo_group *group)
{
	int nr;

	group_lock(group);
	nr = group->nr;
	group_unlock_early(group);
	return nr;
}

int unlock_early_forgotten(struct demo_group *group)
{
	group_lock(group);
	if (!group->nr)
		return -EINVAL;	/* expect: scope-unpaired error: the nofs scope opened by group_lock() */
	group_unlock_early(group);
	return 0;
}

/* A field that this function alone uses. */
struct demo_walk {
	unsigned int flags;
	int nr;
};

int own_field(struct demo_walk *walk)
{
	walk->flags = memalloc_nofs_save();
	if (walk->nr)
		return -EAGAIN;	/* expect: scope-unpaired error: the nofs scope */
	memalloc_nofs_restore(walk->flags);
	return 0;
}
