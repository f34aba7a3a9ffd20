/* Memory of objects and the collector: the manual's chapters "Allocating Objects on the Heap" and "Supporting Cyclic Garbage
 * Collection". */
#ifndef Py_OBJIMPL_H
#define Py_OBJIMPL_H

#include "object.h"

/* A block becomes an object of the type, with one reference. */
PyAPI_FUNC(PyObject *) PyObject_Init(PyObject *op, PyTypeObject *type);
PyAPI_FUNC(PyVarObject *) PyObject_InitVar(PyVarObject *op, PyTypeObject *type, Py_ssize_t items);

/* A new object with one reference, all but its header not cleared; NULL with MemoryError. */
PyAPI_FUNC(PyObject *) _PyObject_New(PyTypeObject *type);
PyAPI_FUNC(PyVarObject *) _PyObject_NewVar(PyTypeObject *type, Py_ssize_t items);
#define PyObject_New(type, typeobj) ((type *)_PyObject_New(typeobj))
#define PyObject_NewVar(type, typeobj, n) ((type *)_PyObject_NewVar((typeobj), (n)))

/* The object's memory is given back. */
PyAPI_FUNC(void) PyObject_Del(void *op);

/* Bytes of an object with items, a multiple of the size of a pointer. */
#define _PyObject_SIZE(typeobj) ((typeobj)->tp_basicsize)
#define _PyObject_VAR_SIZE(typeobj, n) \
    ((size_t)((typeobj)->tp_basicsize + (n) * (typeobj)->tp_itemsize + sizeof(void *) - 1) & ~(sizeof(void *) - 1))

/* As above, for types with Py_TPFLAGS_HAVE_GC. The object is not tracked. */
PyAPI_FUNC(PyObject *) _PyObject_GC_New(PyTypeObject *type);
PyAPI_FUNC(PyVarObject *) _PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t items);
#define PyObject_GC_New(type, typeobj) ((type *)_PyObject_GC_New(typeobj))
#define PyObject_GC_NewVar(type, typeobj, n) ((type *)_PyObject_GC_NewVar((typeobj), (n)))
/* With `extra` bytes behind the object; all is 0. */
PyAPI_FUNC(PyObject *) PyUnstable_Object_GC_NewWithExtraData(PyTypeObject *type, size_t extra);
PyAPI_FUNC(void) PyObject_GC_Del(void *op);

/* The object, which is not tracked, with another number of items, perhaps elsewhere. NULL with MemoryError: then it is as it was. */
PyAPI_FUNC(PyVarObject *) _PyObject_GC_Resize(PyVarObject *op, Py_ssize_t items);
#define PyObject_GC_Resize(type, op, n) ((type *)_PyObject_GC_Resize((PyVarObject *)(op), (n)))

/* The collector looks at the object from now on, so its fields are in order; or it does no longer. */
PyAPI_FUNC(void) PyObject_GC_Track(void *op);
PyAPI_FUNC(void) PyObject_GC_UnTrack(void *op);
PyAPI_FUNC(int) PyObject_GC_IsTracked(PyObject *op);
PyAPI_FUNC(int) PyObject_GC_IsFinalized(PyObject *op);
PyAPI_FUNC(int) PyObject_IS_GC(PyObject *op);
#define PyType_IS_GC(type) PyType_HasFeature((type), Py_TPFLAGS_HAVE_GC)

/* A full collection: how many unreachable objects there were. */
PyAPI_FUNC(Py_ssize_t) PyGC_Collect(void);
/* Whether collections start by themselves; what that was before. */
PyAPI_FUNC(int) PyGC_Enable(void);
PyAPI_FUNC(int) PyGC_Disable(void);
PyAPI_FUNC(int) PyGC_IsEnabled(void);

/* Shows each tracked object to the function, until it answers 0. */
typedef int (*gcvisitobjects_t)(PyObject *op, void *arg);
PyAPI_FUNC(void) PyUnstable_GC_VisitObjects(gcvisitobjects_t callback, void *arg);

/* Calls tp_finalize, once. */
PyAPI_FUNC(void) PyObject_CallFinalizer(PyObject *op);
/* First thing in a tp_dealloc: -1 if the object came back to life, and is to be left alone. */
PyAPI_FUNC(int) PyObject_CallFinalizerFromDealloc(PyObject *op);
/* Clears the weak references to an object that is taken apart. */
PyAPI_FUNC(void) PyObject_ClearWeakRefs(PyObject *op);

/* In a tp_traverse(self, visit, arg): shows what the object refers to. */
#define Py_VISIT(op) \
    do { \
        if (op) { \
            int _py_result = visit(_PyObject_CAST(op), arg); \
            if (_py_result) return _py_result; \
        } \
    } while (0)

#endif
