// PyArg_*: arguments by position and by name become variables of C. parse.h has the picture.

#include "parse.h"

// The parameters of a function, against which a call by name is checked.
struct names {
    PY_CXX_CONST char *const *all;
    // The number of parameters, and the number of those at the beginning that have no name.
    int count, nameless;
    // Units from `least` on may be missing; units from `most` on can be given by name only.
    int least, most;
    PyObject *dict;
    Py_ssize_t given, named;
};

static bool bad_format(const char *why) {
    PyErr_SetString(PyExc_SystemError, why);
    return false;
}

// Reads | and $ before unit number k.
static bool read_marks(struct parse *p, struct names *n, int k) {
    if (takes(p, '|')) {
        if (n->least != NEVER) return bad_format("Invalid format string (| specified twice)");
        if (n->most != NEVER) return bad_format("Invalid format string ($ before |)");
        n->least = k;
    }
    if (takes(p, '$')) {
        if (n->most != NEVER) return bad_format("Invalid format string ($ specified twice)");
        if (k < n->nameless) return bad_format("Empty parameter name after $");
        n->most = k;
    }
    return true;
}

static bool too_many_by_position(struct parse *p, const struct names *n) {
    if (n->most == 0)
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no positional arguments", CALLED(p));
    else {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", CALLED(p),
                     n->least != NEVER ? "at most" : "exactly", n->most, PLURAL(n->most), n->given);
    }
    return false;
}

// An argument without a name is missing: reads the rest of the format, because the message says how many there must be.
static bool too_few_by_position(struct parse *p, struct names *n, int k) {
    for (; k < n->count; k++) {
        if (!read_marks(p, n, k)) return false;
        if (n->most != NEVER || ends(*p->format)) break;
        if (!pyheap_skip(p)) {
            pyheap_complain(p, k + 1);
            return false;
        }
    }
    const int must = n->nameless < n->least ? n->nameless : n->least;
    PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", CALLED(p),
                 must < k ? "at least" : "exactly", must, PLURAL(must), n->given);
    return false;
}

// The argument for unit k, a borrowed reference; NULL if there is none, or with an error.
static PyObject *argument(PyObject *args, struct names *n, int k) {
    if (k < n->given) return PyTuple_GET_ITEM(args, k);
    if (n->named == 0 || k < n->nameless) return NULL;
    PyObject *value = NULL;
    if (PyDict_GetItemStringRef(n->dict, n->all[k], &value) == 1) {
        n->named--;
        Py_DECREF(value);
    }
    return value;
}

// TypeError for a remaining argument by name: it was also given by position, or there is no such parameter.
static bool left_over(struct parse *p, const struct names *n) {
    for (int k = n->nameless; k < n->given; k++) {
        const int twice = PyDict_ContainsString(n->dict, n->all[k]);
        if (twice < 0) return false;
        if (!twice) continue;
        PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)", CALLED(p),
                     n->all[k], k + 1);
        return false;
    }
    Py_ssize_t at = 0;
    PyObject *key;
    while (PyDict_Next(n->dict, &at, &key, NULL)) {
        if (!PyUnicode_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "keywords must be strings");
            return false;
        }
        int k = n->nameless;
        while (k < n->count && !PyUnicode_EqualToUTF8(key, n->all[k])) k++;
        if (k < n->count) continue;
        PyErr_Format(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'",
                     p->name ? p->name : "this function", p->name ? "()" : "", key);
        return false;
    }
    PyErr_Format(PyExc_TypeError, "invalid keyword argument for %.200s%s", p->name ? p->name : "this function",
                 p->name ? "()" : "");
    return false;
}

static bool parse_all(struct parse *p, PyObject *args, struct names *n) {
    for (int k = 0; k < n->count; k++) {
        if (!read_marks(p, n, k)) return false;
        if (n->most == k && k < n->given) return too_many_by_position(p, n);
        if (ends(*p->format)) {
            PyErr_Format(PyExc_SystemError, "More keyword list entries (%d) than format specifiers (%d)", n->count, k);
            return false;
        }
        PyObject *o = argument(args, n, k);
        if (o) {
            if (pyheap_convert(p, o)) continue;
            pyheap_complain(p, k + 1);
            return false;
        }
        if (PyErr_Occurred()) return false;
        if (k < n->least) {
            if (k < n->nameless) return too_few_by_position(p, n, k);
            PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %d)", CALLED(p), n->all[k],
                         k + 1);
            return false;
        }
        if (n->named == 0) return true;
        if (!pyheap_skip(p)) {
            pyheap_complain(p, k + 1);
            return false;
        }
    }
    if (!ends(*p->format) && *p->format != '|' && *p->format != '$') {
        PyErr_Format(PyExc_SystemError, "more argument specifiers than keyword list entries (remaining format:'%s')",
                     p->format);
        return false;
    }
    return n->named == 0 || left_over(p, n);
}

static bool read_names(struct names *n) {
    while (n->all[n->nameless] && !*n->all[n->nameless]) n->nameless++;
    for (n->count = n->nameless; n->all[n->count]; n->count++) {
        if (!*n->all[n->count]) return bad_format("Empty keyword parameter name");
    }
    return true;
}

PYHEAP_DEFINED int PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format,
                                                 PY_CXX_CONST char *const *names, va_list values) {
    if (!args || !PyTuple_Check(args) || (keywords && !PyDict_Check(keywords)) || !format || !names) {
        PyErr_BadInternalCall();
        return 0;
    }
    struct names n = {.all = names, .least = NEVER, .most = NEVER, .dict = keywords, .given = PyTuple_GET_SIZE(args)};
    n.named = keywords ? PyDict_GET_SIZE(keywords) : 0;
    if (!read_names(&n)) return 0;
    struct parse p;
    pyheap_begin(&p, format, values);
    if (n.given + n.named > n.count) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", CALLED(&p), n.count,
                     n.given == 0 ? "keyword " : "", PLURAL(n.count), n.given + n.named);
        return pyheap_finish(&p, false);
    }
    return pyheap_finish(&p, parse_all(&p, args, &n));
}

PYHEAP_DEFINED int PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format,
                                               PY_CXX_CONST char *const *names, ...) {
    va_list values;
    va_start(values, names);
    const int done = PyArg_VaParseTupleAndKeywords(args, keywords, format, names, values);
    va_end(values);
    return done;
}

PYHEAP_DEFINED int PyArg_ValidateKeywordArguments(PyObject *keywords) {
    if (!PyDict_Check(keywords)) {
        PyErr_BadInternalCall();
        return 0;
    }
    Py_ssize_t at = 0;
    PyObject *key;
    while (PyDict_Next(keywords, &at, &key, NULL)) {
        if (PyUnicode_Check(key)) continue;
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
        return 0;
    }
    return 1;
}
