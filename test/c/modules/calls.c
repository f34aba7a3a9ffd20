/* Functions with every calling convention, and types whose functions are called in every way. */
#include <Python.h>

static PyObject *nothing(PyObject *self, PyObject *args) {
    (void)self;
    return args ? NULL : PyLong_FromLong(7);
}

static PyObject *same(PyObject *self, PyObject *arg) {
    (void)self;
    return Py_NewRef(arg);
}

static PyObject *count(PyObject *self, PyObject *args) {
    (void)self;
    return PyLong_FromSsize_t(PyTuple_Size(args));
}

static PyObject *keywords(PyObject *self, PyObject *args, PyObject *kwargs) {
    (void)self;
    PyObject *both = PyTuple_New(2);
    if (!both) return NULL;
    PyTuple_SetItem(both, 0, Py_NewRef(args));
    PyTuple_SetItem(both, 1, kwargs ? Py_NewRef(kwargs) : Py_None);
    return both;
}

static PyObject *fast(PyObject *self, PyObject *const *args, Py_ssize_t n) {
    (void)self;
    long sum = 0;
    for (Py_ssize_t k = 0; k < n; k++) sum = sum * 10 + PyLong_AsLong(args[k]);
    return PyErr_Occurred() ? NULL : PyLong_FromLong(sum);
}

static PyObject *fast_keywords(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *kwnames) {
    (void)self;
    Py_ssize_t named = kwnames ? PyTuple_Size(kwnames) : 0;
    PyObject *list = PyList_New(0);
    for (Py_ssize_t k = 0; list && k < n + named; k++) {
        if (PyList_Append(list, args[k]) < 0) Py_CLEAR(list);
    }
    for (Py_ssize_t k = 0; list && k < named; k++) {
        if (PyList_Append(list, PyTuple_GetItem(kwnames, k)) < 0) Py_CLEAR(list);
    }
    return list;
}

static PyObject *fail(PyObject *self, PyObject *arg) {
    (void)self;
    PyErr_SetObject(PyExc_ValueError, arg);
    return NULL;
}

static PyObject *silent(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    return NULL;
}

static PyObject *loud(PyObject *self, PyObject *args) {
    (void)self, (void)args;
    PyErr_SetString(PyExc_KeyError, "left");
    return Py_None;
}

