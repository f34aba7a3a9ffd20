/* Ints: the manual's chapters "Integer Objects" and "Boolean Objects". int, long and Py_ssize_t have 32 bits. */
#ifndef Py_LONGOBJECT_H
#define Py_LONGOBJECT_H

#include "object.h"

#define PyLong_Check(o) PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_LONG_SUBCLASS)
#define PyLong_CheckExact(o) Py_IS_TYPE((o), &PyLong_Type)
#define PyBool_Check(o) Py_IS_TYPE((o), &PyBool_Type)

/* A new reference; NULL with an error. */
PyAPI_FUNC(PyObject *) PyBool_FromLong(long v);
PyAPI_FUNC(PyObject *) PyLong_FromLong(long v);
PyAPI_FUNC(PyObject *) PyLong_FromUnsignedLong(unsigned long v);
PyAPI_FUNC(PyObject *) PyLong_FromLongLong(long long v);
PyAPI_FUNC(PyObject *) PyLong_FromUnsignedLongLong(unsigned long long v);
PyAPI_FUNC(PyObject *) PyLong_FromSsize_t(Py_ssize_t v);
PyAPI_FUNC(PyObject *) PyLong_FromSize_t(size_t v);
PyAPI_FUNC(PyObject *) PyLong_FromInt32(int32_t v);
PyAPI_FUNC(PyObject *) PyLong_FromUInt32(uint32_t v);
PyAPI_FUNC(PyObject *) PyLong_FromInt64(int64_t v);
PyAPI_FUNC(PyObject *) PyLong_FromUInt64(uint64_t v);
PyAPI_FUNC(PyObject *) PyLong_FromVoidPtr(void *p);
/* The whole part of v. */
PyAPI_FUNC(PyObject *) PyLong_FromDouble(double v);
/* int(text, base). If end is not NULL, *end becomes the place where reading stopped. */
PyAPI_FUNC(PyObject *) PyLong_FromString(const char *text, char **end, int base);
PyAPI_FUNC(PyObject *) PyLong_FromUnicodeObject(PyObject *text, int base);

/* For an int, or an object with __index__. -1 with OverflowError if the value does not fit, or with TypeError for any
   other object. */
PyAPI_FUNC(long) PyLong_AsLong(PyObject *o);
PyAPI_FUNC(int) PyLong_AsInt(PyObject *o);
PyAPI_FUNC(long long) PyLong_AsLongLong(PyObject *o);
/* A value that does not fit is not an error: *overflow is then 1 or -1, otherwise 0. */
PyAPI_FUNC(long) PyLong_AsLongAndOverflow(PyObject *o, int *overflow);
PyAPI_FUNC(long long) PyLong_AsLongLongAndOverflow(PyObject *o, int *overflow);
/* For ints only. */
PyAPI_FUNC(Py_ssize_t) PyLong_AsSsize_t(PyObject *o);
PyAPI_FUNC(size_t) PyLong_AsSize_t(PyObject *o);
PyAPI_FUNC(unsigned long) PyLong_AsUnsignedLong(PyObject *o);
PyAPI_FUNC(unsigned long long) PyLong_AsUnsignedLongLong(PyObject *o);
PyAPI_FUNC(double) PyLong_AsDouble(PyObject *o);
PyAPI_FUNC(void *) PyLong_AsVoidPtr(PyObject *o);
/* For an int, or an object with __index__: the lowest bits of its value. A value that does not fit is not an error. */
PyAPI_FUNC(unsigned long) PyLong_AsUnsignedLongMask(PyObject *o);
PyAPI_FUNC(unsigned long long) PyLong_AsUnsignedLongLongMask(PyObject *o);
/* Stores the value in *v: 0, or -1 with an error. */
PyAPI_FUNC(int) PyLong_AsInt32(PyObject *o, int32_t *v);
PyAPI_FUNC(int) PyLong_AsUInt32(PyObject *o, uint32_t *v);
PyAPI_FUNC(int) PyLong_AsInt64(PyObject *o, int64_t *v);
PyAPI_FUNC(int) PyLong_AsUInt64(PyObject *o, uint64_t *v);

/* GetSign stores -1, 0 or 1 in *sign; the others return 1 or 0. -1 with TypeError if o is not an int. */
PyAPI_FUNC(int) PyLong_GetSign(PyObject *o, int *sign);
PyAPI_FUNC(int) PyLong_IsPositive(PyObject *o);
PyAPI_FUNC(int) PyLong_IsNegative(PyObject *o);
PyAPI_FUNC(int) PyLong_IsZero(PyObject *o);

/* Python 1.5's ints were C's longs. */
#define PyInt_FromLong PyLong_FromLong
#define PyInt_AsLong PyLong_AsLong
#define PyInt_AS_LONG(o) PyLong_AsLong((PyObject *)(o))
#define PyInt_Check PyLong_Check

#endif
