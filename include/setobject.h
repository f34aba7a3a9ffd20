/* Sets: the manual's chapter "Set Objects". References stay the caller's. */
#ifndef Py_SETOBJECT_H
#define Py_SETOBJECT_H

#include "object.h"

typedef struct {
    PyObject_HEAD
    Py_ssize_t fill;
    Py_ssize_t used;
    /* What else is in a set is the heap's matter. */
} PySetObject;

PyAPI_FUNC(int) PySet_Check(PyObject *o);
PyAPI_FUNC(int) PySet_CheckExact(PyObject *o);
PyAPI_FUNC(int) PyFrozenSet_Check(PyObject *o);
PyAPI_FUNC(int) PyFrozenSet_CheckExact(PyObject *o);
PyAPI_FUNC(int) PyAnySet_Check(PyObject *o);
PyAPI_FUNC(int) PyAnySet_CheckExact(PyObject *o);

/* Of the items of an iterable, or of NULL, which is none: a new reference; NULL with an error. */
PyAPI_FUNC(PyObject *) PySet_New(PyObject *items);
PyAPI_FUNC(PyObject *) PyFrozenSet_New(PyObject *items);

PyAPI_FUNC(Py_ssize_t) PySet_Size(PyObject *o);
#define PySet_GET_SIZE(o) (((PySetObject *)(o))->used)
/* 1 or 0; -1 with an error. */
PyAPI_FUNC(int) PySet_Contains(PyObject *o, PyObject *key);
/* 0, or -1 with an error. Also to a frozenset that nobody else knows yet. */
PyAPI_FUNC(int) PySet_Add(PyObject *o, PyObject *key);
/* 1, 0 if it was not there, -1 with an error. */
PyAPI_FUNC(int) PySet_Discard(PyObject *o, PyObject *key);
/* A new reference; NULL with KeyError. */
PyAPI_FUNC(PyObject *) PySet_Pop(PyObject *o);
PyAPI_FUNC(int) PySet_Clear(PyObject *o);

#endif
