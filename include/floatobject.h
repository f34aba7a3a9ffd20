/* Floats: the manual's chapter "Floating-Point Objects". */
#ifndef Py_FLOATOBJECT_H
#define Py_FLOATOBJECT_H

#include "object.h"

typedef struct {
    PyObject_HEAD
    double ob_fval;
} PyFloatObject;

#define PyFloat_Check(o) PyObject_TypeCheck((o), &PyFloat_Type)
#define PyFloat_CheckExact(o) Py_IS_TYPE((o), &PyFloat_Type)

/* A new reference; NULL with an error. */
PyAPI_FUNC(PyObject *) PyFloat_FromDouble(double v);
/* float(text) for a str or bytes. */
PyAPI_FUNC(PyObject *) PyFloat_FromString(PyObject *text);

/* The value of a float or an int, or of an object with __float__ or __index__; -1 with an error. */
PyAPI_FUNC(double) PyFloat_AsDouble(PyObject *o);
#define PyFloat_AS_DOUBLE(o) (((PyFloatObject *)(o))->ob_fval)

PyAPI_FUNC(double) PyFloat_GetMax(void);
/* The smallest normal number. */
PyAPI_FUNC(double) PyFloat_GetMin(void);

#define Py_RETURN_NAN return PyFloat_FromDouble(__builtin_nan(""))
#define Py_RETURN_INF(sign) return PyFloat_FromDouble(__builtin_copysign(__builtin_inf(), (sign)))

#endif
