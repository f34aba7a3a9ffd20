/* What differs from CPython and what does not exist: docs/c-api.md lists it. */
#include "check.h"

int test_empty_places(void) {
    PyObject *tuple = NEW(PyTuple_New(1)), *list = NEW(PyList_New(1));
    STEP(IS(tuple, "(None,)") && IS(list, "[None]"));
    PyObject *e = NEW(PyObject_CallNoArgs(PyExc_ValueError));
    PyBaseExceptionObject *fields = (PyBaseExceptionObject *)e;
    STEP(e && fields->context == Py_None && fields->cause == Py_None && fields->traceback == Py_None);
    STEP(!PyException_GetContext(e) && !PyException_GetCause(e));
    return 0;
}

int test_names_of_exceptions(void) {
    PyTypeObject *type = (PyTypeObject *)NEW(PyErr_NewException("differences.Error", NULL, NULL));
    STEP(type && strcmp(type->tp_name, "differences.Error") == 0);
    STEP(IS(NEW(PyObject_GetAttrString((PyObject *)type, "__name__")), "'Error'") &&
         IS(NEW(PyObject_GetAttrString((PyObject *)type, "__module__")), "'differences'"));
    return 0;
}

int test_built_in_types(void) {
    STEP(!PyBool_Type.tp_new && !PyList_Type.tp_methods && !PyBytes_Type.tp_as_buffer);
    PyObject *list = NEW(PyList_New(0)), *type = (PyObject *)&PyList_Type;
    STEP(list);
    FAILS(PyObject_CallMethod(list, "append", "i", 1), AttributeError, "'list' object has no attribute 'append'");
    FAILS(PyObject_GetAttrString(list, "__len__"), AttributeError, "'list' object has no attribute '__len__'");
    FAILS(PyObject_GetAttrString(type, "__init__"), AttributeError, "type object 'list' has no attribute '__init__'");
    FAILS(PyObject_GetAttrString(type, "__dict__"), AttributeError, "type object 'list' has no attribute '__dict__'");
    return 0;
}

static PyTypeObject OfType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "differences.OfType", .tp_base = &PyType_Type};

int test_classes(void) {
    FAILS_NUMBER(PyType_Ready(&OfType), TypeError, "type 'type' is not an acceptable base type");
    PyObject *type = (PyObject *)&PyType_Type;
    FAILS(PyObject_CallFunction(type, "s(){}", "Made"), TypeError, "cannot create 'type' instances");
    PyObject *n = NEW(PyLong_FromLong(1234));
    STEP(n && NEW(PyObject_CallOneArg(type, n)) == (PyObject *)&PyLong_Type);
    return 0;
}

int test_iterators(void) {
    PyObject *list = NEW(PyList_New(0)), *set = NEW(PySet_New(NULL));
    STEP(list && set);
    PyObject *a = NEW(PyObject_GetIter(list)), *b = NEW(PyObject_GetIter(set));
    STEP(a && b && Py_TYPE(a) == Py_TYPE(b) && strcmp(Py_TYPE(a)->tp_name, "iterator") == 0);
    return 0;
}
