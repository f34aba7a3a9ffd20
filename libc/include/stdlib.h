#ifndef PYHEAP_STDLIB_H
#define PYHEAP_STDLIB_H

#include "pyheap_libc.h"

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
#define RAND_MAX 0x7fffffff

PYHEAP_BEGIN

/* The heap provides these; their blocks belong to the domain native. */
void *malloc(size_t n);
void *calloc(size_t count, size_t size);
void *realloc(void *block, size_t n);
void free(void *block);
void *aligned_alloc(size_t alignment, size_t n);
int posix_memalign(void **target, size_t alignment, size_t n);

/* The host provides these. */
PYHEAP_NORETURN void exit(int status);
int atexit(void (*run)(void));

PYHEAP_HIDDEN_BEGIN

PYHEAP_NORETURN void abort(void);
char *getenv(const char *name);

int abs(int x);
long labs(long x);
long long llabs(long long x);

int atoi(const char *s);
long atol(const char *s);
double atof(const char *s);
long strtol(const char *restrict s, char **restrict end, int base);
long long strtoll(const char *restrict s, char **restrict end, int base);
unsigned long strtoul(const char *restrict s, char **restrict end, int base);
unsigned long long strtoull(const char *restrict s, char **restrict end, int base);
float strtof(const char *restrict s, char **restrict end);
double strtod(const char *restrict s, char **restrict end);

void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *));
void *bsearch(const void *key, const void *base, size_t count, size_t size, int (*compare)(const void *, const void *));

int rand(void);
void srand(unsigned seed);

PYHEAP_HIDDEN_END
PYHEAP_END

#endif
