/* Cycles: a name can be any object, even one that refers to this object. So the collector must see it. */
#include <Python.h>
#include <stddef.h>

#define IS_NAME(op) 1
#include "names.h"

static int Custom_traverse(PyObject *op, visitproc visit, void *arg) {
    CustomObject *self = (CustomObject *)op;
    if (PyType_HasFeature(Py_TYPE(op), Py_TPFLAGS_HEAPTYPE)) Py_VISIT(Py_TYPE(op));
    Py_VISIT(self->first);
    Py_VISIT(self->last);
    return 0;
}

static int Custom_clear(PyObject *op) {
    CustomObject *self = (CustomObject *)op;
    Py_CLEAR(self->first);
    Py_CLEAR(self->last);
    return 0;
}

static void Custom_dealloc(PyObject *op) {
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    (void)Custom_clear(op);
    type->tp_free(op);
    if (PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE)) Py_DECREF(type);
}

#ifdef FROM_SPEC

static PyType_Slot slots[] = {
    {Py_tp_doc, "Custom objects"},     {Py_tp_new, Custom_new},
    {Py_tp_init, Custom_init},         {Py_tp_dealloc, Custom_dealloc},
    {Py_tp_traverse, Custom_traverse}, {Py_tp_clear, Custom_clear},
    {Py_tp_members, Custom_members},   {Py_tp_methods, Custom_methods},
    {Py_tp_getset, Custom_getset},     {0, NULL},
};

static PyType_Spec spec = {
    .name = "custom.Custom",
    .basicsize = sizeof(CustomObject),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .slots = slots,
};

#else

static PyTypeObject CustomType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "custom.Custom",
    .tp_doc = PyDoc_STR("Custom objects"),
    .tp_basicsize = sizeof(CustomObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_new = Custom_new,
    .tp_init = Custom_init,
    .tp_dealloc = Custom_dealloc,
    .tp_traverse = Custom_traverse,
    .tp_clear = Custom_clear,
    .tp_members = Custom_members,
    .tp_methods = Custom_methods,
    .tp_getset = Custom_getset,
};

#endif

#define DOC "A module with a type that can be in cycles."
#include "module.h"
