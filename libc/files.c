// Files of <stdio.h>: there are none, so none can be opened. Of the three that every program has, standard input is empty, and the others
// can only be written to.

#include <errno.h>
#include <stdio.h>

PYHEAP_DEFINED FILE pyheap_stdin = {0};

static int unsupported(void) {
    errno = ESPIPE;
    return -1;
}

PYHEAP_DEFINED FILE *fopen(const char *restrict path, const char *restrict mode) {
    (void)path, (void)mode;
    errno = ENOENT;
    return NULL;
}

PYHEAP_DEFINED int fclose(FILE *file) {
    (void)file;
    return 0;
}

PYHEAP_DEFINED size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict file) {
    (void)to, (void)size, (void)count, (void)file;
    return 0;
}

PYHEAP_DEFINED int fseek(FILE *file, long offset, int from) {
    (void)file, (void)offset, (void)from;
    return unsupported();
}

PYHEAP_DEFINED long ftell(FILE *file) {
    (void)file;
    return unsupported();
}

PYHEAP_DEFINED int feof(FILE *file) { return file->fd == 0; }

PYHEAP_DEFINED int ferror(FILE *file) {
    (void)file;
    return 0;
}

PYHEAP_DEFINED int fileno(FILE *file) { return file->fd; }

PYHEAP_DEFINED int fgetc(FILE *file) {
    (void)file;
    return EOF;
}

PYHEAP_DEFINED char *fgets(char *restrict to, int n, FILE *restrict file) {
    (void)to, (void)n, (void)file;
    return NULL;
}
