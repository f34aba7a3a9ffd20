/* Three buffers, each freed with a function that it does not belong to: with debug hooks, each is caught at the call. */

#include <Python.h>

int main(void) {
    char *buffer1 = PyMem_NEW(char, BUFSIZ);
    char *buffer2 = malloc(BUFSIZ);
    char *buffer3 = Py_Malloc(BUFSIZ);
    free(buffer1);          /* wrong: PyMem_DEL */
    PyMem_DEL(buffer2);     /* wrong: free */
    PyObject_Free(buffer3); /* wrong: Py_Free */
    return 0;
}
