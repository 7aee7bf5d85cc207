/* Mini kernel: read-copy update. */
#ifndef _LINUX_RCUPDATE_H
#define _LINUX_RCUPDATE_H

struct rcu_head {
  void (*func)(struct rcu_head *head);
};

void rcu_read_lock(void);
void rcu_read_unlock(void);
void call_rcu(struct rcu_head *head, void (*func)(struct rcu_head *head));

#endif
