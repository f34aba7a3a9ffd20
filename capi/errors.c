// PyErr_*: errors whose message has a format, and printing of errors.

#include <Python.h>
#include <stdbool.h>

PYHEAP_DEFINED PyObject *PyErr_FormatV(PyObject *type, const char *format, va_list values) {
    PyErr_Clear();
    PyObject *text = PyUnicode_FromFormatV(format, values);
    if (text) {
        PyErr_SetObject(type, text);
        Py_DECREF(text);
    }
    return NULL;
}

PYHEAP_DEFINED PyObject *PyErr_Format(PyObject *type, const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyErr_FormatV(type, format, values);
    va_end(values);
    return NULL;
}

// Prints "name: text", or the name alone. A part that can't be made is omitted, and its error is cleared.
static void print(PyObject *exception) {
    fputs(PyExceptionClass_Name((PyObject *)Py_TYPE(exception)), stderr);
    PyObject *text = PyObject_Str(exception);
    const char *words = text ? PyUnicode_AsUTF8(text) : NULL;
    if (words && *words) fprintf(stderr, ": %s", words);
    fputs("\n", stderr);
    Py_XDECREF(text);
    PyErr_Clear();
}

PYHEAP_DEFINED void PyErr_DisplayException(PyObject *exception) { print(exception); }

PYHEAP_DEFINED void PyErr_PrintEx(int set_sys_last_vars) {
    (void)set_sys_last_vars;
    PyObject *exception = PyErr_GetRaisedException();
    if (!exception) return;
    print(exception);
    Py_DECREF(exception);
}

PYHEAP_DEFINED void PyErr_Print(void) { PyErr_PrintEx(1); }

// Prints `where` and a colon, then the exception that is set, and clears it.
static void ignore(const char *where) {
    PyObject *exception = PyErr_GetRaisedException();
    if (!exception) return;
    fprintf(stderr, "%s:\n", where);
    print(exception);
    Py_DECREF(exception);
}

PYHEAP_DEFINED void PyErr_WriteUnraisable(PyObject *o) {
    PyErr_FormatUnraisable(o ? "Exception ignored in: %R" : "Exception ignored", o);
}

PYHEAP_DEFINED void PyErr_FormatUnraisable(const char *format, ...) {
    PyObject *exception = PyErr_GetRaisedException();
    va_list values;
    va_start(values, format);
    PyObject *text = format ? PyUnicode_FromFormatV(format, values) : NULL;
    va_end(values);
    PyErr_SetRaisedException(exception);
    const char *where = text ? PyUnicode_AsUTF8(text) : NULL;
    ignore(where ? where : "Exception ignored");
    Py_XDECREF(text);
}

PYHEAP_DEFINED int PyErr_WarnEx(PyObject *category, const char *text, Py_ssize_t stack_level) {
    (void)stack_level;
    if (!category) category = PyExc_RuntimeWarning;
    if (!PyErr_GivenExceptionMatches(category, PyExc_Warning)) {
        PyErr_Format(PyExc_TypeError, "category must be a Warning subclass, not '%s'", Py_TYPE(category)->tp_name);
        return -1;
    }
    fprintf(stderr, "%s: %s\n", PyExceptionClass_Name(category), text);
    return 0;
}

PYHEAP_DEFINED int PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *text = PyUnicode_FromFormatV(format, values);
    va_end(values);
    const char *words = text ? PyUnicode_AsUTF8(text) : NULL;
    const int done = words ? PyErr_WarnEx(category, words, stack_level) : -1;
    Py_XDECREF(text);
    return done;
}
