/* Mini kernel: pointers that are errors. */
#ifndef _LINUX_ERR_H
#define _LINUX_ERR_H

#include <linux/types.h>

#define MAX_ERRNO 4095

static inline bool IS_ERR(const void *ptr) {
  return unlikely((unsigned long)ptr >= (unsigned long)-MAX_ERRNO);
}

static inline long PTR_ERR(const void *ptr) { return (long)ptr; }

#endif
