/* Fields: two strings and a number, as members that accept any value; a constructor, and a method. */
#include <Python.h>
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *first;
    PyObject *last;
    int number;
} CustomObject;

static void Custom_dealloc(PyObject *op) {
    CustomObject *self = (CustomObject *)op;
    PyTypeObject *type = Py_TYPE(op);
    Py_XDECREF(self->first);
    Py_XDECREF(self->last);
    type->tp_free(op);
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) Py_DECREF(type);
}

static PyObject *Custom_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)args, (void)kwargs;
    CustomObject *self = (CustomObject *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->first = PyUnicode_FromString("");
    self->last = self->first ? PyUnicode_FromString("") : NULL;
    if (!self->last) {
        Py_DECREF(self);
        return NULL;
    }
    self->number = 0;
    return (PyObject *)self;
}

static int Custom_init(PyObject *op, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"first", "last", "number", NULL};
    CustomObject *self = (CustomObject *)op;
    PyObject *first = NULL, *last = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOi", names, &first, &last, &self->number)) return -1;
    if (first) Py_XSETREF(self->first, Py_NewRef(first));
    if (last) Py_XSETREF(self->last, Py_NewRef(last));
    return 0;
}

static PyMemberDef Custom_members[] = {
    {"first", Py_T_OBJECT_EX, offsetof(CustomObject, first), 0, "first name"},
    {"last", Py_T_OBJECT_EX, offsetof(CustomObject, last), 0, "last name"},
    {"number", Py_T_INT, offsetof(CustomObject, number), 0, "custom number"},
    {NULL, 0, 0, 0, NULL},
};

static PyObject *Custom_name(PyObject *op, PyObject *unused) {
    (void)unused;
    CustomObject *self = (CustomObject *)op;
    const char *missing = !self->first ? "first" : !self->last ? "last" : NULL;
    if (missing) {
        PyErr_SetString(PyExc_AttributeError, missing);
        return NULL;
    }
    return PyUnicode_FromFormat("%S %S", self->first, self->last);
}

static PyMethodDef Custom_methods[] = {
    {"name", Custom_name, METH_NOARGS, "Return the name, combining the first and last name"},
    {NULL, NULL, 0, NULL},
};

#ifdef FROM_SPEC

static PyType_Slot slots[] = {
    {Py_tp_doc, "Custom objects"},
    {Py_tp_new, Custom_new},
    {Py_tp_init, Custom_init},
    {Py_tp_dealloc, Custom_dealloc},
    {Py_tp_members, Custom_members},
    {Py_tp_methods, Custom_methods},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "custom.Custom",
    .basicsize = sizeof(CustomObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

#else

static PyTypeObject CustomType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "custom.Custom",
    .tp_doc = PyDoc_STR("Custom objects"),
    .tp_basicsize = sizeof(CustomObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = Custom_new,
    .tp_init = Custom_init,
    .tp_dealloc = Custom_dealloc,
    .tp_members = Custom_members,
    .tp_methods = Custom_methods,
};

#endif

#define DOC "A module with a type that has fields."
#include "module.h"
