// Types of which a heap has no objects, because no program in Python runs on it: functions in Python, their frames, complex numbers and
// so on. C code asks whether an object is one of these; the answer is no.

#include "objects.h"

#define ABSENT(variable, name) \
    PyTypeObject variable = { \
        PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = name, \
        .tp_basicsize = sizeof(PyObject), \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, \
    };

#define TYPES(X) \
    X(PyFunction_Type, "function") \
    X(PyMethod_Type, "method") \
    X(PyInstanceMethod_Type, "instancemethod") \
    X(PyClassMethod_Type, "classmethod") \
    X(PyStaticMethod_Type, "staticmethod") \
    X(PyProperty_Type, "property") \
    X(PySuper_Type, "super") \
    X(PyComplex_Type, "complex") \
    X(PyRange_Type, "range") \
    X(PyEnum_Type, "enumerate") \
    X(PyReversed_Type, "reversed") \
    X(PyMap_Type, "map") \
    X(PyFilter_Type, "filter") \
    X(PyZip_Type, "zip") \
    X(PyCode_Type, "code") \
    X(PyFrame_Type, "frame") \
    X(PyTraceBack_Type, "traceback") \
    X(PyGen_Type, "generator") \
    X(PyCoro_Type, "coroutine") \
    X(PyAsyncGen_Type, "async_generator") \
    X(PyCell_Type, "cell") \
    X(PyDictProxy_Type, "mappingproxy") \
    X(PyDictKeys_Type, "dict_keys") \
    X(PyDictValues_Type, "dict_values") \
    X(PyDictItems_Type, "dict_items") \
    X(PyODict_Type, "OrderedDict") \
    X(PyContext_Type, "_contextvars.Context") \
    X(PyContextVar_Type, "_contextvars.ContextVar") \
    X(PyPickleBuffer_Type, "_pickle.PickleBuffer") \
    X(Py_GenericAliasType, "types.GenericAlias") \
    X(_PyUnion_Type, "typing.Union") \
    X(PyWrapperDescr_Type, "wrapper_descriptor") \
    X(PyClassMethodDescr_Type, "classmethod_descriptor") \
    X(_PyWeakref_ProxyType, "weakref.ProxyType") \
    X(_PyWeakref_CallableProxyType, "weakref.CallableProxyType")

TYPES(ABSENT)

#define ADDRESS(variable, name) &variable,
AT_LOAD ready(void) {
    static PyTypeObject *const types[] = {TYPES(ADDRESS)};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(types); k++)
        if (PyType_Ready(types[k]) < 0) return;
}
