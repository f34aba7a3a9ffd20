#ifndef PYHEAP_ERRNO_H
#define PYHEAP_ERRNO_H

#include "pyheap_libc.h"

PYHEAP_BEGIN
PYHEAP_HIDDEN int *pyheap_errno(void);
PYHEAP_END
#define errno (*pyheap_errno())

#define EDOM 18
#define EINVAL 28
#define EIO 29
#define ENOENT 44
#define ENOMEM 48
#define ERANGE 68

#endif
