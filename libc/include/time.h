#ifndef PYHEAP_TIME_H
#define PYHEAP_TIME_H

#include "pyheap_libc.h"

typedef long long time_t;
typedef long clock_t;
#define CLOCKS_PER_SEC 1000000L

PYHEAP_BEGIN
/* Seconds since 1970. */
PYHEAP_HIDDEN time_t time(time_t *at);
/* Microseconds since the first call of clock. */
PYHEAP_HIDDEN clock_t clock(void);
PYHEAP_END

#endif
