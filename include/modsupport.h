/* Arguments and values: the manual's chapter "Parsing arguments and building values". Compiled into each module that uses it (capi/). */
#ifndef Py_MODSUPPORT_H
#define Py_MODSUPPORT_H

#include "object.h"

/* 1, and what the format says is where the pointers point; 0 with an error. docs/c-api.md has the format's units. */
Py_LOCAL_FUNC(int) PyArg_ParseTuple(PyObject *args, const char *format, ...);
Py_LOCAL_FUNC(int) PyArg_VaParse(PyObject *args, const char *format, va_list values);
/* Keywords is a dict or NULL; names end with NULL, and those that are "" can't be given by name. */
Py_LOCAL_FUNC(int) PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format,
                                               PY_CXX_CONST char *const *names, ...);
Py_LOCAL_FUNC(int) PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format,
                                                 PY_CXX_CONST char *const *names, va_list values);
/* One object; or, if the format has several units, a tuple of them. */
Py_LOCAL_FUNC(int) PyArg_Parse(PyObject *args, const char *format, ...);
/* From `least` to `most` objects; the references stay the tuple's. */
Py_LOCAL_FUNC(int) PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t least, Py_ssize_t most, ...);
/* All keys of a dict are strings: 1; 0 with TypeError. */
Py_LOCAL_FUNC(int) PyArg_ValidateKeywordArguments(PyObject *keywords);

/* A new reference; NULL with an error. */
Py_LOCAL_FUNC(PyObject *) Py_BuildValue(const char *format, ...);
Py_LOCAL_FUNC(PyObject *) Py_VaBuildValue(const char *format, va_list values);

/* What an O& converter answers if it is to be called again, with NULL, should another unit fail. */
#define Py_CLEANUP_SUPPORTED 0x20000

/* As snprintf; n is at least 1, and the text always ends with a 0. */
Py_LOCAL_FUNC(int) PyOS_snprintf(char *to, size_t n, const char *format, ...) __attribute__((format(printf, 3, 4)));
Py_LOCAL_FUNC(int) PyOS_vsnprintf(char *to, size_t n, const char *format, va_list values);

#endif
