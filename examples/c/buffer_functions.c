/* The same buffer from Python's private heap, with the function set: limits hold for it, and the account knows whose it is. */

#include <Python.h>

int main(void) {
    char *buffer = Py_Malloc(BUFSIZ);
    if (buffer == NULL) return 1; /* MemoryError is set: who called sees it raised */
    snprintf(buffer, BUFSIZ, "read into %d bytes of Python's heap\n", BUFSIZ);
    fputs(buffer, stdout);
    Py_Free(buffer);
    return 0;
}
