/* Mini kernel: interrupts and what runs behind them. */
#ifndef _LINUX_INTERRUPT_H
#define _LINUX_INTERRUPT_H

typedef int irqreturn_t;
#define IRQ_HANDLED 1
#define IRQ_WAKE_THREAD 2

typedef irqreturn_t (*irq_handler_t)(int irq, void *data);

int request_threaded_irq(unsigned int irq, irq_handler_t handler, irq_handler_t thread_fn,
                         unsigned long flags, const char *name, void *data);

static inline int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
                              void *data) {
  return request_threaded_irq(irq, handler, (void *)0, flags, name, data);
}

#endif
