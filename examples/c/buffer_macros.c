/* The buffer of buffer_libc.c again, with the macro set (PyMem_NEW): it takes a type and a count, so the size can't be
   wrong. */

#include <Python.h>

int main(void) {
    char *buffer = PyMem_NEW(char, BUFSIZ);
    if (buffer == NULL) {
        PyErr_NoMemory();
        return 1;
    }
    snprintf(buffer, BUFSIZ, "read into %d chars of Python's heap\n", BUFSIZ);
    fputs(buffer, stdout);
    PyMem_DEL(buffer);
    return 0;
}
