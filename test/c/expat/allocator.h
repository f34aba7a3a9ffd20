/* Included before every file of expat: its malloc is the mem domain of Python's heap. */
#include <Python.h>

#define malloc PyMem_Malloc
#define calloc PyMem_Calloc
#define realloc PyMem_Realloc
#define free PyMem_Free
