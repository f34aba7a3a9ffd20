// <string.h> and <strings.h>: memory and strings. Functions for which there is no instruction go byte by byte.

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// The compiler turns these calls into memory.copy and memory.fill, each one instruction.

PYHEAP_DEFINED void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    return __builtin_memcpy(to, from, n);
}

PYHEAP_DEFINED void *memmove(void *to, const void *from, size_t n) { return __builtin_memmove(to, from, n); }

PYHEAP_DEFINED void *memset(void *at, int byte, size_t n) { return __builtin_memset(at, byte, n); }

PYHEAP_DEFINED int memcmp(const void *a, const void *b, size_t n) {
    const unsigned char *x = a, *y = b;
    for (; n != 0; n--, x++, y++) {
        if (*x != *y) return *x - *y;
    }
    return 0;
}

PYHEAP_DEFINED void *memchr(const void *at, int byte, size_t n) {
    for (const unsigned char *p = at; n != 0; n--, p++) {
        if (*p == (unsigned char)byte) return (void *)p;
    }
    return NULL;
}

PYHEAP_DEFINED size_t strlen(const char *s) {
    const char *end = s;
    while (*end != 0) end++;
    return (size_t)(end - s);
}

PYHEAP_DEFINED size_t strnlen(const char *s, size_t n) {
    const char *end = memchr(s, 0, n);
    return end != NULL ? (size_t)(end - s) : n;
}

PYHEAP_DEFINED int strcmp(const char *a, const char *b) {
    while (*a != 0 && *a == *b) a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

PYHEAP_DEFINED int strncmp(const char *a, const char *b, size_t n) {
    for (; n != 0; n--, a++, b++) {
        if (*a != *b || *a == 0) return (unsigned char)*a - (unsigned char)*b;
    }
    return 0;
}

PYHEAP_DEFINED int strcoll(const char *a, const char *b) { return strcmp(a, b); }

PYHEAP_DEFINED int strncasecmp(const char *a, const char *b, size_t n) {
    for (; n != 0; n--, a++, b++) {
        const int x = tolower((unsigned char)*a), y = tolower((unsigned char)*b);
        if (x != y || x == 0) return x - y;
    }
    return 0;
}

PYHEAP_DEFINED int strcasecmp(const char *a, const char *b) { return strncasecmp(a, b, (size_t)-1); }

PYHEAP_DEFINED char *strcpy(char *restrict to, const char *restrict from) { return memcpy(to, from, strlen(from) + 1); }

PYHEAP_DEFINED char *strncpy(char *restrict to, const char *restrict from, size_t n) {
    const size_t length = strnlen(from, n);
    memset((char *)memcpy(to, from, length) + length, 0, n - length);
    return to;
}

PYHEAP_DEFINED char *strcat(char *restrict to, const char *restrict from) {
    strcpy(to + strlen(to), from);
    return to;
}

PYHEAP_DEFINED char *strncat(char *restrict to, const char *restrict from, size_t n) {
    char *end = to + strlen(to);
    const size_t length = strnlen(from, n);
    memcpy(end, from, length);
    end[length] = 0;
    return to;
}

PYHEAP_DEFINED char *strchr(const char *s, int c) {
    for (;; s++) {
        if (*s == (char)c) return (char *)s;
        if (*s == 0) return NULL;
    }
}

PYHEAP_DEFINED char *strrchr(const char *s, int c) {
    const char *found = NULL;
    for (;; s++) {
        if (*s == (char)c) found = s;
        if (*s == 0) return (char *)found;
    }
}

PYHEAP_DEFINED char *strstr(const char *s, const char *part) {
    const size_t length = strlen(part);
    for (;; s++) {
        if (strncmp(s, part, length) == 0) return (char *)s;
        if (*s == 0) return NULL;
    }
}

PYHEAP_DEFINED size_t strspn(const char *s, const char *any) {
    const char *end = s;
    while (*end != 0 && strchr(any, *end) != NULL) end++;
    return (size_t)(end - s);
}

PYHEAP_DEFINED size_t strcspn(const char *s, const char *any) {
    const char *end = s;
    while (*end != 0 && strchr(any, *end) == NULL) end++;
    return (size_t)(end - s);
}

PYHEAP_DEFINED char *strpbrk(const char *s, const char *any) {
    s += strcspn(s, any);
    return *s != 0 ? (char *)s : NULL;
}

PYHEAP_DEFINED char *strtok_r(char *restrict s, const char *restrict between, char **restrict rest) {
    if (s == NULL) s = *rest;
    s += strspn(s, between);
    if (*s == 0) {
        *rest = s;
        return NULL;
    }
    char *end = s + strcspn(s, between);
    *rest = *end != 0 ? end + 1 : end;
    *end = 0;
    return s;
}

PYHEAP_DEFINED char *strndup(const char *s, size_t n) {
    const size_t length = strnlen(s, n);
    char *copy = malloc(length + 1);
    if (copy == NULL) return NULL;
    memcpy(copy, s, length);
    copy[length] = 0;
    return copy;
}

PYHEAP_DEFINED char *strdup(const char *s) { return strndup(s, strlen(s)); }

PYHEAP_DEFINED char *strerror(int number) {
    switch (number) {
    case 0: return "No error";
    case EDOM: return "Not in the domain of the function";
    case EINVAL: return "Invalid argument";
    case EIO: return "Input or output error";
    case ENOENT: return "No such file";
    case ENOMEM: return "Out of memory";
    case ERANGE: return "Result out of range";
    default: return "Unknown error";
    }
}
