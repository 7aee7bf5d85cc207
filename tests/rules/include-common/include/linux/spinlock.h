/* Mini kernel: spinlocks. */
#ifndef _LINUX_SPINLOCK_H
#define _LINUX_SPINLOCK_H

#include <linux/cleanup.h>
#include <linux/types.h>

typedef struct raw_spinlock {
  unsigned int val;
} raw_spinlock_t;

typedef struct spinlock {
  struct raw_spinlock rlock;
} spinlock_t;

#define DEFINE_SPINLOCK(x) spinlock_t x

static __always_inline raw_spinlock_t *spinlock_check(spinlock_t *lock) { return &lock->rlock; }

void spin_lock(spinlock_t *lock);
void spin_lock_bh(spinlock_t *lock);
int spin_trylock(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);
void spin_unlock_bh(spinlock_t *lock);
void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags);
unsigned long _raw_spin_lock_irqsave(raw_spinlock_t *lock);

#define spin_lock_irqsave(lock, flags)                                                                       \
  do {                                                                                                       \
    flags = _raw_spin_lock_irqsave(spinlock_check(lock));                                                    \
  } while (0)

unsigned long arch_local_irq_save(void);
void arch_local_irq_restore(unsigned long flags);

#define local_irq_save(flags)                                                                                \
  do {                                                                                                       \
    flags = arch_local_irq_save();                                                                           \
  } while (0)
#define local_irq_restore(flags) arch_local_irq_restore(flags)

#define spin_trylock_irqsave(lock, flags)                                                                    \
  ({                                                                                                         \
    local_irq_save(flags);                                                                                   \
    spin_trylock(lock) ? 1 : ({                                                                              \
      local_irq_restore(flags);                                                                              \
      0;                                                                                                     \
    });                                                                                                      \
  })

DEFINE_GUARD(spinlock, spinlock_t *, spin_lock(_T), spin_unlock(_T))

#endif
