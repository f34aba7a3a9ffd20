// Calls of the API's functions with every combination of arguments from a table, for modules that run on CPython and on a heap.
//
//   FOR_XY(ANY, FEW, NEW(PyNumber_Add(x, y)))      each x of the table, each y of the shorter one: the result, a new reference
//
// Each call is a line: the call, its arguments, what it gives or its error, and what x is then if it can be changed. Arguments are new objects
// for each call. A reference count that is not as before is in the line, too.

#include "show.h"

// ---- the arguments ----

typedef struct {
    const char *name;
    PyObject *(*make)(void);
    int few; // Whether it belongs to the shorter table.
} Value;

static PyObject *answer(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    return PyLong_FromLong(42);
}
static PyMethodDef answer_method = {"answer", answer, METH_NOARGS, NULL};

static PyObject *raised(PyObject *type, const char *text) { return PyObject_CallFunction(type, "s", text); }
static PyObject *big(int shift, long more) {
    PyObject *one = PyLong_FromLong(1), *bits = PyLong_FromLong(shift), *offset = PyLong_FromLong(more);
    PyObject *power = PyNumber_Lshift(one, bits), *sum = PyNumber_Add(power, offset);
    Py_DECREF(one), Py_DECREF(bits), Py_DECREF(offset), Py_DECREF(power);
    return sum;
}
static PyObject *negative(PyObject *o) {
    PyObject *result = PyNumber_Negative(o);
    Py_DECREF(o);
    return result;
}
static PyObject *set_of(PyObject *items, PyObject *(*make)(PyObject *)) {
    PyObject *set = make(items);
    Py_DECREF(items);
    return set;
}
static PyObject *iterator_over(PyObject *items) { return set_of(items, PySeqIter_New); }

#define VALUES(V) \
    V(zero, 1, PyLong_FromLong(0)) \
    V(one, 1, PyLong_FromLong(1)) \
    V(minus_one, 1, PyLong_FromLong(-1)) \
    V(seven, 0, PyLong_FromLong(7)) \
    V(byte, 0, PyLong_FromLong(255)) \
    V(thousand, 0, PyLong_FromLong(1000)) \
    V(int_max, 0, PyLong_FromLong(2147483647)) \
    V(int_max_1, 0, big(31, 0)) \
    V(int_min, 0, PyLong_FromLong(-2147483647 - 1)) \
    V(int_min_1, 0, negative(big(31, 1))) \
    V(unsigned_max, 0, big(32, -1)) \
    V(two_32, 0, big(32, 0)) \
    V(long_max, 0, big(63, -1)) \
    V(two_63, 0, big(63, 0)) \
    V(long_min, 0, negative(big(63, 0))) \
    V(long_min_1, 0, negative(big(63, 1))) \
    V(two_64, 0, big(64, 0)) \
    V(two_100, 1, big(100, 12345)) \
    V(true, 1, PyBool_FromLong(1)) \
    V(false, 0, PyBool_FromLong(0)) \
    V(float_zero, 0, PyFloat_FromDouble(0)) \
    V(minus_zero, 0, PyFloat_FromDouble(-0.0)) \
    V(half, 1, PyFloat_FromDouble(1.5)) \
    V(three, 0, PyFloat_FromDouble(3)) \
    V(minus, 0, PyFloat_FromDouble(-2.75)) \
    V(huge, 0, PyFloat_FromDouble(1e300)) \
    V(inf, 0, PyFloat_FromDouble(HUGE_VAL)) \
    V(nan, 1, PyFloat_FromDouble(NAN)) \
    V(no_text, 0, PyUnicode_FromString("")) \
    V(a, 1, PyUnicode_FromString("a")) \
    V(abcab, 1, PyUnicode_FromString("abcab")) \
    V(digits, 0, PyUnicode_FromString(" 12 ")) \
    V(latin, 0, PyUnicode_FromString("caf\xc3\xa9")) \
    V(euro, 1, PyUnicode_FromString("\xe2\x82\xac uro")) \
    V(emoji, 0, PyUnicode_FromString("\xf0\x9f\x98\x80x")) \
    V(surrogate, 0, PyUnicode_FromOrdinal(0xd800)) \
    V(no_bytes, 0, PyBytes_FromString("")) \
    V(bytes_a, 1, PyBytes_FromString("a")) \
    V(bytes, 0, PyBytes_FromStringAndSize("ab\0\xff", 4)) \
    V(bytes_12, 0, PyBytes_FromString("12")) \
    V(bytearray, 0, PyByteArray_FromStringAndSize("ab", 2)) \
    V(no_tuple, 1, PyTuple_New(0)) \
    V(pair, 1, Py_BuildValue("(is)", 1, "a")) \
    V(tuple, 0, Py_BuildValue("(iii)", 3, 1, 2)) \
    V(no_list, 0, PyList_New(0)) \
    V(list, 1, Py_BuildValue("[iii]", 3, 1, 2)) \
    V(mixed, 0, Py_BuildValue("[si[i]]", "a", 1, 5)) \
    V(texts, 0, Py_BuildValue("[ss]", "a", "bc")) \
    V(pairs, 0, Py_BuildValue("[(si)(ii)]", "a", 1, 2, 3)) \
    V(no_dict, 0, PyDict_New()) \
    V(dict, 1, Py_BuildValue("{sisi}", "a", 1, "b", 2)) \
    V(int_dict, 0, Py_BuildValue("{iiis}", 1, 2, 7, "x")) \
    V(no_set, 0, PySet_New(NULL)) \
    V(set, 1, set_of(Py_BuildValue("(ii)", 1, 2), PySet_New)) \
    V(frozen, 0, set_of(Py_BuildValue("(ii)", 2, 3), PyFrozenSet_New)) \
    V(none, 1, Py_NewRef(Py_None)) \
    V(not_implemented, 0, Py_NewRef(Py_NotImplemented)) \
    V(int_type, 1, Py_NewRef((PyObject *)&PyLong_Type)) \
    V(dict_type, 0, Py_NewRef((PyObject *)&PyDict_Type)) \
    V(error_type, 0, Py_NewRef(PyExc_ValueError)) \
    V(error, 0, raised(PyExc_ValueError, "wrong")) \
    V(key_error, 0, raised(PyExc_KeyError, "k")) \
    V(function, 1, PyCFunction_New(&answer_method, NULL)) \
    V(iterator, 0, iterator_over(Py_BuildValue("[ii]", 5, 6)))

