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

/* A static type can't have a managed dict. */
static PyTypeObject StaticType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "managed.Static",
    .tp_basicsize = sizeof(Plain),
    .tp_flags = FLAGS | Py_TPFLAGS_MANAGED_DICT,
    .tp_new = PyType_GenericNew,
    .tp_traverse = plain_traverse,
    .tp_clear = plain_clear,
};

/* A field more than its base: it lies where the base has a managed word, if that is behind the struct. */
typedef struct {
    Plain plain;
    int more[3];
} Longer;

static PyMemberDef longer_members[] = {{"first", Py_T_INT, offsetof(Longer, more[0]), 0, NULL},
                                       {"last", Py_T_INT, offsetof(Longer, more[2]), 0, NULL},
                                       {0}};

/* With functions of its own, and without tp_dealloc. */
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

static void show_derived(PyObject *base, int size, PyMemberDef *more) {
    PyType_Slot slots[] = {{more ? Py_tp_members : 0, more}, {0, NULL}};
    PyType_Spec spec = {"managed.Derived", size, 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};
    PyObject *type = PyType_FromSpecWithBases(&spec, base);
    if (type)
        show_type((PyTypeObject *)type);
    else
        show("derived", NULL);
    Py_XDECREF(type);
}

static PyObject *show_all(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    shown = PyList_New(0);
    if (!shown) return NULL;
    NUMBER(PyType_Ready(&StaticType));
    PyType_Spec untraversed = {"managed.Untraversed", 0, 0, FLAGS, (PyType_Slot[]){{0, NULL}}};
    SHOW(PyType_FromSpec(&untraversed));
    PyType_Spec *specs[] = {&whole_spec, &bare_spec, &dict_spec, &weak_spec};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(specs); k++) {
        PyObject *type = PyType_FromSpec(specs[k]);
        if (!type) return NULL;
        show_type((PyTypeObject *)type);
        // With fields more, and with the struct of the base.
        show_derived(type, sizeof(Longer), longer_members);
        show_derived(type, 0, NULL);
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
