// Py_BuildValue: an object made from values of C, as a format says; PyTuple_Pack; PyOS_snprintf.
//
//   "s"        one object           "si"      a tuple of two            ""       None
//   "(i)"      a tuple of one       "[ii]"    a list                    "{s:i}"  a dict: keys and values in turn
//
// On failure the remaining values are still read, because the reference of an N is taken over in any case.

#include <Python.h>
#include <stdbool.h>

struct building {
    const char *format;
    va_list values;
    // The first error; it is kept here while the remaining values are read.
    PyObject *error;
    bool failed;
};

// Takes the error that is set. The first one is kept; later ones are dropped.
static PyObject *fail(struct building *b) {
    PyObject *error = PyErr_GetRaisedException();
    if (b->failed)
        Py_XDECREF(error);
    else
        b->error = error;
    b->failed = true;
    return NULL;
}

static PyObject *fail_with(struct building *b, const char *why) {
    PyErr_SetString(PyExc_SystemError, why);
    return fail(b);
}

static bool separates(char c) { return c == ',' || c == ':' || c == ' ' || c == '\t'; }

// The number of values up to `closing`; -1 with an error if `closing` is missing.
static Py_ssize_t count(struct building *b, char closing) {
    Py_ssize_t n = 0;
    int level = 0;
    for (const char *at = b->format; level > 0 || *at != closing; at++) {
        switch (*at) {
        case 0: fail_with(b, "unmatched paren in format"); return -1;
        case '(':
        case '[':
        case '{':
            if (level++ == 0) n++;
            break;
        case ')':
        case ']':
        case '}': level--; break;
        case '#':
        case '&':
        case ',':
        case ':':
        case ' ':
        case '\t': break;
        default:
            if (level == 0) n++;
        }
    }
    return n;
}

static bool takes(struct building *b, char c) {
    if (*b->format != c) return false;
    b->format++;
    return true;
}

// s z U y, with or without #: NULL is None.
static PyObject *text(struct building *b, char unit) {
    const char *s = va_arg(b->values, const char *);
    const Py_ssize_t n = takes(b, '#') ? va_arg(b->values, Py_ssize_t) : s ? (Py_ssize_t)strlen(s) : 0;
    if (!s) return Py_NewRef(Py_None);
    return unit == 'y' ? PyBytes_FromStringAndSize(s, n) : PyUnicode_FromStringAndSize(s, n);
}

static PyObject *object(struct building *b, char unit) {
    if (takes(b, '&')) {
        PyObject *(*convert)(void *) = va_arg(b->values, PyObject * (*)(void *));
        return convert(va_arg(b->values, void *));
    }
    PyObject *o = va_arg(b->values, PyObject *);
    if (!o) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_SystemError, "NULL object passed to Py_BuildValue");
        return NULL;
    }
    return unit == 'N' ? o : Py_NewRef(o);
}

static PyObject *scalar(struct building *b, char unit) {
    switch (unit) {
    case 'b':
    case 'B':
    case 'h':
    case 'i': return PyLong_FromLong(va_arg(b->values, int));
    case 'H': return PyLong_FromLong(va_arg(b->values, unsigned));
    case 'I': return PyLong_FromUnsignedLong(va_arg(b->values, unsigned));
    case 'n': return PyLong_FromSsize_t(va_arg(b->values, Py_ssize_t));
    case 'l': return PyLong_FromLong(va_arg(b->values, long));
    case 'k': return PyLong_FromUnsignedLong(va_arg(b->values, unsigned long));
    case 'L': return PyLong_FromLongLong(va_arg(b->values, long long));
    case 'K': return PyLong_FromUnsignedLongLong(va_arg(b->values, unsigned long long));
    case 'f':
    case 'd': return PyFloat_FromDouble(va_arg(b->values, double));
    case 'p': return PyBool_FromLong(va_arg(b->values, int));
    case 'c': {
        const char c = (char)va_arg(b->values, int);
        return PyBytes_FromStringAndSize(&c, 1);
    }
    case 'C': return PyUnicode_FromOrdinal(va_arg(b->values, int));
    default: PyErr_SetString(PyExc_SystemError, "bad format char passed to Py_BuildValue"); return NULL;
    }
}

