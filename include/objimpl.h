/* Memory of objects and the collector: the manual's chapters "Allocating Objects on the Heap" and "Supporting Cyclic Garbage
 * Collection". */
#ifndef Py_OBJIMPL_H
#define Py_OBJIMPL_H

#include "object.h"

/* Makes a block an object of the type, with one reference. */
PyAPI_FUNC(PyObject *) PyObject_Init(PyObject *op, PyTypeObject *type);
PyAPI_FUNC(PyVarObject *) PyObject_InitVar(PyVarObject *op, PyTypeObject *type, Py_ssize_t items);

/* A new object with one reference. Only its header is initialized. NULL with MemoryError. */
PyAPI_FUNC(PyObject *) _PyObject_New(PyTypeObject *type);
PyAPI_FUNC(PyVarObject *) _PyObject_NewVar(PyTypeObject *type, Py_ssize_t items);
#define PyObject_New(type, typeobj) ((type *)_PyObject_New(typeobj))
#define PyObject_NewVar(type, typeobj, n) ((type *)_PyObject_NewVar((typeobj), (n)))

/* Frees the object's memory. */
#ifdef PYHEAP_CPYTHON
#define PyObject_Del PyObject_Free
#else
PyAPI_FUNC(void) PyObject_Del(void *op);
#endif

/* The size in bytes of an object with items, a multiple of the size of a pointer. */
#define _PyObject_SIZE(typeobj) ((typeobj)->tp_basicsize)
#define _PyObject_VAR_SIZE(typeobj, n) \
    ((size_t)((typeobj)->tp_basicsize + (n) * (typeobj)->tp_itemsize + sizeof(void *) - 1) & ~(sizeof(void *) - 1))

/* PyObject_New and so on, for types with Py_TPFLAGS_HAVE_GC. The new object is not tracked. */
PyAPI_FUNC(PyObject *) _PyObject_GC_New(PyTypeObject *type);
PyAPI_FUNC(PyVarObject *) _PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t items);
#define PyObject_GC_New(type, typeobj) ((type *)_PyObject_GC_New(typeobj))
#define PyObject_GC_NewVar(type, typeobj, n) ((type *)_PyObject_GC_NewVar((typeobj), (n)))
/* A new object with `extra` bytes after it. All but the header is 0. */
PyAPI_FUNC(PyObject *) PyUnstable_Object_GC_NewWithExtraData(PyTypeObject *type, size_t extra);
PyAPI_FUNC(void) PyObject_GC_Del(void *op);

/* Changes the number of items of an untracked object, which may move. NULL with MemoryError; it is then unchanged. */
PyAPI_FUNC(PyVarObject *) _PyObject_GC_Resize(PyVarObject *op, Py_ssize_t items);
#define PyObject_GC_Resize(type, op, n) ((type *)_PyObject_GC_Resize((PyVarObject *)(op), (n)))

/* Tracks the object, whose fields must be valid by then: from now on the collector reads them. UnTrack ends that. */
PyAPI_FUNC(void) PyObject_GC_Track(void *op);
PyAPI_FUNC(void) PyObject_GC_UnTrack(void *op);
PyAPI_FUNC(int) PyObject_GC_IsTracked(PyObject *op);
PyAPI_FUNC(int) PyObject_GC_IsFinalized(PyObject *op);
PyAPI_FUNC(int) PyObject_IS_GC(PyObject *op);
#define PyType_IS_GC(type) PyType_HasFeature((type), Py_TPFLAGS_HAVE_GC)

/* Runs a full collection, unless collections are turned off. Returns the number of unreachable objects. */
PyAPI_FUNC(Py_ssize_t) PyGC_Collect(void);
/* Turn automatic collections on or off, or tell whether they are on. Each returns the state before. */
PyAPI_FUNC(int) PyGC_Enable(void);
PyAPI_FUNC(int) PyGC_Disable(void);
PyAPI_FUNC(int) PyGC_IsEnabled(void);

/* Calls the function for each tracked object until it returns 0. */
typedef int (*gcvisitobjects_t)(PyObject *op, void *arg);
PyAPI_FUNC(void) PyUnstable_GC_VisitObjects(gcvisitobjects_t callback, void *arg);

/* Calls tp_finalize, once for each object. */
PyAPI_FUNC(void) PyObject_CallFinalizer(PyObject *op);
/* Call this first in a tp_dealloc. -1 means: the object is reachable again, and tp_dealloc must return at once. */
PyAPI_FUNC(int) PyObject_CallFinalizerFromDealloc(PyObject *op);
/* Clears the weak references to an object that is being deallocated. */
PyAPI_FUNC(void) PyObject_ClearWeakRefs(PyObject *op);

/* For a tp_traverse(self, visit, arg): shows a reference to the collector. */
#define Py_VISIT(op) \
    do { \
        if (op) { \
            int _py_result = visit(_PyObject_CAST(op), arg); \
            if (_py_result) return _py_result; \
        } \
    } while (0)

#endif
