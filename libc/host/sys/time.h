/* The time of day. */
#ifndef PYHEAP_SYS_TIME_H
#define PYHEAP_SYS_TIME_H

#include <sys/types.h>

#include <pyheap_libc.h>

struct timeval {
    time_t tv_sec;
    suseconds_t tv_usec;
};

PYHEAP_BEGIN
int gettimeofday(struct timeval *restrict at, void *restrict zone);
PYHEAP_END

#endif
