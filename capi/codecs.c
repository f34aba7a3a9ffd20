// Encodings by name: UTF-8, Latin-1 and ASCII. The only error handler is "strict".

#include <Python.h>
#include <stdbool.h>

// Whether two names are the same; case does not matter, and - equals _.
static bool is_named(const char *name, const char *known) {
    for (; *name && *known; name++, known++) {
        const char c = *name == '_' ? '-' : 'A' <= *name && *name <= 'Z' ? (char)(*name + 32) : *name;
        if (c != *known) return false;
    }
    return *name == *known;
}

enum encoding { UTF8, LATIN1, ASCII, UNKNOWN };

// NULL means UTF-8. LookupError if there is no codec of that name.
static enum encoding encoding_named(const char *name) {
    static const struct {
        const char *name;
        enum encoding encoding;
    } known[] = {{"utf-8", UTF8},        {"utf8", UTF8},        {"latin-1", LATIN1}, {"latin1", LATIN1},
                 {"iso-8859-1", LATIN1}, {"iso8859-1", LATIN1}, {"ascii", ASCII},    {"us-ascii", ASCII}};
    if (!name) return UTF8;
    for (size_t k = 0; k < Py_ARRAY_LENGTH(known); k++)
        if (is_named(name, known[k].name)) return known[k].encoding;
    PyErr_Format(PyExc_LookupError, "unknown encoding: %s", name);
    return UNKNOWN;
}

// The result, or an error. If an error handler other than "strict" is needed, the error is LookupError.
static PyObject *encoded(PyObject *bytes, const char *errors) {
    if (!bytes && errors && !is_named(errors, "strict") && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
        PyErr_Format(PyExc_LookupError, "unknown error handler name '%s'", errors);
    return bytes;
}

PYHEAP_DEFINED PyObject *PyUnicode_AsEncodedString(PyObject *o, const char *encoding, const char *errors) {
    if (!PyUnicode_Check(o)) {
        PyErr_BadArgument();
        return NULL;
    }
    switch (encoding_named(encoding)) {
    case UTF8: return encoded(PyUnicode_AsUTF8String(o), errors);
    case LATIN1: return encoded(PyUnicode_AsLatin1String(o), errors);
    case ASCII: return encoded(PyUnicode_AsASCIIString(o), errors);
    case UNKNOWN: break;
    }
    return NULL;
}

PYHEAP_DEFINED PyObject *PyUnicode_Decode(const char *text, Py_ssize_t n, const char *encoding, const char *errors) {
    if (n == 0) return PyUnicode_New(0, 0);
    switch (encoding_named(encoding)) {
    case UTF8: return PyUnicode_DecodeUTF8(text, n, errors);
    case LATIN1: return PyUnicode_DecodeLatin1(text, n, errors);
    case ASCII: return PyUnicode_DecodeASCII(text, n, errors);
    case UNKNOWN: break;
    }
    return NULL;
}
