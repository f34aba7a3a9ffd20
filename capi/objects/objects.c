// Functions that the core does not have: for any object or type, constants, names, dicts, list[int].

#include "objects.h"

#include <errno.h>

static PyObject *make_constant(unsigned int which) {
    switch (which) {
    case Py_CONSTANT_NONE: return Py_NewRef(Py_None);
    case Py_CONSTANT_FALSE: return Py_NewRef(Py_False);
    case Py_CONSTANT_TRUE: return Py_NewRef(Py_True);
    case Py_CONSTANT_ELLIPSIS: return Py_NewRef(Py_Ellipsis);
    case Py_CONSTANT_NOT_IMPLEMENTED: return Py_NewRef(Py_NotImplemented);
    case Py_CONSTANT_ZERO: return PyLong_FromLong(0);
    case Py_CONSTANT_ONE: return PyLong_FromLong(1);
    case Py_CONSTANT_EMPTY_STR: return PyUnicode_New(0, 0);
    case Py_CONSTANT_EMPTY_BYTES: return PyBytes_FromStringAndSize(NULL, 0);
    case Py_CONSTANT_EMPTY_TUPLE: return PyTuple_New(0);
    default: PyErr_BadInternalCall(); return NULL;
    }
}

// A reference to each constant that was asked for: in a heap without small ints, nobody else need have one.
static PyObject *constants[Py_CONSTANT_EMPTY_TUPLE + 1];

static void forget_constants(void) {
    for (size_t k = 0; k < Py_ARRAY_LENGTH(constants); k++) Py_CLEAR(constants[k]);
}

AT_LOAD register_exit(void) { atexit(forget_constants); }

PyObject *Py_GetConstantBorrowed(unsigned int which) {
    if (which < Py_ARRAY_LENGTH(constants) && constants[which]) return constants[which];
    PyObject *o = make_constant(which);
    if (o) constants[which] = o;
    return o;
}

PyObject *Py_GetConstant(unsigned int which) { return Py_XNewRef(Py_GetConstantBorrowed(which)); }

// ---- repr of what contains itself ----

// The objects whose repr is being made, innermost last.
static PyObject **entered;
static size_t entered_count, entered_room;

int Py_ReprEnter(PyObject *o) {
    for (size_t k = 0; k < entered_count; k++)
        if (entered[k] == o) return 1;
    if (entered_count == entered_room) {
        const size_t room = entered_room * 2 + 8;
        PyObject **more = PyMem_Realloc(entered, room * sizeof(PyObject *));
        if (!more) {
            PyErr_NoMemory();
            return -1;
        }
        entered = more;
        entered_room = room;
    }
    entered[entered_count++] = o;
    return 0;
}

void Py_ReprLeave(PyObject *o) {
    for (size_t k = entered_count; k-- > 0;) {
        if (entered[k] != o) continue;
        memmove(entered + k, entered + k + 1, (--entered_count - k) * sizeof(PyObject *));
        break;
    }
    if (entered_count > 0) return;
    PyMem_Free(entered);
    entered = NULL;
    entered_room = 0;
}

// ---- attributes ----

PyObject **_PyObject_GetDictPtr(PyObject *o) {
    const Py_ssize_t offset = Py_TYPE(o)->tp_dictoffset;
    return offset > 0 ? (PyObject **)((char *)o + offset) : NULL;
}

PyObject *PyType_GetDict(PyTypeObject *type) { return Py_XNewRef(type->tp_dict); }

PyObject *_PyType_Lookup(PyTypeObject *type, PyObject *name) {
    for (; type; type = type->tp_base) {
        PyObject *value = type->tp_dict ? PyDict_GetItemWithError(type->tp_dict, name) : NULL;
        if (value) return value;
    }
    PyErr_Clear();
    return NULL;
}

// Adds the keys of a dict to a set.
static int add_keys(PyObject *names, PyObject *dict) {
    PyObject *name, *value;
    for (Py_ssize_t at = 0; dict && PyDict_Next(dict, &at, &name, &value);)
        if (PySet_Add(names, name) < 0) return -1;
    return 0;
}

