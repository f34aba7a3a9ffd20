/* An I/O buffer from the C library: it escapes Python's memory manager, and the report says so. */

#include <Python.h>

int main(void) {
    char *buffer = malloc(BUFSIZ);
    if (buffer == NULL) return 1;
    snprintf(buffer, BUFSIZ, "read into %d bytes of the C library's heap\n", BUFSIZ);
    fputs(buffer, stdout);
    free(buffer);
    return 0;
}
