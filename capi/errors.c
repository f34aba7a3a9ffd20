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

// ---- errors of the C library: each module has its own errno ----

PYHEAP_DEFINED PyObject *PyErr_SetFromErrnoWithFilenameObjects(PyObject *type, PyObject *file, PyObject *other) {
    const int number = errno;
    PyObject *args = !file    ? Py_BuildValue("(is)", number, strerror(number))
                     : !other ? Py_BuildValue("(isO)", number, strerror(number), file)
                              : Py_BuildValue("(isOiO)", number, strerror(number), file, 0, other);
    PyObject *error = args ? PyObject_Call(type, args, NULL) : NULL;
    if (error) PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_XDECREF(error);
    Py_XDECREF(args);
    return NULL;
}

PYHEAP_DEFINED PyObject *PyErr_SetFromErrnoWithFilenameObject(PyObject *type, PyObject *file) {
    return PyErr_SetFromErrnoWithFilenameObjects(type, file, NULL);
}

PYHEAP_DEFINED PyObject *PyErr_SetFromErrnoWithFilename(PyObject *type, const char *file) {
    const int number = errno;
    PyObject *name = file ? PyUnicode_FromString(file) : NULL;
    if (file && !name) return NULL;
    errno = number;
    PyErr_SetFromErrnoWithFilenameObject(type, name);
    Py_XDECREF(name);
    return NULL;
}

PYHEAP_DEFINED PyObject *PyErr_SetFromErrno(PyObject *type) { return PyErr_SetFromErrnoWithFilenameObject(type, NULL); }
