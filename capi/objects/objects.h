// What the files of this folder share. Together they are one module, the library of objects: heap.load loads it, once for all modules of
// a heap, when the first module that uses one of its names is loaded (src/hosts/c/objects-library.ts). So a type such as PyCapsule_Type
// is the same for all modules.

#ifndef PYHEAP_OBJECTS_H
#define PYHEAP_OBJECTS_H

#include <Python.h>

// Runs when the library is loaded. If it fails, the error that it leaves set is the error of heap.load.
#define AT_LOAD __attribute__((constructor)) static void

// Fills the module datetime: -1 with an error.
extern int pyheap_fill_datetime(PyObject *module);

#endif
