/* The simplest type: its instances have no fields. */
#include <Python.h>

typedef struct {
    PyObject_HEAD
} CustomObject;

#ifdef FROM_SPEC

static PyType_Slot slots[] = {
    {Py_tp_doc, "Custom objects"},
    {Py_tp_new, PyType_GenericNew},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "custom.Custom",
    .basicsize = sizeof(CustomObject),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = slots,
};

#else

static PyTypeObject CustomType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "custom.Custom",
    .tp_doc = PyDoc_STR("Custom objects"),
    .tp_basicsize = sizeof(CustomObject),
    .tp_itemsize = 0,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
};

#endif

#define DOC "A module with a type that has no fields."
#include "module.h"
