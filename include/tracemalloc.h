/* Lets tracemalloc show memory that an extension allocated elsewhere. */
#ifndef Py_TRACEMALLOC_H
#define Py_TRACEMALLOC_H

#include "pyport.h"

/* 0; -1 if there is no memory to record it; -2 if memory is not traced. */
PyAPI_FUNC(int) PyTraceMalloc_Track(unsigned int domain, uintptr_t block, size_t n);

/* 0, or -2 if memory is not traced. */
PyAPI_FUNC(int) PyTraceMalloc_Untrack(unsigned int domain, uintptr_t block);

#endif
