/* A type in C, used from TypeScript: pyheap cc tally.c, then docs/c-extensions.md. A Tally counts the objects that it
   is shown. */
#include <Python.h>
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *counts; /* how often each object was shown: a dict */
    Py_ssize_t total;
} Tally;

static PyObject *Tally_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *no_names[] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, ":Tally", no_names)) return NULL;
    Tally *self = (Tally *)type->tp_alloc(type, 0);
    if (self && !(self->counts = PyDict_New())) Py_CLEAR(self);
    return (PyObject *)self;
}

/* tally.show(what): returns how often it was shown so far. */
static PyObject *Tally_show(PyObject *op, PyObject *what) {
    Tally *self = (Tally *)op;
    PyObject *before = PyDict_GetItemWithError(self->counts, what);
    if (!before && PyErr_Occurred()) return NULL;
    PyObject *now = PyLong_FromLong(before ? PyLong_AsLong(before) + 1 : 1);
    if (!now || PyDict_SetItem(self->counts, what, now) < 0) {
        Py_XDECREF(now);
        return NULL;
    }
    self->total++;
    return now;
}

static Py_ssize_t Tally_length(PyObject *op) { return PyDict_Size(((Tally *)op)->counts); }

/* An object that is shown can refer to the tally, so the collector must see what the tally refers to. */
static int Tally_traverse(PyObject *op, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(((Tally *)op)->counts);
    return 0;
}

static int Tally_clear(PyObject *op) {
    Py_CLEAR(((Tally *)op)->counts);
    return 0;
}

static void Tally_dealloc(PyObject *op) {
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    Tally_clear(op);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyMethodDef Tally_methods[] = {{"show", Tally_show, METH_O, "counts one more"}, {NULL, NULL, 0, NULL}};

static PyMemberDef Tally_members[] = {
    {"counts", Py_T_OBJECT_EX, offsetof(Tally, counts), Py_READONLY, "how often each was shown"},
    {"total", Py_T_PYSSIZET, offsetof(Tally, total), Py_READONLY, "how much was shown"},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot Tally_slots[] = {
    {Py_tp_new, Tally_new},           {Py_tp_dealloc, Tally_dealloc},
    {Py_tp_traverse, Tally_traverse}, {Py_tp_clear, Tally_clear},
    {Py_tp_methods, Tally_methods},   {Py_tp_members, Tally_members},
    {Py_mp_length, Tally_length},     {0, NULL},
};

static PyType_Spec Tally_spec = {"tally.Tally", sizeof(Tally), 0, Py_TPFLAGS_HAVE_GC, Tally_slots};

static int tally_exec(PyObject *module) {
    return PyModule_Add(module, "Tally", PyType_FromModuleAndSpec(module, &Tally_spec, NULL));
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, tally_exec}, {0, NULL}};
static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "tally", .m_slots = slots};

PyMODINIT_FUNC PyInit_tally(void) { return PyModuleDef_Init(&definition); }
