/* What stdio.h has in the C library of CPython's host, in addition to libc/include/stdio.h: files, sscanf, asprintf. */
#include_next <stdio.h>
#ifndef PYHEAP_HOST_STDIO_H
#define PYHEAP_HOST_STDIO_H

#include <sys/types.h>

#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define FILENAME_MAX 4096
#define FOPEN_MAX 1000
#define L_tmpnam 20
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2

PYHEAP_BEGIN
FILE *fopen(const char *restrict path, const char *restrict mode);
FILE *fdopen(int fd, const char *mode);
FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict file);
FILE *tmpfile(void);
int fclose(FILE *file);
size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict file);
int fseek(FILE *file, long offset, int from);
long ftell(FILE *file);
int fseeko(FILE *file, off_t offset, int from);
off_t ftello(FILE *file);
void rewind(FILE *file);
int feof(FILE *file);
int ferror(FILE *file);
void clearerr(FILE *file);
int fileno(FILE *file);
int fgetc(FILE *file);
int getc(FILE *file);
int getchar(void);
int ungetc(int c, FILE *file);
char *fgets(char *restrict to, int n, FILE *restrict file);
ssize_t getline(char **restrict line, size_t *restrict n, FILE *restrict file);
int setvbuf(FILE *restrict file, char *restrict buffer, int mode, size_t n);
void setbuf(FILE *restrict file, char *restrict buffer);
int remove(const char *path);
int rename(const char *from, const char *to);
int sscanf(const char *restrict from, const char *restrict format, ...) __attribute__((format(scanf, 2, 3)));
int fscanf(FILE *restrict file, const char *restrict format, ...) __attribute__((format(scanf, 2, 3)));
int vsscanf(const char *restrict from, const char *restrict format, va_list values);
int asprintf(char **to, const char *format, ...) __attribute__((format(printf, 2, 3)));
int vasprintf(char **to, const char *format, va_list values);
PYHEAP_END

#endif
