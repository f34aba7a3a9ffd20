#ifndef PYHEAP_STRINGS_H
#define PYHEAP_STRINGS_H

#include "pyheap_libc.h"

PYHEAP_BEGIN
PYHEAP_HIDDEN int strcasecmp(const char *a, const char *b);
PYHEAP_HIDDEN int strncasecmp(const char *a, const char *b, size_t n);
PYHEAP_END

#endif
