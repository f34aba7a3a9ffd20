#ifndef PYHEAP_STRING_H
#define PYHEAP_STRING_H

#include "pyheap_libc.h"

PYHEAP_BEGIN
PYHEAP_HIDDEN_BEGIN

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *at, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *at, int byte, size_t n);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t n);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
int strcoll(const char *a, const char *b);
char *strcpy(char *restrict to, const char *restrict from);
char *strncpy(char *restrict to, const char *restrict from, size_t n);
char *strcat(char *restrict to, const char *restrict from);
char *strncat(char *restrict to, const char *restrict from, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *part);
char *strpbrk(const char *s, const char *any);
size_t strspn(const char *s, const char *any);
size_t strcspn(const char *s, const char *any);
char *strtok_r(char *restrict s, const char *restrict between, char **restrict rest);
char *strdup(const char *s);
char *strndup(const char *s, size_t n);
char *strerror(int number);

PYHEAP_HIDDEN_END
PYHEAP_END

#endif
