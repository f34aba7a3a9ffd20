// The units of PyArg_*. parse.h has the picture, docs/c-api.md the table.

#include "parse.h"

static bool too(const char *kind, const char *how) {
    PyErr_Format(PyExc_OverflowError, "%s integer is %s", kind, how);
    return false;
}

// Stores an int within bounds in *v.
static bool bounded(PyObject *o, const char *kind, long least, long most, long *v) {
    *v = PyLong_AsLong(o);
    if (*v == -1 && PyErr_Occurred()) return false;
    return *v < least ? too(kind, "less than minimum") : *v > most ? too(kind, "greater than maximum") : true;
}

static bool masked(PyObject *o, unsigned long *v) {
    *v = PyLong_AsUnsignedLongMask(o);
    return *v != (unsigned long)-1 || !PyErr_Occurred();
}

static bool number_unit(struct parse *p, char unit, PyObject *o) {
    long v;
    unsigned long bits;
    switch (unit) {
    case 'b':
        if (!bounded(o, "unsigned byte", 0, UCHAR_MAX, &v)) return false;
        *va_arg(p->values, unsigned char *) = (unsigned char)v;
        return true;
    case 'h':
        if (!bounded(o, "signed short", SHRT_MIN, SHRT_MAX, &v)) return false;
        *va_arg(p->values, short *) = (short)v;
        return true;
    case 'i':
    case 'l':
        if (!bounded(o, "signed", LONG_MIN, LONG_MAX, &v)) return false;
        *va_arg(p->values, long *) = v;
        return true;
    case 'B':
        if (!masked(o, &bits)) return false;
        *va_arg(p->values, unsigned char *) = (unsigned char)bits;
        return true;
    case 'H':
        if (!masked(o, &bits)) return false;
        *va_arg(p->values, unsigned short *) = (unsigned short)bits;
        return true;
    case 'k':
        if (!PyLong_Check(o)) return pyheap_must_be(p, "int", o);
        [[fallthrough]];
    case 'I':
        if (!masked(o, &bits)) return false;
        *va_arg(p->values, unsigned long *) = bits;
        return true;
    case 'n': {
        PyObject *whole = PyNumber_Index(o);
        if (!whole) return false;
        const Py_ssize_t n = PyLong_AsSsize_t(whole);
        Py_DECREF(whole);
        if (n == -1 && PyErr_Occurred()) return false;
        *va_arg(p->values, Py_ssize_t *) = n;
        return true;
    }
    case 'L': {
        const long long wide = PyLong_AsLongLong(o);
        if (wide == -1 && PyErr_Occurred()) return false;
        *va_arg(p->values, long long *) = wide;
        return true;
    }
    case 'K': {
        if (!PyLong_Check(o)) return pyheap_must_be(p, "int", o);
        *va_arg(p->values, unsigned long long *) = PyLong_AsUnsignedLongLongMask(o);
        return true;
    }
    default: {
        const double number = PyFloat_AsDouble(o);
        if (number == -1 && PyErr_Occurred()) return false;
        if (unit == 'f')
            *va_arg(p->values, float *) = (float)number;
        else
            *va_arg(p->values, double *) = number;
        return true;
    }
    }
}

static int release(PyObject *none, void *view) {
    (void)none;
    PyBuffer_Release(view);
    return 1;
}

// s* z* y* w*: a view, which the caller must release.
static bool view_unit(struct parse *p, char unit, PyObject *o) {
    Py_buffer *view = va_arg(p->values, Py_buffer *);
    Py_ssize_t n;
    if (unit == 'z' && o == Py_None) {
        PyBuffer_FillInfo(view, NULL, NULL, 0, 1, PyBUF_SIMPLE);
    } else if ((unit == 's' || unit == 'z') && PyUnicode_Check(o)) {
        const char *text = PyUnicode_AsUTF8AndSize(o, &n);
        if (!text) return false;
        PyBuffer_FillInfo(view, o, (void *)text, n, 1, PyBUF_SIMPLE);
    } else if (PyObject_GetBuffer(o, view, unit == 'w' ? PyBUF_WRITABLE : PyBUF_SIMPLE) != 0) {
        if (unit != 'w') return false;
        PyErr_Clear();
        return pyheap_must_be(p, "read-write bytes-like object", o);
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return pyheap_must_be(p, "contiguous buffer", o);
    }
    if (pyheap_note_undo(p, release, view)) return true;
    PyBuffer_Release(view);
    return false;
}

