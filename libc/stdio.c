// <stdio.h>: output goes to the host at once, without buffering.

#include <errno.h>
#include <stdio.h>
#include <string.h>

PYHEAP_DEFINED FILE pyheap_stdout = {1};
PYHEAP_DEFINED FILE pyheap_stderr = {2};

/* The host writes n bytes to file descriptor 1 or 2. */
extern void pyheap_write(int fd, const void *from, size_t n);

PYHEAP_DEFINED size_t fwrite(const void *restrict from, size_t size, size_t count, FILE *restrict file) {
    pyheap_write(file->fd, from, size * count);
    return count;
}

PYHEAP_DEFINED int fputs(const char *restrict s, FILE *restrict file) {
    fwrite(s, 1, strlen(s), file);
    return 0;
}

PYHEAP_DEFINED int fputc(int c, FILE *file) {
    const unsigned char byte = (unsigned char)c;
    fwrite(&byte, 1, 1, file);
    return byte;
}

PYHEAP_DEFINED int putc(int c, FILE *file) { return fputc(c, file); }

PYHEAP_DEFINED int putchar(int c) { return fputc(c, stdout); }

PYHEAP_DEFINED int puts(const char *s) {
    fputs(s, stdout);
    return fputc('\n', stdout);
}

PYHEAP_DEFINED int fflush(FILE *file) {
    (void)file;
    return 0;
}

PYHEAP_DEFINED void perror(const char *what) { fprintf(stderr, "%s: %s\n", what, strerror(errno)); }
