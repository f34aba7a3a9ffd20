/* What time.h has in the C library of CPython's host, in addition to libc/include/time.h. */
#include_next <time.h>
#ifndef PYHEAP_HOST_TIME_H
#define PYHEAP_HOST_TIME_H

struct tm {
    int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
    long tm_gmtoff;
    const char *tm_zone;
};
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};
typedef int clockid_t;
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1

PYHEAP_BEGIN
extern int daylight;
extern long timezone;
extern char *tzname[2];
struct tm *gmtime(const time_t *at);
struct tm *gmtime_r(const time_t *restrict at, struct tm *restrict to);
struct tm *localtime(const time_t *at);
struct tm *localtime_r(const time_t *restrict at, struct tm *restrict to);
time_t mktime(struct tm *parts);
time_t timegm(struct tm *parts);
double difftime(time_t a, time_t b);
size_t strftime(char *restrict to, size_t n, const char *restrict format, const struct tm *restrict parts);
char *asctime(const struct tm *parts);
char *ctime(const time_t *at);
void tzset(void);
int clock_gettime(clockid_t clock, struct timespec *at);
int clock_getres(clockid_t clock, struct timespec *resolution);
int nanosleep(const struct timespec *time, struct timespec *rest);
PYHEAP_END

#endif
