/* Strings that are written piece by piece: the manual's chapter "PyUnicodeWriter". */
#ifndef Py_UNICODEWRITER_H
#define Py_UNICODEWRITER_H

#include "unicodeobject.h"

typedef struct PyUnicodeWriter PyUnicodeWriter;

/* A writer with room for `length` characters; NULL with an error. */
Py_LOCAL_FUNC(PyUnicodeWriter *) PyUnicodeWriter_Create(Py_ssize_t length);
/* The string, a new reference, or NULL with an error. The writer is freed in any case. */
Py_LOCAL_FUNC(PyObject *) PyUnicodeWriter_Finish(PyUnicodeWriter *writer);
/* Frees the writer without making a string. NULL does nothing. */
Py_LOCAL_FUNC(void) PyUnicodeWriter_Discard(PyUnicodeWriter *writer);

/* ---- 0, or -1 with an error: the writer is then unchanged ---- */

Py_LOCAL_FUNC(int) PyUnicodeWriter_WriteChar(PyUnicodeWriter *writer, Py_UCS4 c);
/* Writes n bytes, or the bytes up to the 0 if n is negative. */
Py_LOCAL_FUNC(int) PyUnicodeWriter_WriteUTF8(PyUnicodeWriter *writer, const char *text, Py_ssize_t n);
Py_LOCAL_FUNC(int) PyUnicodeWriter_WriteASCII(PyUnicodeWriter *writer, const char *text, Py_ssize_t n);
Py_LOCAL_FUNC(int) PyUnicodeWriter_WriteUCS4(PyUnicodeWriter *writer, const Py_UCS4 *text, Py_ssize_t n);
/* Write str(o) and repr(o); if o is NULL, "<NULL>". */
Py_LOCAL_FUNC(int) PyUnicodeWriter_WriteStr(PyUnicodeWriter *writer, PyObject *o);
Py_LOCAL_FUNC(int) PyUnicodeWriter_WriteRepr(PyUnicodeWriter *writer, PyObject *o);
Py_LOCAL_FUNC(int)
    PyUnicodeWriter_WriteSubstring(PyUnicodeWriter *writer, PyObject *s, Py_ssize_t start, Py_ssize_t end);
Py_LOCAL_FUNC(int) PyUnicodeWriter_Format(PyUnicodeWriter *writer, const char *format, ...);

#endif