PyObject *PyObject_Dir(PyObject *o) {
    PyObject *names = PySet_New(NULL), *list = NULL;
    if (!names) return NULL;
    int result = 0;
    if (PyModule_Check(o)) result = add_keys(names, PyModule_GetDict(o));
    PyObject **own = _PyObject_GetDictPtr(o);
    if (result == 0 && own) result = add_keys(names, *own);
    const PyTypeObject *type = PyType_Check(o) ? (PyTypeObject *)o : Py_TYPE(o);
    for (; result == 0 && type; type = type->tp_base) result = add_keys(names, type->tp_dict);
    if (result == 0) list = PySequence_List(names);
    Py_DECREF(names);
    if (list && PyList_Sort(list) < 0) Py_CLEAR(list);
    return list;
}

PyObject *PyObject_Format(PyObject *o, PyObject *format) {
    PyObject *method;
    if (format && !PyUnicode_Check(format)) {
        PyErr_Format(PyExc_SystemError, "Format specifier must be a string, not %.200s", Py_TYPE(format)->tp_name);
        return NULL;
    }
    if (PyObject_GetOptionalAttrString(o, "__format__", &method) < 0) return NULL;
    if (method) {
        PyObject *empty = format ? Py_NewRef(format) : PyUnicode_New(0, 0);
        PyObject *text = empty ? PyObject_CallOneArg(method, empty) : NULL;
        Py_XDECREF(empty);
        Py_DECREF(method);
        if (!text || PyUnicode_Check(text)) return text;
        PyErr_Format(PyExc_TypeError, "__format__ must return a str, not %.200s", Py_TYPE(text)->tp_name);
        Py_DECREF(text);
        return NULL;
    }
    if (!format || PyUnicode_GetLength(format) == 0) return PyObject_Str(o);
    PyErr_Format(PyExc_TypeError, "unsupported format string passed to %.200s.__format__", Py_TYPE(o)->tp_name);
    return NULL;
}

int PyUnstable_Object_IsUniquelyReferenced(PyObject *o) { return Py_REFCNT(o) == 1; }

int PyUnstable_IsImmortal(PyObject *o) { return _Py_IsImmortal(o); }

Py_hash_t PyObject_GenericHash(PyObject *o) { return Py_HashPointer(o); }

Py_hash_t Py_HashPointer(const void *p) {
    const uintptr_t address = (uintptr_t)p;
    const Py_hash_t hash = (Py_hash_t)(address >> 4 | address << (8 * sizeof(address) - 4));
    return hash == -1 ? -2 : hash;
}

// ---- names that a program uses often ----

// Keeps the names alive, because callers of _PyUnicode_FromId get borrowed references.
static PyObject *names;

static void forget(void) { Py_CLEAR(names); }

PyObject *_PyUnicode_FromId(_Py_Identifier *id) {
    if (!names) {
        names = PyDict_New();
        if (!names) return NULL;
        atexit(forget);
    }
    PyObject *name = PyUnicode_InternFromString(id->string);
    if (name && PyDict_SetItem(names, name, name) < 0) Py_CLEAR(name);
    Py_XDECREF(name);
    return name;
}

PyObject *_PyObject_GetAttrId(PyObject *o, _Py_Identifier *id) {
    PyObject *name = _PyUnicode_FromId(id);
    return name ? PyObject_GetAttr(o, name) : NULL;
}

// ---- dicts ----

PyObject *_PyDict_NewPresized(Py_ssize_t n) {
    (void)n;
    return PyDict_New();
}

PyObject *_PyDict_GetItem_KnownHash(PyObject *o, PyObject *key, Py_hash_t hash) {
    (void)hash;
    return PyDict_GetItemWithError(o, key);
}

int _PyDict_SetItem_KnownHash(PyObject *o, PyObject *key, PyObject *value, Py_hash_t hash) {
    (void)hash;
    return PyDict_SetItem(o, key, value);
}

// ---- list[int] ----

// list[int] is list itself, its origin: without Python, nothing uses its arguments.
PyObject *Py_GenericAlias(PyObject *origin, PyObject *args) {
    (void)args;
    return Py_NewRef(origin);
}