/* callable(*args) of a callable and a tuple, through the different ways to call. */
static PyObject *through(PyObject *self, PyObject *const *args, Py_ssize_t n) {
    (void)self;
    if (n != 3) return PyErr_Format(PyExc_TypeError, "three"), NULL;
    long way = PyLong_AsLong(args[0]);
    PyObject *f = args[1], *t = args[2];
    switch (way) {
    case 0: return PyObject_Call(f, t, NULL);
    case 1: return PyObject_CallObject(f, t);
    case 2: return PyObject_CallNoArgs(f);
    case 3: return PyObject_CallOneArg(f, PyTuple_GetItem(t, 0));
    case 4: return PyObject_CallFunctionObjArgs(f, PyTuple_GetItem(t, 0), PyTuple_GetItem(t, 1), NULL);
    case 5: {
        PyObject *row[] = {NULL, PyTuple_GetItem(t, 0), PyTuple_GetItem(t, 1)};
        return PyObject_Vectorcall(f, row + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    case 6: {
        PyObject *row[] = {PyTuple_GetItem(t, 0)};
        PyObject *kwargs = PyDict_New();
        if (!kwargs || PyDict_SetItemString(kwargs, "key", PyTuple_GetItem(t, 1)) < 0) return NULL;
        PyObject *result = PyObject_VectorcallDict(f, row, 1, kwargs);
        Py_DECREF(kwargs);
        return result;
    }
    case 7: {
        PyObject *row[] = {PyTuple_GetItem(t, 0), PyTuple_GetItem(t, 1)};
        PyObject *names = PyTuple_New(1);
        if (!names) return NULL;
        PyTuple_SetItem(names, 0, PyUnicode_FromString("key"));
        PyObject *result = PyObject_Vectorcall(f, row, 1, names);
        Py_DECREF(names);
        return result;
    }
    case 8: {
        PyObject *kwargs = PyDict_New();
        if (!kwargs || PyDict_SetItemString(kwargs, "key", Py_True) < 0) return NULL;
        PyObject *result = PyObject_Call(f, t, kwargs);
        Py_DECREF(kwargs);
        return result;
    }
    default: return PyBool_FromLong(PyCallable_Check(f));
    }
}

/* object.name(...), through the different ways to call a method. */
static PyObject *method(PyObject *self, PyObject *const *args, Py_ssize_t n) {
    (void)self, (void)n;
    PyObject *o = args[1], *name = args[2];
    switch (PyLong_AsLong(args[0])) {
    case 0: return PyObject_CallMethodNoArgs(o, name);
    case 1: return PyObject_CallMethodOneArg(o, name, args[3]);
    case 2: return PyObject_CallMethodObjArgs(o, name, args[3], NULL);
    default: {
        PyObject *row[] = {o, args[3]};
        return PyObject_VectorcallMethod(name, row, 2, NULL);
    }
    }
}

/* ---- a type whose instances count ---- */

typedef struct {
    PyObject_HEAD
    long count;
} Counter;

static PyTypeObject CounterType;

static PyObject *Counter_add(PyObject *self, PyObject *arg) {
    long by = PyLong_AsLong(arg);
    if (by == -1 && PyErr_Occurred()) return NULL;
    return PyLong_FromLong(((Counter *)self)->count += by);
}

static PyObject *Counter_make(PyObject *type, PyObject *args) {
    (void)args;
    PyObject *o = PyObject_CallNoArgs(type);
    if (o) ((Counter *)o)->count = 100;
    return o;
}

static PyObject *Counter_double(PyObject *self, PyObject *arg) {
    if (self) return NULL;
    return PyLong_FromLong(2 * PyLong_AsLong(arg));
}

static PyObject *Counter_call(PyObject *self, PyObject *args, PyObject *kwargs) {
    (void)kwargs;
    return PyLong_FromSsize_t(((Counter *)self)->count + PyTuple_Size(args));
}

static PyMethodDef Counter_methods[] = {
    {"add", Counter_add, METH_O, PyDoc_STR("adds")},
    {"make", Counter_make, METH_NOARGS | METH_CLASS, NULL},
    {"double", Counter_double, METH_O | METH_STATIC, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject CounterType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "calls.Counter",
    .tp_basicsize = sizeof(Counter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_call = Counter_call,
    .tp_methods = Counter_methods,
    .tp_new = PyType_GenericNew,
};

static PyTypeObject ChildType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "calls.Child",
    .tp_base = &CounterType,
};

static PyMethodDef methods[] = {
    {"nothing", nothing, METH_NOARGS, PyDoc_STR("answers 7")},
    {"same", same, METH_O, "same(x): x"},
    {"count", count, METH_VARARGS, NULL},
    {"keywords", _PyCFunction_CAST(keywords), METH_VARARGS | METH_KEYWORDS, NULL},
    {"fast", _PyCFunction_CAST(fast), METH_FASTCALL, NULL},
    {"fast_keywords", _PyCFunction_CAST(fast_keywords), METH_FASTCALL | METH_KEYWORDS, NULL},
    {"fail", fail, METH_O, NULL},
    {"silent", silent, METH_NOARGS, NULL},
    {"loud", loud, METH_NOARGS, NULL},
    {"through", _PyCFunction_CAST(through), METH_FASTCALL, NULL},
    {"method", _PyCFunction_CAST(method), METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "calls", .m_doc = "Calls.", .m_size = -1, .m_methods = methods,
};

PyMODINIT_FUNC PyInit_calls(void) {
    PyObject *module = PyModule_Create(&definition);
    if (!module) return NULL;
    if (PyModule_AddType(module, &CounterType) < 0 || PyModule_AddType(module, &ChildType) < 0 ||
        PyModule_AddIntConstant(module, "ANSWER", 42) < 0 || PyModule_AddStringConstant(module, "TEXT", "text") < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
