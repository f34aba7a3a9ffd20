/* Fields that are always strings: getters and setters decide what may be stored, and forbid deletion. */
#include <Python.h>
#include <stddef.h>

#include "names.h"

static void Custom_dealloc(PyObject *op) {
    CustomObject *self = (CustomObject *)op;
    PyTypeObject *type = Py_TYPE(op);
    Py_XDECREF(self->first);
    Py_XDECREF(self->last);
    type->tp_free(op);
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) Py_DECREF(type);
}

#ifdef FROM_SPEC

static PyType_Slot slots[] = {
    {Py_tp_doc, "Custom objects"},   {Py_tp_new, Custom_new},
    {Py_tp_init, Custom_init},       {Py_tp_dealloc, Custom_dealloc},
    {Py_tp_members, Custom_members}, {Py_tp_methods, Custom_methods},
    {Py_tp_getset, Custom_getset},   {0, NULL},
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
    .tp_getset = Custom_getset,
};

#endif

#define DOC "A module with a type whose fields are checked."
#include "module.h"