// s z y, with or without #: bytes that belong to the object.
static bool text_unit(struct parse *p, char unit, PyObject *o) {
    if (takes(p, '*')) return view_unit(p, unit, o);
    const char **text = va_arg(p->values, const char **);
    Py_ssize_t *size = takes(p, '#') ? va_arg(p->values, Py_ssize_t *) : NULL;
    Py_ssize_t n = 0;
    if (unit == 'z' && o == Py_None) {
        *text = NULL;
        if (size) *size = 0;
        return true;
    }
    if (unit != 'y' && PyUnicode_Check(o)) {
        *text = PyUnicode_AsUTF8AndSize(o, &n);
        if (!*text) return false;
    } else if ((unit == 'y' || size) && PyBytes_Check(o)) {
        *text = PyBytes_AS_STRING(o);
        n = PyBytes_GET_SIZE(o);
    } else if (unit == 'y' || size) {
        PyErr_Format(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", Py_TYPE(o)->tp_name);
        return false;
    } else {
        return pyheap_must_be(p, unit == 'z' ? "str or None" : "str", o);
    }
    if (size) {
        *size = n;
    } else if (strlen(*text) != (size_t)n) {
        PyErr_SetString(PyExc_ValueError, unit == 'y' ? "embedded null byte" : "embedded null character");
        return false;
    }
    return true;
}

// Copies encoded bytes to the caller's buffer, or fails if its room is too small; without a buffer, to a new block.
static bool put_encoded(struct parse *p, PyObject *o, PyObject *bytes, char **buffer, Py_ssize_t *size) {
    const Py_ssize_t n = PyBytes_GET_SIZE(bytes);
    if (!size && strlen(PyBytes_AS_STRING(bytes)) != (size_t)n) {
        return pyheap_must_be(p, "encoded string without null bytes", o);
    }
    if (size && *buffer) {
        if (n + 1 > *size) {
            PyErr_Format(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)", n, *size - 1);
            return false;
        }
    } else {
        char *block = PyMem_Malloc((size_t)n + 1);
        if (!block) {
            PyErr_NoMemory();
            return false;
        }
        *buffer = block;
        if (!pyheap_note_undo(p, NULL, buffer)) {
            PyMem_Free(block);
            return false;
        }
    }
    memcpy(*buffer, PyBytes_AS_STRING(bytes), (size_t)n + 1);
    if (size) *size = n;
    return true;
}

// es et, with or without #.
static bool encoded_unit(struct parse *p, PyObject *o) {
    const char *encoding = va_arg(p->values, const char *);
    const bool keeps_bytes = *p->format == 't';
    if (!takes(p, 's') && !takes(p, 't')) return pyheap_bad_unit(p, "(unknown parser marker combination)");
    char **buffer = va_arg(p->values, char **);
    Py_ssize_t *size = takes(p, '#') ? va_arg(p->values, Py_ssize_t *) : NULL;
    PyObject *bytes;
    if (keeps_bytes && PyBytes_Check(o))
        bytes = Py_NewRef(o);
    else if (PyUnicode_Check(o))
        bytes = PyUnicode_AsEncodedString(o, encoding, NULL);
    else
        return pyheap_must_be(p, keeps_bytes ? "str, bytes or bytearray" : "str", o);
    if (!bytes) return false;
    const bool done = put_encoded(p, o, bytes, buffer, size);
    Py_DECREF(bytes);
    return done;
}

static bool object_unit(struct parse *p, PyObject *o) {
    if (takes(p, '!')) {
        PyTypeObject *type = va_arg(p->values, PyTypeObject *);
        if (!PyObject_TypeCheck(o, type)) return pyheap_must_be(p, type->tp_name, o);
    } else if (takes(p, '&')) {
        int (*convert)(PyObject *, void *) = va_arg(p->values, int (*)(PyObject *, void *));
        void *at = va_arg(p->values, void *);
        const int answer = convert(o, at);
        if (!answer) return pyheap_bad_unit(p, "(unspecified)");
        return answer != Py_CLEANUP_SUPPORTED || pyheap_note_undo(p, convert, at);
    }
    *va_arg(p->values, PyObject **) = o;
    return true;
}

PYHEAP_HIDDEN bool pyheap_simple_unit(struct parse *p, PyObject *o) {
    const char unit = *p->format++;
    switch (unit) {
    case 'b':
    case 'B':
    case 'h':
    case 'H':
    case 'i':
    case 'I':
    case 'l':
    case 'k':
    case 'n':
    case 'L':
    case 'K':
    case 'f':
    case 'd': return number_unit(p, unit, o);
    case 's':
    case 'z':
    case 'y': return text_unit(p, unit, o);
    case 'w':
        if (!takes(p, '*')) return pyheap_bad_unit(p, "(invalid use of 'w' format character)");
        return view_unit(p, unit, o);
    case 'e': return encoded_unit(p, o);
    case 'O': return object_unit(p, o);
    case 'S':
        if (!PyBytes_Check(o)) return pyheap_must_be(p, "bytes", o);
        *va_arg(p->values, PyObject **) = o;
        return true;
    case 'U':
        if (!PyUnicode_Check(o)) return pyheap_must_be(p, "str", o);
        *va_arg(p->values, PyObject **) = o;
        return true;
    case 'c':
        if (!PyBytes_Check(o)) return pyheap_must_be(p, "a byte string of length 1", o);
        if (PyBytes_GET_SIZE(o) != 1) {
            PyOS_snprintf(p->wrong, sizeof(p->wrong),
                          "must be a byte string of length 1, not a bytes object of length %zd", PyBytes_GET_SIZE(o));
            return false;
        }
        *va_arg(p->values, char *) = PyBytes_AS_STRING(o)[0];
        return true;
    case 'C':
        if (!PyUnicode_Check(o)) return pyheap_must_be(p, "a unicode character", o);
        if (PyUnicode_GET_LENGTH(o) != 1) {
            PyOS_snprintf(p->wrong, sizeof(p->wrong), "must be a unicode character, not a string of length %zd",
                          PyUnicode_GET_LENGTH(o));
            return false;
        }
        *va_arg(p->values, int *) = (int)PyUnicode_READ_CHAR(o, 0);
        return true;
    case 'p': {
        const int truth = PyObject_IsTrue(o);
        if (truth < 0) return false;
        *va_arg(p->values, int *) = truth;
        return true;
    }
    default: return pyheap_bad_unit(p, "(impossible<bad format char>)");
    }
}