#define MAKE(name, few, value) \
    static PyObject *make_##name(void) { return value; }
VALUES(MAKE)
#define ENTRY(name, few, value) {#name, make_##name, few},
static const Value values[] = {VALUES(ENTRY)};
#define VALUE_COUNT ((int)Py_ARRAY_LENGTH(values))

static const Py_ssize_t indices[] = {0, 1, 2, 3, 99, -1, -3, -4, PY_SSIZE_T_MAX, PY_SSIZE_T_MIN};
static const char *const texts[] = {"a", "", "b", "__class__", "nothing", "caf\xc3\xa9"};

// ---- which arguments a function takes: expressions about an object, and its place in the table ----

#define ANY(o, k) 1
#define FEW(o, k) values[k].few
/* Not an int that makes a result too large. */
#define TAME(o, k) (!PyLong_Check(o) || (PyLong_AsLong(o) <= 1000 && PyLong_AsLong(o) >= -1000 && !tame_error()))
#define FEW_TAME(o, k) (FEW(o, k) && TAME(o, k))
#define NOT_TYPES(o, k) (!PyType_Check(o))
#define NOT_SLICED(o, k) (!PyDict_Check(o) && !PyByteArray_Check(o) && !PyType_Check(o))
#define NOT_FORMATS(o, k) (!PyUnicode_Check(o) && !PyBytes_Check(o) && !PyByteArray_Check(o))
#define FEW_NOT_TYPES(o, k) (FEW(o, k) && NOT_TYPES(o, k))
#define INTS(o, k) PyLong_Check(o)
#define NUMBERS(o, k) (PyLong_Check(o) || PyFloat_Check(o))
#define STRINGS(o, k) PyUnicode_Check(o)
#define BYTES(o, k) PyBytes_Check(o)
#define TUPLES(o, k) PyTuple_Check(o)
#define LISTS(o, k) PyList_Check(o)
#define DICTS(o, k) PyDict_Check(o)
#define SETS(o, k) PyAnySet_Check(o)
#define TYPES(o, k) PyType_Check(o)
#define ERRORS(o, k) PyExceptionInstance_Check(o)
#define ITERATORS(o, k) PyIter_Check(o)
/* No argument: one round. */
#define NONE(o, k) (k == 0)

