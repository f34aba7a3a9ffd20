/* For tests of the API in C: each exported test_* returns 0, or the line of the first mistake. done() releases
   everything that was given to NEW. */
#include <Python.h>

#define STEP(condition) \
    do { \
        if (!(condition)) return __LINE__; \
    } while (0)
/* A new reference, or NULL with an error. */
#define NEW(o) keep(o)
/* The error that is set has exactly this type and this text; clears it. */
#define SAYS(type, text) says(PyExc_##type, text)
/* The call fails with such an error. */
#define FAILS(call, type, text) STEP(!(call) && SAYS(type, text))
#define FAILS_NUMBER(call, type, text) STEP((call) == -1 && SAYS(type, text))
/* The object's repr is the text. The caller keeps its reference. */
#define IS(o, text) is((o), (text))

/* Whether mistakes are printed. */
static int speaks = 1;
void be_quiet(void) { speaks = 0; }

static PyObject *kept[512];
static int kept_count;

__attribute__((unused)) static PyObject *keep(PyObject *o) {
    if (o) kept[kept_count++] = o;
    return o;
}

/* Releases everything that a test keeps, and clears the error. */
void done(void) {
    while (kept_count > 0) Py_DECREF(kept[--kept_count]);
    PyErr_Clear();
}

__attribute__((unused)) static int is(PyObject *o, const char *text) {
    if (!o) return 0;
    PyObject *repr = PyObject_Repr(o);
    if (!repr) return 0;
    const int same = PyUnicode_EqualToUTF8(repr, text);
    /* Without memory the repr itself may be wrong, so it is not printed. */
    if (!same && speaks) printf("%s, not %s\n", PyUnicode_AsUTF8(repr), text);
    Py_DECREF(repr);
    return same;
}

__attribute__((unused)) static int says(PyObject *type, const char *text) {
    PyObject *e = PyErr_GetRaisedException();
    if (!e) {
        if (speaks) printf("no error, not %s\n", text);
        return 0;
    }
    PyObject *words = PyObject_Str(e);
    const int same = words && (PyObject *)Py_TYPE(e) == type && PyUnicode_EqualToUTF8(words, text);
    if (words && !same && speaks)
        printf("%s: %s, not %s\n", PyExceptionClass_Name((PyObject *)Py_TYPE(e)), PyUnicode_AsUTF8(words), text);
    Py_XDECREF(words);
    Py_DECREF(e);
    return same;
}

/* The call leaves the object's reference count as it was. */
#define SAME_COUNT(o, call) \
    do { \
        Py_ssize_t _before = Py_REFCNT(o); \
        call; \
        STEP(Py_REFCNT(o) == _before); \
    } while (0)
