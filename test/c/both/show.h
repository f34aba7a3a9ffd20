// For modules that run on CPython and on a heap: what each call gives, as a list of texts that a test compares.

#include <Python.h>
#include <stdbool.h>

static PyObject *shown;

static void add_line(const char *label, PyObject *text) {
    PyObject *line = text ? PyUnicode_FromFormat("%s: %U", label, text) : PyUnicode_FromFormat("%s: ?", label);
    PyErr_Clear();
    if (line) PyList_Append(shown, line);
    Py_XDECREF(line);
    Py_XDECREF(text);
}

/* The error that is set, as a text, and no error afterwards; "NULL" if none is set. */
static PyObject *error_text(void) {
    PyObject *e = PyErr_GetRaisedException();
    if (!e) return PyUnicode_FromString("NULL");
    PyObject *text = PyObject_Str(e);
    if (!text) PyErr_Clear();
    PyObject *whole = PyUnicode_FromFormat("!%s: %V", Py_TYPE(e)->tp_name, text, "?");
    Py_XDECREF(text);
    Py_DECREF(e);
    return whole;
}

/* Shows a result, a reference that is taken over: its type and its repr; or the error if it is NULL. */
static void show(const char *label, PyObject *o) {
    if (!o) {
        add_line(label, error_text());
        return;
    }
    PyObject *repr = PyErr_Occurred() ? NULL : PyObject_Repr(o);
    if (repr)
        add_line(label, PyUnicode_FromFormat("%s %U", Py_TYPE(o)->tp_name, repr));
    else
        add_line(label, error_text());
    Py_XDECREF(repr);
    Py_DECREF(o);
}

/* Shows a number, and the error if one is set. */
static void show_number(const char *label, long long number) {
    if (PyErr_Occurred())
        add_line(label, error_text());
    else
        add_line(label, PyUnicode_FromFormat("%lld", number));
}

#define SHOW(call) show(#call, (PyObject *)(call))
#define NUMBER(call) show_number(#call, (call))
