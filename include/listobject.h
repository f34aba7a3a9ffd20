/* Lists: the manual's chapter "List Objects". A new list's items are None until they are set. */
#ifndef Py_LISTOBJECT_H
#define Py_LISTOBJECT_H

#include "object.h"

typedef struct {
    PyObject_VAR_HEAD
    PyObject **ob_item;
    Py_ssize_t allocated;
} PyListObject;

#define PyList_Check(o) PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_LIST_SUBCLASS)
#define PyList_CheckExact(o) Py_IS_TYPE((o), &PyList_Type)

/* A new reference; NULL with an error. */
PyAPI_FUNC(PyObject *) PyList_New(Py_ssize_t n);
PyAPI_FUNC(PyObject *) PyList_GetSlice(PyObject *o, Py_ssize_t low, Py_ssize_t high);
PyAPI_FUNC(PyObject *) PyList_AsTuple(PyObject *o);

PyAPI_FUNC(Py_ssize_t) PyList_Size(PyObject *o);
/* GetItem: a borrowed reference. GetItemRef: a new one. */
PyAPI_FUNC(PyObject *) PyList_GetItem(PyObject *o, Py_ssize_t k);
PyAPI_FUNC(PyObject *) PyList_GetItemRef(PyObject *o, Py_ssize_t k);
/* Takes over the reference to the item, even on failure. */
PyAPI_FUNC(int) PyList_SetItem(PyObject *o, Py_ssize_t k, PyObject *item);

/* 0, or -1 with an error. The caller keeps its references. */
PyAPI_FUNC(int) PyList_Insert(PyObject *o, Py_ssize_t k, PyObject *item);
PyAPI_FUNC(int) PyList_Append(PyObject *o, PyObject *item);
PyAPI_FUNC(int) PyList_Extend(PyObject *o, PyObject *items);
PyAPI_FUNC(int) PyList_Clear(PyObject *o);
/* o[low:high] = items; if items is NULL, del o[low:high]. */
PyAPI_FUNC(int) PyList_SetSlice(PyObject *o, Py_ssize_t low, Py_ssize_t high, PyObject *items);
PyAPI_FUNC(int) PyList_Sort(PyObject *o);
PyAPI_FUNC(int) PyList_Reverse(PyObject *o);

/* Without checks: the object must be a list that has the item. */
#define PyList_GET_SIZE(o) Py_SIZE(o)
#define PyList_GET_ITEM(o, k) (((PyListObject *)(o))->ob_item[(k)])
#define PyList_SET_ITEM(o, k, item) ((void)(((PyListObject *)(o))->ob_item[(k)] = (item)))

#endif
