/* What string.h has in the C library of CPython's host, in addition to libc/include/string.h. */
#include_next <string.h>
#ifndef PYHEAP_HOST_STRING_H
#define PYHEAP_HOST_STRING_H

#include <strings.h>

PYHEAP_BEGIN
int strerror_r(int number, char *to, size_t n);
size_t strxfrm(char *restrict to, const char *restrict from, size_t n);
char *strtok(char *restrict s, const char *restrict between);
char *strsep(char **s, const char *between);
char *stpcpy(char *restrict to, const char *restrict from);
char *strcasestr(const char *s, const char *part);
void *memrchr(const void *at, int byte, size_t n);
void *memmem(const void *at, size_t n, const void *part, size_t size);
void *mempcpy(void *restrict to, const void *restrict from, size_t n);
size_t strlcpy(char *to, const char *from, size_t n);
PYHEAP_END

#endif
