// <time.h>: dates by the calendar of today, for all years. The local time is UTC.

#include <time.h>

extern double pyheap_now(void);

// The number of days from 1970 to the first of March of a year, in which leap days come last.
static long long days_before(long long year) {
    const long long era = (year >= 0 ? year : year - 399) / 400, of_era = year - era * 400;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 - 719468;
}

PYHEAP_DEFINED struct tm *gmtime_r(const time_t *restrict at, struct tm *restrict to) {
    long long days = *at / 86400, rest = *at % 86400;
    if (rest < 0) rest += 86400, days--;
    const long long since = days + 719468, era = (since >= 0 ? since : since - 146096) / 146097;
    const long long of_era = since - era * 146097;
    const long long year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const long long day = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months count from March: 153 days in each five.
    const long long month = (5 * day + 2) / 153, year = era * 400 + year_of_era + (month >= 10);
    *to = (struct tm){
        .tm_sec = (int)(rest % 60),
        .tm_min = (int)(rest / 60 % 60),
        .tm_hour = (int)(rest / 3600),
        .tm_mday = (int)(day - (153 * month + 2) / 5 + 1),
        .tm_mon = (int)(month < 10 ? month + 2 : month - 10),
        .tm_year = (int)(year - 1900),
        .tm_wday = (int)(((days + 4) % 7 + 7) % 7),
        .tm_zone = "UTC",
    };
    to->tm_yday = (int)(days - days_before(year - 1) - 306);
    return to;
}

static struct tm parts_of_last;

PYHEAP_DEFINED struct tm *gmtime(const time_t *at) { return gmtime_r(at, &parts_of_last); }

PYHEAP_DEFINED struct tm *localtime_r(const time_t *restrict at, struct tm *restrict to) { return gmtime_r(at, to); }

PYHEAP_DEFINED struct tm *localtime(const time_t *at) { return gmtime(at); }

PYHEAP_DEFINED time_t timegm(struct tm *parts) {
    const int month = parts->tm_mon % 12 + (parts->tm_mon % 12 < 0 ? 12 : 0);
    const long long year = parts->tm_year + 1900LL + (parts->tm_mon - month) / 12;
    const long long from_march = month >= 2 ? month - 2 : month + 10;
    const long long days = days_before(year - (month < 2)) + (153 * from_march + 2) / 5 + parts->tm_mday - 1;
    const time_t at = days * 86400 + parts->tm_hour * 3600LL + parts->tm_min * 60LL + parts->tm_sec;
    gmtime_r(&at, parts);
    return at;
}

PYHEAP_DEFINED time_t mktime(struct tm *parts) { return timegm(parts); }

PYHEAP_DEFINED double difftime(time_t a, time_t b) { return (double)(a - b); }

PYHEAP_DEFINED void tzset(void) {}

PYHEAP_DEFINED int clock_gettime(clockid_t clock, struct timespec *at) {
    (void)clock;
    const double now = pyheap_now();
    at->tv_sec = (time_t)now;
    at->tv_nsec = (long)((now - (double)at->tv_sec) * 1e9);
    return 0;
}
