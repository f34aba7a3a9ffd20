// PyUnicodeWriter: a block of characters of 4 bytes each, from which the string is made at the end.

#include <Python.h>
#include <stdbool.h>

struct PyUnicodeWriter {
    Py_UCS4 *text;
    Py_ssize_t length, room;
};

static const Py_ssize_t LEAST_ROOM = 16;

// Makes room for n more characters.
static bool reserve(PyUnicodeWriter *writer, Py_ssize_t n) {
    if (n <= writer->room - writer->length) return true;
    const Py_ssize_t most = PY_SSIZE_T_MAX / (Py_ssize_t)sizeof(Py_UCS4);
    const Py_ssize_t grown = Py_MIN(writer->room + writer->room / 2, most);
    const Py_ssize_t room = n > most - writer->length ? -1 : Py_MAX(Py_MAX(writer->length + n, grown), LEAST_ROOM);
    Py_UCS4 *text = room < 0 ? NULL : PyMem_Realloc(writer->text, (size_t)room * sizeof(Py_UCS4));
    if (!text) {
        PyErr_NoMemory();
        return false;
    }
    writer->text = text;
    writer->room = room;
    return true;
}

// Writes a string, and takes over its reference. If s is NULL: -1.
static int write_owned(PyUnicodeWriter *writer, PyObject *s) {
    if (!s) return -1;
    const Py_ssize_t n = PyUnicode_GET_LENGTH(s);
    const bool done = reserve(writer, n) && (n == 0 || PyUnicode_AsUCS4(s, writer->text + writer->length, n, 0));
    if (done) writer->length += n;
    Py_DECREF(s);
    return done ? 0 : -1;
}

PYHEAP_DEFINED PyUnicodeWriter *PyUnicodeWriter_Create(Py_ssize_t length) {
    if (length < 0) {
        PyErr_SetString(PyExc_ValueError, "length must be positive");
        return NULL;
    }
    PyUnicodeWriter *writer = PyMem_Calloc(1, sizeof(PyUnicodeWriter));
    if (!writer) {
        PyErr_NoMemory();
        return NULL;
    }
    if (reserve(writer, length)) return writer;
    PyMem_Free(writer);
    return NULL;
}

PYHEAP_DEFINED PyObject *PyUnicodeWriter_Finish(PyUnicodeWriter *writer) {
    PyObject *s = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, writer->text, writer->length);
    PyUnicodeWriter_Discard(writer);
    return s;
}

PYHEAP_DEFINED void PyUnicodeWriter_Discard(PyUnicodeWriter *writer) {
    if (!writer) return;
    PyMem_Free(writer->text);
    PyMem_Free(writer);
}

PYHEAP_DEFINED int PyUnicodeWriter_WriteChar(PyUnicodeWriter *writer, Py_UCS4 c) {
    if (c > 0x10ffff) {
        PyErr_SetString(PyExc_ValueError, "character must be in range(0x110000)");
        return -1;
    }
    return PyUnicodeWriter_WriteUCS4(writer, &c, 1);
}

PYHEAP_DEFINED int PyUnicodeWriter_WriteUCS4(PyUnicodeWriter *writer, const Py_UCS4 *text, Py_ssize_t n) {
    if (n < 0) {
        PyErr_SetString(PyExc_ValueError, "size must be positive");
        return -1;
    }
    if (!reserve(writer, n)) return -1;
    memcpy(writer->text + writer->length, text, (size_t)n * sizeof(Py_UCS4));
    writer->length += n;
    return 0;
}

PYHEAP_DEFINED int PyUnicodeWriter_WriteUTF8(PyUnicodeWriter *writer, const char *text, Py_ssize_t n) {
    return write_owned(writer, PyUnicode_DecodeUTF8(text, n < 0 ? (Py_ssize_t)strlen(text) : n, NULL));
}

PYHEAP_DEFINED int PyUnicodeWriter_WriteASCII(PyUnicodeWriter *writer, const char *text, Py_ssize_t n) {
    return write_owned(writer, PyUnicode_DecodeASCII(text, n < 0 ? (Py_ssize_t)strlen(text) : n, NULL));
}

PYHEAP_DEFINED int PyUnicodeWriter_WriteStr(PyUnicodeWriter *writer, PyObject *o) {
    return write_owned(writer, PyObject_Str(o));
}

PYHEAP_DEFINED int PyUnicodeWriter_WriteRepr(PyUnicodeWriter *writer, PyObject *o) {
    return o ? write_owned(writer, PyObject_Repr(o)) : PyUnicodeWriter_WriteASCII(writer, "<NULL>", -1);
}

PYHEAP_DEFINED int PyUnicodeWriter_WriteSubstring(PyUnicodeWriter *writer, PyObject *s, Py_ssize_t start,
                                                  Py_ssize_t end) {
    if (!PyUnicode_Check(s)) {
        PyErr_Format(PyExc_TypeError, "expect str, not %T", s);
        return -1;
    }
    if (start < 0 || start > end || end > PyUnicode_GET_LENGTH(s)) {
        PyErr_SetString(PyExc_ValueError, start < 0 || start > end ? "invalid start argument" : "invalid end argument");
        return -1;
    }
    return write_owned(writer, PyUnicode_Substring(s, start, end));
}

PYHEAP_DEFINED int PyUnicodeWriter_Format(PyUnicodeWriter *writer, const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *s = PyUnicode_FromFormatV(format, values);
    va_end(values);
    return write_owned(writer, s);
}
