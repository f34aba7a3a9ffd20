// Types whose instances have a dict and weak references that the interpreter keeps. CPython and a heap must show the same.

#include "show.h"

static int deallocated;

typedef struct {
    PyObject_HEAD
    int state;
} Plain;

static int plain_traverse(PyObject *o, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(o));
    return PyObject_VisitManagedDict(o, visit, arg);
}

static int plain_clear(PyObject *o) {
    PyObject_ClearManagedDict(o);
    return 0;
}

static void plain_dealloc(PyObject *o) {
    PyTypeObject *type = Py_TYPE(o);
    deallocated++;
    PyObject_GC_UnTrack(o);
    PyObject_ClearWeakRefs(o);
    PyObject_ClearManagedDict(o);
    type->tp_free(o);
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) Py_DECREF(type);
}

static PyMemberDef members[] = {{"state", Py_T_INT, offsetof(Plain, state), 0, NULL}, {0}};
static PyGetSetDef getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {0}};

#define MANAGED (Py_TPFLAGS_MANAGED_DICT | Py_TPFLAGS_MANAGED_WEAKREF)
#define FLAGS (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC)

static PyTypeObject PlainType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "managed.Plain",
    .tp_basicsize = sizeof(Plain),
    .tp_flags = FLAGS | MANAGED,
    .tp_new = PyType_GenericNew,
    .tp_traverse = plain_traverse,
    .tp_clear = plain_clear,
    .tp_dealloc = plain_dealloc,
    .tp_members = members,
    .tp_getset = getset,
};

/* A field more than its base: it lies where the base has a managed word, if that is behind the struct. */
typedef struct {
    Plain plain;
    int more[3];
} Longer;

static PyMemberDef longer_members[] = {{"first", Py_T_INT, offsetof(Longer, more[0]), 0, NULL},
                                       {"last", Py_T_INT, offsetof(Longer, more[2]), 0, NULL},
                                       {0}};

static PyTypeObject LongerType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "managed.Longer",
    .tp_basicsize = sizeof(Longer),
    .tp_flags = FLAGS,
    .tp_base = &PlainType,
    .tp_new = PyType_GenericNew,
    .tp_members = longer_members,
};

/* The struct of the base. */
static PyTypeObject SameType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "managed.Same", .tp_base = &PlainType,
                                .tp_flags = FLAGS, .tp_new = PyType_GenericNew};

/* From a specification: with functions of its own, and without tp_dealloc. */
static PyType_Slot whole_slots[] = {{Py_tp_new, PyType_GenericNew},
                                    {Py_tp_traverse, plain_traverse},
                                    {Py_tp_clear, plain_clear},
                                    {Py_tp_dealloc, plain_dealloc},
                                    {Py_tp_members, members},
                                    {Py_tp_getset, getset},
                                    {0, NULL}};
static PyType_Spec whole_spec = {"managed.Whole", sizeof(Plain), 0, FLAGS | MANAGED, whole_slots};
static PyType_Slot bare_slots[] = {{Py_tp_new, PyType_GenericNew}, {Py_tp_traverse, plain_traverse},
                                   {Py_tp_clear, plain_clear},     {Py_tp_members, members},
                                   {Py_tp_getset, getset},         {0, NULL}};
static PyType_Spec bare_spec = {"managed.Bare", sizeof(Plain), 0, FLAGS | MANAGED, bare_slots};

/* Only one of the two. */
static PyType_Slot dict_slots[] = {{Py_tp_new, PyType_GenericNew},
                                   {Py_tp_traverse, plain_traverse},
                                   {Py_tp_clear, plain_clear},
                                   {Py_tp_getset, getset},
                                   {0, NULL}};
