/* The buffer of buffer_libc.c on Python's private heap, with the function set (Py_Malloc): limits apply to it, and the
   account knows its domain. */

#include <Python.h>

int main(void) {
    char *buffer = Py_Malloc(BUFSIZ);
    if (buffer == NULL) return 1; /* MemoryError is set: the caller gets it as an exception */
    snprintf(buffer, BUFSIZ, "read into %d bytes of Python's heap\n", BUFSIZ);
    fputs(buffer, stdout);
    Py_Free(buffer);
    return 0;
}
