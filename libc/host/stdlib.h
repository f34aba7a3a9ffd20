/* What stdlib.h has in the C library of CPython's host, in addition to libc/include/stdlib.h. */
#include_next <stdlib.h>
#ifndef PYHEAP_HOST_STDLIB_H
#define PYHEAP_HOST_STDLIB_H

typedef struct {
    int quot, rem;
} div_t;
typedef struct {
    long quot, rem;
} ldiv_t;

PYHEAP_BEGIN
div_t div(int a, int b);
ldiv_t ldiv(long a, long b);
int setenv(const char *name, const char *value, int overwrite);
int unsetenv(const char *name);
char *realpath(const char *restrict path, char *restrict to);
long random(void);
void srandom(unsigned seed);
int rand_r(unsigned *seed);
void qsort_r(void *base, size_t count, size_t size, int (*compare)(const void *, const void *, void *), void *arg);
int mkstemp(char *name);
PYHEAP_END

#endif