static PyType_Spec dict_spec = {"managed.WithDict", sizeof(Plain), 0, FLAGS | Py_TPFLAGS_MANAGED_DICT, dict_slots};
static PyType_Slot weak_slots[] = {{Py_tp_new, PyType_GenericNew}, {Py_tp_traverse, plain_traverse}, {0, NULL}};
static PyType_Spec weak_spec = {"managed.WithWeak", sizeof(Plain), 0, FLAGS | Py_TPFLAGS_MANAGED_WEAKREF, weak_slots};

static int set_int(PyObject *o, const char *name, long value) {
    PyObject *number = PyLong_FromLong(value);
    const int done = number ? PyObject_SetAttrString(o, name, number) : -1;
    Py_XDECREF(number);
    return done;
}

static PyObject *referent(PyObject *ref) {
    PyObject *found = NULL;
    if (PyWeakref_GetRef(ref, &found) < 0) return NULL;
    PyObject *name = PyUnicode_FromString(found ? Py_TYPE(found)->tp_name : "dead");
    Py_XDECREF(found);
    return name;
}

static void show_type(PyTypeObject *type) {
    PyObject *o = PyObject_CallNoArgs((PyObject *)type);
    if (!o) return show("a new one", NULL);
    const int before = deallocated;
    NUMBER(set_int(o, "own", 7));
    SHOW(PyObject_GetAttrString(o, "own"));
    SHOW(PyObject_GetAttrString(o, "other"));
    SHOW(PyObject_GenericGetDict(o, NULL));
    NUMBER(set_int(o, "state", 11));
    NUMBER(set_int(o, "first", 12));
    NUMBER(set_int(o, "last", 13));
    SHOW(PyObject_GetAttrString(o, "__dict__"));
    SHOW(PyObject_GetAttrString(o, "state"));
    SHOW(PyObject_GetAttrString(o, "last"));
    NUMBER(PyObject_DelAttrString(o, "own"));
    SHOW(PyObject_GetAttrString(o, "own"));
    PyObject *ref = PyWeakref_NewRef(o, NULL);
    if (!ref) show("weakly", NULL);
    if (ref) SHOW(referent(ref));
    SHOW(PyObject_GetAttrString(o, "__dict__"));
    Py_DECREF(o);
    if (ref) SHOW(referent(ref));
    NUMBER(deallocated - before);
    Py_XDECREF(ref);
    // An object that its own dict holds is garbage, which only the collector finds.
    o = PyObject_CallNoArgs((PyObject *)type);
    ref = o ? PyWeakref_NewRef(o, NULL) : NULL;
    PyErr_Clear();
    NUMBER(o ? PyObject_SetAttrString(o, "itself", o) : -2);
    Py_XDECREF(o);
    PyGC_Collect();
    if (ref) SHOW(referent(ref));
    NUMBER(deallocated - before);
    Py_XDECREF(ref);
}

static PyObject *show_all(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    shown = PyList_New(0);
    if (!shown) return NULL;
    PyTypeObject *ready[] = {&PlainType, &LongerType, &SameType};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(ready); k++) {
        if (PyType_Ready(ready[k]) < 0) return NULL;
        show_type(ready[k]);
    }
    PyType_Spec *specs[] = {&whole_spec, &bare_spec, &dict_spec, &weak_spec};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(specs); k++) {
        PyObject *type = PyType_FromSpec(specs[k]);
        if (!type) return NULL;
        show_type((PyTypeObject *)type);
        PyObject *derived =
            PyType_FromSpecWithBases(&(PyType_Spec){"managed.Derived", sizeof(Longer), 0, FLAGS,
                                                    (PyType_Slot[]){{Py_tp_members, longer_members}, {0, NULL}}},
                                     type);
        if (derived)
            show_type((PyTypeObject *)derived);
        else
            show("derived", NULL);
        Py_XDECREF(derived);
        Py_DECREF(type);
    }
    PyGC_Collect();
    PyObject *result = shown;
    shown = NULL;
    return result;
}

static PyMethodDef methods[] = {{"show", show_all, METH_NOARGS, NULL}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "managed", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_managed(void) { return PyModule_Create(&module); }
