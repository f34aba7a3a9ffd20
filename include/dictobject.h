/* Dicts: the manual's chapter "Dictionary Objects". The caller keeps its references. Keys that are C strings are UTF-8. */
#ifndef Py_DICTOBJECT_H
#define Py_DICTOBJECT_H

#include "object.h"

typedef struct {
    PyObject_HEAD
    Py_ssize_t ma_used;
    /* The other fields are here for a struct that begins with a dict's. */
    unsigned long long _ma_watcher_tag;
    struct _dictkeysobject *ma_keys;
    struct _dictvalues *ma_values;
} PyDictObject;

#define PyDict_Check(o) PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_DICT_SUBCLASS)
#define PyDict_CheckExact(o) Py_IS_TYPE((o), &PyDict_Type)

/* A new reference; NULL with an error. */
PyAPI_FUNC(PyObject *) PyDict_New(void);
PyAPI_FUNC(PyObject *) PyDict_Copy(PyObject *o);
/* These return lists. */
PyAPI_FUNC(PyObject *) PyDict_Keys(PyObject *o);
PyAPI_FUNC(PyObject *) PyDict_Values(PyObject *o);
PyAPI_FUNC(PyObject *) PyDict_Items(PyObject *o);

PyAPI_FUNC(Py_ssize_t) PyDict_Size(PyObject *o);
#define PyDict_GET_SIZE(o) (((PyDictObject *)(o))->ma_used)

/* The value, a borrowed reference; NULL if there is none. The functions without WithError clear any error. */
PyAPI_FUNC(PyObject *) PyDict_GetItem(PyObject *o, PyObject *key);
PyAPI_FUNC(PyObject *) PyDict_GetItemWithError(PyObject *o, PyObject *key);
PyAPI_FUNC(PyObject *) PyDict_GetItemString(PyObject *o, const char *key);
/* Stores the value, a new reference, in *value and returns 1; NULL and 0 if there is none; NULL and -1 with an error. */
PyAPI_FUNC(int) PyDict_GetItemRef(PyObject *o, PyObject *key, PyObject **value);
PyAPI_FUNC(int) PyDict_GetItemStringRef(PyObject *o, const char *key, PyObject **value);
/* 1 or 0; -1 with an error. */
PyAPI_FUNC(int) PyDict_Contains(PyObject *o, PyObject *key);
PyAPI_FUNC(int) PyDict_ContainsString(PyObject *o, const char *key);
/* 0, or -1 with an error. */
PyAPI_FUNC(int) PyDict_SetItem(PyObject *o, PyObject *key, PyObject *value);
PyAPI_FUNC(int) PyDict_SetItemString(PyObject *o, const char *key, PyObject *value);
PyAPI_FUNC(int) PyDict_DelItem(PyObject *o, PyObject *key);
PyAPI_FUNC(int) PyDict_DelItemString(PyObject *o, const char *key);
/* o.setdefault(key, value). The first returns a borrowed reference; NULL with an error. The second stores a new one in
   *result, and returns 1 if the key was there, 0 if not; -1 with an error. */
PyAPI_FUNC(PyObject *) PyDict_SetDefault(PyObject *o, PyObject *key, PyObject *value);
PyAPI_FUNC(int) PyDict_SetDefaultRef(PyObject *o, PyObject *key, PyObject *value, PyObject **result);
/* Removes the entry. If result is not NULL, *result gets the value. 1; 0 if there is none; -1 with an error. */
PyAPI_FUNC(int) PyDict_Pop(PyObject *o, PyObject *key, PyObject **result);
PyAPI_FUNC(int) PyDict_PopString(PyObject *o, const char *key, PyObject **result);

PyAPI_FUNC(void) PyDict_Clear(PyObject *o);
/* The next entry from *position on, which is 0 at first: 1, and borrowed references; 0 at the end. */
PyAPI_FUNC(int) PyDict_Next(PyObject *o, Py_ssize_t *position, PyObject **key, PyObject **value);
/* 0, or -1 with an error. If a key is there already, its value is replaced only if `override`. */
PyAPI_FUNC(int) PyDict_Update(PyObject *o, PyObject *other);
PyAPI_FUNC(int) PyDict_Merge(PyObject *o, PyObject *other, int override);
PyAPI_FUNC(int) PyDict_MergeFromSeq2(PyObject *o, PyObject *pairs, int override);

#endif