static int tame_error(void) {
    const int is_set = PyErr_Occurred() != NULL;
    PyErr_Clear();
    return is_set;
}

// ---- a call, and its line ----

static const Value *arguments[3];
static PyObject *x, *y, *z;
static Py_ssize_t i, j;
static const char *s;
static char numbers[80];

/* The repr; that of a set has its items in the order of their texts, because the order in the set depends on hashes of strings. */
static PyObject *repr_of(PyObject *o) {
    if (!PyAnySet_CheckExact(o) || PySet_Size(o) < 2) return PyObject_Repr(o);
    PyObject *items = PyList_New(0), *iterator = PyObject_GetIter(o), *item;
    while ((item = PyIter_Next(iterator))) {
        PyObject *text = PyObject_Repr(item);
        PyList_Append(items, text);
        Py_DECREF(item), Py_DECREF(text);
    }
    PyList_Sort(items);
    PyObject *text = PyObject_Repr(items);
    Py_DECREF(items), Py_DECREF(iterator);
    return text;
}

static int is_changeable(PyObject *o) {
    return PyList_Check(o) || PyDict_Check(o) || PySet_Check(o) || PyByteArray_Check(o);
}

/* Takes over the reference to the text. */
static void put_call(const char *call, PyObject *text) {
    PyObject *after = x && is_changeable(x) ? repr_of(x) : NULL;
    PyErr_Clear();
    char names[160];
    int at = 0;
    for (int k = 0; k < 3 && arguments[k]; k++)
        at += snprintf(names + at, sizeof names - (size_t)at, "%s%s", at ? ", " : "", arguments[k]->name);
    if (!at) names[0] = 0;
    PyObject *line = PyUnicode_FromFormat("%s | %s%s: %V", call, names, numbers, text, "?");
    if (line && after) PyUnicode_AppendAndDel(&line, PyUnicode_FromFormat("; x is %U", after));
    if (line && after && Py_REFCNT(x) != 1)
        PyUnicode_AppendAndDel(&line, PyUnicode_FromFormat("; %d references", (int)Py_REFCNT(x)));
    PyErr_Clear();
    if (line) PyList_Append(shown, line);
    Py_XDECREF(line);
    Py_XDECREF(after);
    Py_XDECREF(text);
}

/* The text of an object that is lent. */
static PyObject *text_of(PyObject *o) {
    if (!o) return error_text();
    if (PyErr_Occurred()) return PyUnicode_FromFormat("a result and %U", error_text());
    PyObject *repr = repr_of(o);
    if (!repr) return error_text();
    PyObject *text =
        PyUnicode_FromFormat("%s %U%s", Py_TYPE(o)->tp_name, repr, o == x && is_changeable(x) ? " itself" : "");
    Py_DECREF(repr);
    return text;
}

static void put_object(const char *call, PyObject *o, int is_new) {
    PyObject *text = text_of(o);
    if (is_new) Py_XDECREF(o);
    put_call(call, text);
}

static void put_number(const char *call, long long number) {
    put_call(call, PyErr_Occurred() ? error_text() : PyUnicode_FromFormat("%lld", number));
}

static void put_real(const char *call, double number) {
    put_object(call, PyErr_Occurred() ? NULL : PyFloat_FromDouble(number), 1);
}

static void put_text(const char *call, const char *text) {
    put_call(call, PyErr_Occurred() || !text ? error_text() : PyUnicode_FromFormat("\"%s\"", text));
}

