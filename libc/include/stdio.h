/* Output to the program's standard output and error, and formatting into memory. Only a module for CPython has files. */
#ifndef PYHEAP_STDIO_H
#define PYHEAP_STDIO_H

#include <stdarg.h>

#include "pyheap_libc.h"

#define BUFSIZ 1024
#define EOF (-1)

#ifdef PYHEAP_CPYTHON
typedef struct _IO_FILE FILE;
#else
/* 0 is standard input, 1 standard output, 2 standard error. */
typedef struct {
    int fd;
} FILE;
#endif

PYHEAP_BEGIN

#ifdef PYHEAP_CPYTHON
extern FILE *const stdin, *const stdout, *const stderr;
#define stdin (stdin)
#define stdout (stdout)
#define stderr (stderr)
#else
extern PYHEAP_HIDDEN FILE pyheap_stdin, pyheap_stdout, pyheap_stderr;
#define stdin (&pyheap_stdin)
#define stdout (&pyheap_stdout)
#define stderr (&pyheap_stderr)
#endif

PYHEAP_HIDDEN_BEGIN

int printf(const char *restrict format, ...) __attribute__((format(printf, 1, 2)));
int fprintf(FILE *restrict file, const char *restrict format, ...) __attribute__((format(printf, 2, 3)));
int sprintf(char *restrict to, const char *restrict format, ...) __attribute__((format(printf, 2, 3)));
int snprintf(char *restrict to, size_t n, const char *restrict format, ...) __attribute__((format(printf, 3, 4)));
int vprintf(const char *restrict format, va_list values);
int vfprintf(FILE *restrict file, const char *restrict format, va_list values);
int vsprintf(char *restrict to, const char *restrict format, va_list values);
int vsnprintf(char *restrict to, size_t n, const char *restrict format, va_list values);

int puts(const char *s);
int fputs(const char *restrict s, FILE *restrict file);
int putchar(int c);
int putc(int c, FILE *file);
int fputc(int c, FILE *file);
size_t fwrite(const void *restrict from, size_t size, size_t count, FILE *restrict file);
int fflush(FILE *file);
void perror(const char *what);

PYHEAP_HIDDEN_END
PYHEAP_END

#endif
