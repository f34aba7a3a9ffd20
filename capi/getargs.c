// PyArg_*: arguments by position become variables of C. parse.h has the picture.

#include "parse.h"

static int parse_tuple(PyObject *args, const char *format, va_list values) {
    if (!args || !PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    struct parse p;
    pyheap_begin(&p, format, values);
    const char *bar = format;
    while (!ends(*bar) && *bar != '|') bar++;
    const int most = pyheap_count_units(format);
    const int least = *bar == '|' ? most - pyheap_count_units(bar + 1) : most;
    const Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < least || n > most) {
        const int bound = n < least ? least : most;
        if (p.message)
            PyErr_SetString(PyExc_TypeError, p.message);
        else {
            PyErr_Format(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", CALLED(&p),
                         least == most ? "exactly"
                         : n < least   ? "at least"
                                       : "at most",
                         bound, PLURAL(bound), n);
        }
        return pyheap_finish(&p, false);
    }
    for (Py_ssize_t k = 0; k < n; k++) {
        (void)takes(&p, '|');
        if (pyheap_convert(&p, PyTuple_GET_ITEM(args, k))) continue;
        pyheap_complain(&p, k + 1);
        return pyheap_finish(&p, false);
    }
    return pyheap_finish(&p, true);
}

PYHEAP_DEFINED int PyArg_VaParse(PyObject *args, const char *format, va_list values) {
    return parse_tuple(args, format, values);
}

PYHEAP_DEFINED int PyArg_ParseTuple(PyObject *args, const char *format, ...) {
    va_list values;
    va_start(values, format);
    const int done = parse_tuple(args, format, values);
    va_end(values);
    return done;
}

PYHEAP_DEFINED int PyArg_Parse(PyObject *args, const char *format, ...) {
    va_list values;
    va_start(values, format);
    struct parse p;
    pyheap_begin(&p, format, values);
    const int n = pyheap_count_units(format);
    int done = 0;
    if (n == 1) {
        done = args != NULL && pyheap_convert(&p, args);
        if (!args) PyErr_SetString(PyExc_TypeError, "function takes at least one argument");
        if (!done) pyheap_complain(&p, 0);
        done = pyheap_finish(&p, done);
    } else {
        pyheap_finish(&p, true);
        if (n > 1)
            done = parse_tuple(args, format, values);
        else if (args == NULL)
            done = 1;
        else
            PyErr_Format(PyExc_TypeError, "%.200s%s takes no arguments", CALLED(&p));
    }
    va_end(values);
    return done;
}

// ---- without a format ----

PYHEAP_DEFINED int PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t least, Py_ssize_t most, ...) {
    if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return 0;
    }
    const Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < least || n > most) {
        const Py_ssize_t bound = n < least ? least : most;
        const char *how = least == most ? "" : n < least ? "at least " : "at most ";
        if (name)
            PyErr_Format(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", name, how, bound, PLURAL(bound),
                         n);
        else
            PyErr_Format(PyExc_TypeError, "unpacked tuple should have %s%zd element%s, but has %zd", how, bound,
                         PLURAL(bound), n);
        return 0;
    }
    va_list values;
    va_start(values, most);
    for (Py_ssize_t k = 0; k < n; k++) *va_arg(values, PyObject **) = PyTuple_GET_ITEM(args, k);
    va_end(values);
    return 1;
}
