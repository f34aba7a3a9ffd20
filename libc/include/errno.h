#ifndef PYHEAP_ERRNO_H
#define PYHEAP_ERRNO_H

#include "pyheap_libc.h"

PYHEAP_BEGIN
#ifdef PYHEAP_CPYTHON
int *__errno_location(void);
#define errno (*__errno_location())
#else
PYHEAP_HIDDEN int *pyheap_errno(void);
#define errno (*pyheap_errno())
#endif
PYHEAP_END

#define E2BIG 1
#define EACCES 2
#define EAGAIN 6
#define EWOULDBLOCK EAGAIN
#define EBADF 8
#define EBUSY 10
#define EDOM 18
#define EEXIST 20
#define EFAULT 21
#define EFBIG 22
#define EILSEQ 25
#define EINPROGRESS 26
#define EINTR 27
#define EINVAL 28
#define EIO 29
#define EISDIR 31
#define EMFILE 33
#define ENAMETOOLONG 37
#define ENODEV 43
#define ENOENT 44
#define ENOMEM 48
#define ENOSPC 51
#define ENOSYS 52
#define ENOTDIR 54
#define ENOTSUP 138
#define EOPNOTSUPP ENOTSUP
#define EOVERFLOW 61
#define EPERM 63
#define EPIPE 64
#define ERANGE 68
#define EROFS 69
#define ESPIPE 70
#define ESRCH 71
#define ETIMEDOUT 73

#endif
