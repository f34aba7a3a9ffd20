/* Bytes: the manual's chapter "Bytes Objects", and the strings of Python 1.5, which were bytes. */
#ifndef Py_BYTESOBJECT_H
#define Py_BYTESOBJECT_H

#include "object.h"

typedef struct {
    PyObject_VAR_HEAD
    Py_hash_t ob_shash;
    char ob_sval[1];
} PyBytesObject;

#define PyBytes_Check(o) PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_BYTES_SUBCLASS)
#define PyBytes_CheckExact(o) Py_IS_TYPE((o), &PyBytes_Type)

/* A new reference; NULL with an error. */
PyAPI_FUNC(PyObject *) PyBytes_FromString(const char *text);
/* If data is NULL, the caller writes the n bytes. */
PyAPI_FUNC(PyObject *) PyBytes_FromStringAndSize(const char *data, Py_ssize_t n);
PyAPI_FUNC(PyObject *) PyBytes_FromObject(PyObject *o);
Py_LOCAL_FUNC(PyObject *) PyBytes_FromFormat(const char *format, ...);
Py_LOCAL_FUNC(PyObject *) PyBytes_FromFormatV(const char *format, va_list values);

/* The bytes themselves, with a 0 after them. NULL or -1 with TypeError. */
PyAPI_FUNC(char *) PyBytes_AsString(PyObject *o);
PyAPI_FUNC(Py_ssize_t) PyBytes_Size(PyObject *o);
/* If n is NULL, a 0 among the bytes is an error. */
PyAPI_FUNC(int) PyBytes_AsStringAndSize(PyObject *o, char **data, Py_ssize_t *n);
#define PyBytes_AS_STRING(o) (((PyBytesObject *)(o))->ob_sval)
#define PyBytes_GET_SIZE(o) Py_SIZE(o)

/* Replaces *a by *a + b, or by NULL with an error, and takes over the old reference in *a. AndDel takes over b, too. */
PyAPI_FUNC(void) PyBytes_Concat(PyObject **a, PyObject *b);
PyAPI_FUNC(void) PyBytes_ConcatAndDel(PyObject **a, PyObject *b);
PyAPI_FUNC(PyObject *) PyBytes_Join(PyObject *separator, PyObject *items);
/* Gives *o a size of n bytes; only its maker may have a reference. 0; or -1 with an error, and *o is released and NULL. */
PyAPI_FUNC(int) _PyBytes_Resize(PyObject **o, Py_ssize_t n);

#define PyString_Check PyBytes_Check
#define PyString_FromString PyBytes_FromString
#define PyString_FromStringAndSize PyBytes_FromStringAndSize
#define PyString_AsString PyBytes_AsString
#define PyString_Size PyBytes_Size
#define PyString_AS_STRING PyBytes_AS_STRING
#define PyString_GET_SIZE PyBytes_GET_SIZE
#define PyString_Concat PyBytes_Concat
#define PyString_ConcatAndDel PyBytes_ConcatAndDel
#define _PyString_Resize _PyBytes_Resize

#endif