#define NEW(call) put_object(#call, (PyObject *)(call), 1)
#define LENT(call) put_object(#call, (PyObject *)(call), 0)
#define NUM(call) put_number(#call, (long long)(call))
#define REAL(call) put_real(#call, (call))
#define TEXT(call) put_text(#call, (call))
/* A function without a result: only its error counts. */
#define VOID(call) ((call), put_number(#call, 0))
/* A function that gives a number, and an object in `out`, a new reference. */
#define OUT(call) \
    do { \
        PyObject *out = NULL; \
        const int given = (call); \
        PyObject *text = PyErr_Occurred() ? error_text() : out ? text_of(out) : PyUnicode_FromString("NULL"); \
        Py_XDECREF(out); \
        put_call(#call, text ? PyUnicode_FromFormat("%d, %U", given, text) : NULL); \
        Py_XDECREF(text); \
    } while (0)

/* A function that gives 0 and puts a number in a place; after an error, what is there has no meaning. */
#define PLACE(call, place) \
    do { \
        const int given = (call); \
        put_call(#call, \
                 PyErr_Occurred() ? error_text() : PyUnicode_FromFormat("%d, %lld", given, (long long)(place))); \
    } while (0)

static void set_arguments(int kx, int ky, int kz) {
    const int places[] = {kx, ky, kz};
    for (int k = 0; k < 3; k++) arguments[k] = places[k] < 0 ? NULL : &values[places[k]];
}

static void end_arguments(void) {
    Py_CLEAR(x);
    Py_CLEAR(y);
    Py_CLEAR(z);
    numbers[0] = 0;
    set_arguments(-1, -1, -1);
}

#define BEGIN(variable, place, fits) \
    variable = values[place].make(); \
    const int fits_##variable = variable && (fits(variable, place));

#define FOR_X(fits, ...) \
    for (int kx = 0; kx < VALUE_COUNT; kx++) { \
        BEGIN(x, kx, fits) \
        set_arguments(kx, -1, -1); \
        if (fits_x) __VA_ARGS__; \
        end_arguments(); \
    }

#define FOR_XY(fits, fits_too, ...) \
    for (int kx = 0; kx < VALUE_COUNT; kx++) \
        for (int ky = 0; ky < VALUE_COUNT; ky++) { \
            BEGIN(x, kx, fits) \
            if (!fits_x) ky = VALUE_COUNT - 1; \
            BEGIN(y, ky, fits_too) \
            set_arguments(kx, ky, -1); \
            if (fits_x && fits_y) __VA_ARGS__; \
            end_arguments(); \
        }

#define FOR_XYZ(fits, fits_too, fits_also, ...) \
    for (int kz = 0; kz < VALUE_COUNT; kz++) \
    FOR_XY(fits, fits_too, { \
        BEGIN(z, kz, fits_also) \
        set_arguments(kx, ky, kz); \
        if (fits_z) __VA_ARGS__; \
    })

/* With one index, or two. */
#define FOR_I(...) \
    for (size_t ki = 0; ki < Py_ARRAY_LENGTH(indices); ki++) { \
        i = indices[ki]; \
        snprintf(numbers, sizeof numbers, ", %zd", i); \
        __VA_ARGS__; \
    } \
    numbers[0] = 0;
#define FOR_IJ(...) \
    FOR_I(for (size_t kj = 0; kj < Py_ARRAY_LENGTH(indices); kj++) { \
        j = indices[kj]; \
        snprintf(numbers, sizeof numbers, ", %zd, %zd", i, j); \
        __VA_ARGS__; \
    })
#define FOR_S(...) \
    for (size_t ks = 0; ks < Py_ARRAY_LENGTH(texts); ks++) { \
        s = texts[ks]; \
        snprintf(numbers, sizeof numbers, ", \"%s\"", s); \
        __VA_ARGS__; \
    } \
    numbers[0] = 0;

// ---- the module ----

/* Defines a module whose show() runs the functions, and returns the lines. */
#define MODULE(module, ...) \
    static PyObject *show_calls(PyObject *self, PyObject *unused) { \
        (void)self, (void)unused; \
        shown = PyList_New(0); \
        if (!shown) return NULL; \
        __VA_ARGS__; \
        PyObject *all = shown; \
        shown = NULL; \
        return all; \
    } \
    static PyMethodDef methods[] = {{"show", show_calls, METH_NOARGS, NULL}, {0}}; \
    static PyModuleDef definition = { \
        .m_base = PyModuleDef_HEAD_INIT, .m_name = #module, .m_size = -1, .m_methods = methods}; \
    PyMODINIT_FUNC PyInit_##module(void) { return PyModule_Create(&definition); }
