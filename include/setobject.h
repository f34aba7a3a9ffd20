/* Sets: the manual's chapter "Set Objects". The caller keeps its references. */
#ifndef Py_SETOBJECT_H
#define Py_SETOBJECT_H

#include "object.h"

typedef struct {
    PyObject *key;
    Py_hash_t hash;
} setentry;

#define PySet_MINSIZE 8

typedef struct {
    PyObject_HEAD
    Py_ssize_t fill;
    Py_ssize_t used;
    /* The other fields are here for a struct that begins with a set's. */
    Py_ssize_t mask;
    setentry *table;
    Py_hash_t hash;
    Py_ssize_t finger;
    setentry smalltable[PySet_MINSIZE];
    PyObject *weakreflist;
} PySetObject;

#define PySet_Check(o) PyObject_TypeCheck((o), &PySet_Type)
#define PySet_CheckExact(o) Py_IS_TYPE((o), &PySet_Type)
#define PyFrozenSet_Check(o) PyObject_TypeCheck((o), &PyFrozenSet_Type)
#define PyFrozenSet_CheckExact(o) Py_IS_TYPE((o), &PyFrozenSet_Type)
#define PyAnySet_Check(o) (PySet_Check(o) || PyFrozenSet_Check(o))
#define PyAnySet_CheckExact(o) (PySet_CheckExact(o) || PyFrozenSet_CheckExact(o))

/* A set of the items of an iterable; empty if items is NULL. A new reference; NULL with an error. */
PyAPI_FUNC(PyObject *) PySet_New(PyObject *items);
PyAPI_FUNC(PyObject *) PyFrozenSet_New(PyObject *items);

PyAPI_FUNC(Py_ssize_t) PySet_Size(PyObject *o);
#define PySet_GET_SIZE(o) (((PySetObject *)(o))->used)
/* 1 or 0; -1 with an error. */
PyAPI_FUNC(int) PySet_Contains(PyObject *o, PyObject *key);
/* 0, or -1 with an error. The set may be a frozenset that only its maker has a reference to. */
PyAPI_FUNC(int) PySet_Add(PyObject *o, PyObject *key);
/* Removes the item: 1; 0 if it was not there; -1 with an error. */
PyAPI_FUNC(int) PySet_Discard(PyObject *o, PyObject *key);
/* A new reference; NULL with KeyError. */
PyAPI_FUNC(PyObject *) PySet_Pop(PyObject *o);
PyAPI_FUNC(int) PySet_Clear(PyObject *o);

#endif
