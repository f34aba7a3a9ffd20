/* An I/O buffer from the C library's malloc, not from Python's memory manager: the report shows it as native. */

#include <Python.h>

int main(void) {
    char *buffer = malloc(BUFSIZ);
    if (buffer == NULL) return 1;
    snprintf(buffer, BUFSIZ, "read into %d bytes of the C library's heap\n", BUFSIZ);
    fputs(buffer, stdout);
    free(buffer);
    return 0;
}
