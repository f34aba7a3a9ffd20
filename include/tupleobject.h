/* Tuples: the manual's chapter "Tuple Objects". A new tuple's items are None until they are set. */
#ifndef Py_TUPLEOBJECT_H
#define Py_TUPLEOBJECT_H

#include "object.h"

typedef struct {
    PyObject_VAR_HEAD
    Py_hash_t ob_hash;
    PyObject *ob_item[1];
} PyTupleObject;

#define PyTuple_Check(o) PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_TUPLE_SUBCLASS)
#define PyTuple_CheckExact(o) Py_IS_TYPE((o), &PyTuple_Type)

/* A new reference; NULL with an error. */
PyAPI_FUNC(PyObject *) PyTuple_New(Py_ssize_t n);
/* A tuple of n objects. The caller keeps its references. */
Py_LOCAL_FUNC(PyObject *) PyTuple_Pack(Py_ssize_t n, ...);
PyAPI_FUNC(PyObject *) PyTuple_GetSlice(PyObject *o, Py_ssize_t low, Py_ssize_t high);

PyAPI_FUNC(Py_ssize_t) PyTuple_Size(PyObject *o);
/* A borrowed reference. */
PyAPI_FUNC(PyObject *) PyTuple_GetItem(PyObject *o, Py_ssize_t k);
/* Takes over the reference to the item, even on failure. Only the tuple's maker may have a reference to the tuple. */
PyAPI_FUNC(int) PyTuple_SetItem(PyObject *o, Py_ssize_t k, PyObject *item);
/* Gives *o n items; only its maker may have a reference. 0, or -1 with an error: *o is then released, and NULL. */
PyAPI_FUNC(int) _PyTuple_Resize(PyObject **o, Py_ssize_t n);

/* Without checks: the object must be a tuple that has the item. */
#define PyTuple_GET_SIZE(o) Py_SIZE(o)
#define PyTuple_GET_ITEM(o, k) (((PyTupleObject *)(o))->ob_item[(k)])
#define PyTuple_SET_ITEM(o, k, item) ((void)(((PyTupleObject *)(o))->ob_item[(k)] = (item)))

#endif
