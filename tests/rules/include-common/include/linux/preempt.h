/* Mini kernel: what preemption is doing. */
#ifndef _LINUX_PREEMPT_H
#define _LINUX_PREEMPT_H

int preempt_count(void);
void preempt_disable(void);
void preempt_enable(void);

#define in_interrupt() (preempt_count() & 0x00ffff00)

#endif
