/* Errors: the manual's chapter "Exception Handling". */
#ifndef Py_PYERRORS_H
#define Py_PYERRORS_H

#include "pyport.h"

/* Sets MemoryError, and answers NULL: `return PyErr_NoMemory();`. */
PyAPI_FUNC(PyObject *) PyErr_NoMemory(void);

#endif
