/* Sample tree. */
#ifndef __LINUX_BITS_H
#define __LINUX_BITS_H

#define BIT(nr)	(1UL << (nr))

#endif
