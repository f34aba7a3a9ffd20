/* Weak references: the manual's chapter "Weak Reference Objects". There are no proxies. */
#ifndef Py_WEAKREFOBJECT_H
#define Py_WEAKREFOBJECT_H

#include "object.h"

#define PyWeakref_CheckRef(o) PyObject_TypeCheck((o), &_PyWeakref_RefType)

/* A new reference; NULL with TypeError. The callback may be NULL or None. */
PyAPI_FUNC(PyObject *) PyWeakref_NewRef(PyObject *o, PyObject *callback);
/* Stores the object, a new reference, in *o and returns 1; NULL and 0 if it is gone; NULL and -1 with TypeError. */
PyAPI_FUNC(int) PyWeakref_GetRef(PyObject *ref, PyObject **o);
/* 1 if the object is gone, 0 if not, -1 with TypeError. */
PyAPI_FUNC(int) PyWeakref_IsDead(PyObject *ref);
/* The object, a borrowed reference; None if it is gone. */
PyAPI_FUNC(PyObject *) PyWeakref_GetObject(PyObject *ref);
#define PyWeakref_GET_OBJECT(ref) PyWeakref_GetObject(_PyObject_CAST(ref))

#endif
