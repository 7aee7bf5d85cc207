/* Sample tree. */
#ifndef __LINUX_SPINLOCK_H
#define __LINUX_SPINLOCK_H

typedef struct spinlock {
	int locked;
} spinlock_t;

static __always_inline void spin_lock(spinlock_t *lock)
{
	lock->locked = 1;
}

static __always_inline void spin_unlock(spinlock_t *lock)
{
	lock->locked = 0;
}

#endif