static PyObject *build(struct building *b);

// Builds the `n` values up to `closing` as a tuple or list; NULL if one failed.
static PyObject *row(struct building *b, char closing, Py_ssize_t n) {
    if (n < 0) return NULL;
    const bool is_list = closing == ']';
    PyObject *o = b->failed ? NULL : is_list ? PyList_New(n) : PyTuple_New(n);
    if (!o && !b->failed) fail(b);
    for (Py_ssize_t k = 0; k < n; k++) {
        PyObject *item = build(b);
        if (!o || b->failed)
            Py_XDECREF(item);
        else if (is_list)
            PyList_SET_ITEM(o, k, item);
        else
            PyTuple_SET_ITEM(o, k, item);
    }
    while (separates(*b->format)) b->format++;
    if (closing != 0 && !takes(b, closing)) fail_with(b, "Unmatched paren in format");
    if (!b->failed) return o;
    Py_XDECREF(o);
    return NULL;
}

static PyObject *dict(struct building *b) {
    const Py_ssize_t n = count(b, '}');
    if (n < 0) return NULL;
    if (n % 2 != 0) return fail_with(b, "Bad dict format");
    PyObject *d = b->failed ? NULL : PyDict_New();
    if (!d && !b->failed) fail(b);
    for (Py_ssize_t k = 0; k < n; k += 2) {
        PyObject *key = build(b), *value = build(b);
        if (!b->failed && PyDict_SetItem(d, key, value) < 0) fail(b);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    while (separates(*b->format)) b->format++;
    if (!takes(b, '}')) fail_with(b, "Unmatched paren in format");
    if (!b->failed) return d;
    Py_XDECREF(d);
    return NULL;
}

// The next value; NULL if it, or one before it, failed.
static PyObject *build(struct building *b) {
    while (separates(*b->format)) b->format++;
    const char unit = *b->format;
    if (unit == 0) return fail_with(b, "bad format char passed to Py_BuildValue");
    b->format++;
    PyObject *o;
    switch (unit) {
    case '(': return row(b, ')', count(b, ')'));
    case '[': return row(b, ']', count(b, ']'));
    case '{': return dict(b);
    case 's':
    case 'z':
    case 'U':
    case 'y': o = text(b, unit); break;
    case 'O':
    case 'N':
    case 'S': o = object(b, unit); break;
    default: o = scalar(b, unit);
    }
    return o ? o : fail(b);
}

PYHEAP_DEFINED PyObject *Py_VaBuildValue(const char *format, va_list values) {
    struct building b = {.format = format};
    va_copy(b.values, values);
    const Py_ssize_t n = count(&b, 0);
    PyObject *o = NULL;
    if (n == 0)
        o = Py_NewRef(Py_None);
    else if (n == 1)
        o = build(&b);
    else if (n > 1)
        o = row(&b, 0, n);
    va_end(b.values);
    if (!b.failed) return o;
    Py_XDECREF(o);
    PyErr_SetRaisedException(b.error);
    return NULL;
}

PYHEAP_DEFINED PyObject *Py_BuildValue(const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *o = Py_VaBuildValue(format, values);
    va_end(values);
    return o;
}

PYHEAP_DEFINED PyObject *PyTuple_Pack(Py_ssize_t n, ...) {
    PyObject *t = PyTuple_New(n);
    if (!t) return NULL;
    va_list values;
    va_start(values, n);
    for (Py_ssize_t k = 0; k < n; k++) PyTuple_SET_ITEM(t, k, Py_NewRef(va_arg(values, PyObject *)));
    va_end(values);
    return t;
}

PYHEAP_DEFINED int PyOS_vsnprintf(char *to, size_t n, const char *format, va_list values) {
    return vsnprintf(to, n, format, values);
}

PYHEAP_DEFINED int PyOS_snprintf(char *to, size_t n, const char *format, ...) {
    va_list values;
    va_start(values, format);
    const int written = vsnprintf(to, n, format, values);
    va_end(values);
    return written;
}
