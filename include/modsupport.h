/* Arguments and values: the manual's chapter "Parsing arguments and building values". Compiled into each module that uses it (capi/). */
#ifndef Py_MODSUPPORT_H
#define Py_MODSUPPORT_H

#include "object.h"

/* Converts the arguments as the format says, and stores the results where the pointers point: 1, or 0 with an error.
   docs/c-api.md lists the units. */
Py_LOCAL_FUNC(int) PyArg_ParseTuple(PyObject *args, const char *format, ...);
Py_LOCAL_FUNC(int) PyArg_VaParse(PyObject *args, const char *format, va_list values);
/* `keywords` is a dict or NULL. The names end with NULL; a parameter named "" can't be given by name. */
Py_LOCAL_FUNC(int) PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format,
                                               PY_CXX_CONST char *const *names, ...);
Py_LOCAL_FUNC(int) PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format,
                                                 PY_CXX_CONST char *const *names, va_list values);
/* Converts one object; if the format has several units, a tuple of objects. */
Py_LOCAL_FUNC(int) PyArg_Parse(PyObject *args, const char *format, ...);
/* Stores `least` to `most` objects, as borrowed references. */
Py_LOCAL_FUNC(int) PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t least, Py_ssize_t most, ...);
/* Whether all keys of a dict are strings: 1, or 0 with TypeError. */
Py_LOCAL_FUNC(int) PyArg_ValidateKeywordArguments(PyObject *keywords);

/* A new reference; NULL with an error. */
Py_LOCAL_FUNC(PyObject *) Py_BuildValue(const char *format, ...);
Py_LOCAL_FUNC(PyObject *) Py_VaBuildValue(const char *format, va_list values);

/* An O& converter returns this if it wants to be called again, with NULL, in case another unit fails. */
#define Py_CLEANUP_SUPPORTED 0x20000

/* Like snprintf. n is at least 1, and the text always ends with a 0. */
Py_LOCAL_FUNC(int) PyOS_snprintf(char *to, size_t n, const char *format, ...) __attribute__((format(printf, 3, 4)));
Py_LOCAL_FUNC(int) PyOS_vsnprintf(char *to, size_t n, const char *format, va_list values);

#endif
