/* Sample tree. */
#ifndef _LINUX_ERRNO_H
#define _LINUX_ERRNO_H

#define EIO	5
#define EAGAIN	11
#define ENOMEM	12
#define EINVAL	22

#endif
