/* Modules: made in one phase or in several, their state and content. */
#include "check.h"

typedef struct {
    PyObject *kept;
    int number;
} State;

static int freed, cleared;

static State *state_of(PyObject *module) { return PyModule_GetState(module); }

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
    Py_VISIT(state_of(module)->kept);
    return 0;
}

static int module_clear(PyObject *module) {
    cleared++;
    Py_CLEAR(state_of(module)->kept);
    return 0;
}

static void module_free(void *module) {
    freed++;
    Py_CLEAR(state_of(module)->kept);
}

static PyObject *number(PyObject *self, PyObject *unused) {
    (void)unused;
    return PyLong_FromLong(state_of(self)->number);
}

static PyMethodDef methods[] = {{"number", number, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

static PyModuleDef single = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "single",
    .m_doc = "One phase.",
    .m_size = sizeof(State),
    .m_methods = methods,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

int test_single_phase(void) {
    freed = cleared = 0;
    PyObject *module = PyModule_Create(&single);
    STEP(module);
    STEP(PyModule_Check(module) && PyModule_CheckExact(module) && PyModule_GetDef(module) == &single &&
         state_of(module)->number == 0);
    state_of(module)->number = 12;
    PyObject *name = PyUnicode_FromString("number"), *result = name ? PyObject_CallMethodNoArgs(module, name) : NULL;
    Py_XDECREF(name);
    const int same = is(result, "12") && strcmp(PyModule_GetName(module), "single") == 0;
    Py_XDECREF(result);
    /* The module and its function refer to each other. */
    const int before = freed;
    Py_DECREF(module);
    STEP(before == 0 && freed == 0 && PyGC_Collect() > 0 && freed == 1 && same);
    return 0;
}

static int make_type(PyObject *module);
static int fill(PyObject *module) { return PyModule_AddIntConstant(module, "PHASE", 2); }
static int exec_fails(PyObject *module) {
    PyErr_SetString(PyExc_ImportError, PyModule_GetName(module));
    return -1;
}
static int exec_lies(PyObject *module) {
    (void)module;
    return -1;
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, fill}, {Py_mod_exec, make_type}, {Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};
static PyModuleDef several = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "several",
    .m_size = sizeof(State),
    .m_slots = slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};
static PyModuleDef_Slot failing_slots[] = {{Py_mod_exec, exec_fails}, {0, NULL}};
static PyModuleDef failing = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "failing", .m_slots = failing_slots};
static PyModuleDef_Slot lying_slots[] = {{Py_mod_exec, exec_lies}, {0, NULL}};
static PyModuleDef lying = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "lying", .m_slots = lying_slots};
static PyModuleDef_Slot strange_slots[] = {{77, NULL}, {0, NULL}};
static PyModuleDef strange = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "strange", .m_slots = strange_slots};

static PyObject *get_number(PyObject *self, PyTypeObject *type, PyObject *const *args, size_t n, PyObject *names) {
    (void)self, (void)args, (void)names;
    State *state = PyType_GetModuleState(type);
    return state ? PyLong_FromLong(state->number + (long)n) : NULL;
}

static PyMethodDef Own_methods[] = {
    {"number", _PyCFunction_CAST(get_number), METH_METHOD | METH_FASTCALL | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyType_Slot Own_slots[] = {{Py_tp_methods, Own_methods}, {0, NULL}};
static PyType_Spec Own_spec = {"several.Own", sizeof(PyObject), 0, 0, Own_slots};

static PyObject *loaded;

static int make_type(PyObject *module) {
    loaded = module;
    state_of(module)->number = 30;
    PyObject *type = PyType_FromModuleAndSpec(module, &Own_spec, NULL);
    if (!type) return -1;
    const int same = PyType_GetModule((PyTypeObject *)type) == module &&
                     PyType_GetModuleByDef((PyTypeObject *)type, &several) == module &&
                     PyType_GetModuleState((PyTypeObject *)type) == state_of(module);
    if (!same) PyErr_SetString(PyExc_SystemError, "another module");
    const int result = same ? PyModule_AddType(module, (PyTypeObject *)type) : -1;
    Py_DECREF(type);
    return result;
}

/* The loader makes it when this is loaded. */
PyMODINIT_FUNC PyInit_several(void) { return PyModuleDef_Init(&several); }

int test_phases(void) {
    STEP(Py_IS_TYPE(&several, &PyModuleDef_Type) && loaded && IS(NEW(PyObject_GetAttrString(loaded, "PHASE")), "2"));
    STEP(PyModule_GetDef(loaded) == &several && strcmp(PyModule_GetName(loaded), "several") == 0);
    PyObject *own = NEW(PyObject_GetAttrString(loaded, "Own")), *op = own ? NEW(PyObject_CallNoArgs(own)) : NULL;
    STEP(op && IS(NEW(PyObject_CallMethod(op, "number", "ii", 1, 2)), "32") &&
         IS(NEW(PyObject_CallMethod(op, "number", NULL)), "30"));
    return 0;
}

int test_exec(void) {
    PyObject *module = NEW(PyModule_New("m"));
    STEP(module);
    STEP(PyModule_ExecDef(module, &failing) == -1 && SAYS(ImportError, "m"));
    STEP(PyModule_ExecDef(module, &lying) == -1 && PyErr_ExceptionMatches(PyExc_SystemError));
    PyErr_Clear();
    STEP(PyModule_ExecDef(module, &strange) == -1 && PyErr_ExceptionMatches(PyExc_SystemError));
    PyErr_Clear();
    STEP(!PyModule_Create(&failing) && PyErr_ExceptionMatches(PyExc_SystemError));
    PyErr_Clear();
    return 0;
}

int test_contents(void) {
    PyObject *name = NEW(PyUnicode_FromString("made"));
    STEP(name);
    PyObject *module = NEW(PyModule_NewObject(name));
    STEP(module && IS(module, "<module 'made'>") && NEW(PyModule_GetNameObject(module)) == name &&
         PyModule_GetDef(module) == NULL);
    STEP(PyModule_GetState(module) == NULL && PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED) == 0);
    STEP(PyModule_AddIntConstant(module, "SEVEN", 7) == 0 && PyModule_AddStringConstant(module, "TEXT", "t") == 0);
    STEP(PyModule_AddIntMacro(module, METH_O) == 0 && PyModule_SetDocString(module, "Made.") == 0);
    PyObject *list = NEW(PyList_New(0));
    STEP(list && PyModule_AddObjectRef(module, "list", list) == 0 && Py_REFCNT(list) == 2);
    STEP(PyModule_Add(module, "list2", Py_NewRef(list)) == 0 && Py_REFCNT(list) == 3);
    Py_INCREF(list);
    if (PyModule_AddObject(module, "list3", list) < 0) {
        Py_DECREF(list);
        return __LINE__;
    }
    STEP(Py_REFCNT(list) == 4);
    STEP(PyModule_AddObjectRef(module, "nothing", NULL) == -1 &&
         SAYS(SystemError, "bad argument to internal function"));
    STEP(PyModule_Add(list, "x", Py_NewRef(list)) == -1 && SAYS(SystemError, "bad argument to internal function") &&
         Py_REFCNT(list) == 4);
    STEP(IS(PyModule_GetDict(module), "{'__name__': 'made', '__doc__': 'Made.', 'SEVEN': 7, 'TEXT': 't', 'METH_O': 8, "
                                      "'list': [], 'list2': [], 'list3': []}"));
    STEP(PyObject_SetAttrString(module, "extra", list) == 0 && PyObject_DelAttrString(module, "extra") == 0);
    STEP(PyObject_DelAttrString(module, "extra") == -1 &&
         SAYS(AttributeError, "module 'made' has no attribute 'extra'"));
    STEP(!PyObject_GetAttrString(module, "extra") && SAYS(AttributeError, "module 'made' has no attribute 'extra'"));
    static PyMethodDef wrong[] = {{"wrong", number, METH_NOARGS | METH_STATIC, NULL}, {NULL, NULL, 0, NULL}};
    STEP(PyModule_AddFunctions(module, wrong) == -1 &&
         SAYS(ValueError, "module functions cannot set METH_CLASS or METH_STATIC"));
    return 0;
}

static PyObject *pair(PyObject *self, PyObject *arg) { return PyTuple_Pack(2, self ? self : Py_None, arg); }
static PyMethodDef pair_method = {"pair", pair, METH_O, NULL};

int test_functions(void) {
    PyObject *list = NEW(PyList_New(0)), *f = NEW(PyCFunction_New(&pair_method, list)),
             *g = NEW(PyCFunction_NewEx(&pair_method, NULL, list));
    STEP(list && f && g);
    STEP(PyCFunction_Check(f) && PyCFunction_CheckExact(f) && PyCFunction_GET_FUNCTION(f) == pair &&
         PyCFunction_GET_SELF(f) == list);
    STEP(PyCFunction_GET_FLAGS(f) == METH_O && PyCFunction_GET_SELF(g) == NULL && PyCallable_Check(g) &&
         !PyCallable_Check(list));
    STEP(IS(NEW(PyObject_CallOneArg(f, Py_True)), "([], True)") &&
         IS(NEW(PyObject_CallOneArg(g, Py_True)), "(None, True)"));
    STEP(IS(g, "<built-in function pair>") && Py_REFCNT(list) == 4);
    PyObject *m = NEW(PyCMethod_New(&pair_method, list, NULL, &PyList_Type));
    STEP(m && IS(NEW(PyObject_CallFunction(m, "i", 3)), "([], 3)") &&
         IS(NEW(PyObject_CallFunction(m, "(i)", 4)), "([], 4)"));
    STEP(!PyObject_CallFunction(m, NULL) && SAYS(TypeError, "list.pair() takes exactly one argument (0 given)"));
    STEP(!PyCFunction_GetSelf(list) && SAYS(SystemError, "bad argument to internal function"));
    STEP(!PyObject_CallMethod(list, "append", "i", 1) && PyErr_ExceptionMatches(PyExc_AttributeError));
    PyErr_Clear();
    STEP(!PyObject_CallNoArgs(list) && SAYS(TypeError, "'list' object is not callable"));
    STEP(IS(NEW(PyObject_CallOneArg((PyObject *)&PyType_Type, list)), "<class 'list'>"));
    STEP(IS(NEW(PyObject_CallOneArg((PyObject *)&PyTuple_Type, list)), "()") &&
         IS(NEW(PyObject_CallNoArgs((PyObject *)&PyDict_Type)), "{}"));
    STEP(IS(NEW(PyObject_CallOneArg((PyObject *)&PyUnicode_Type, Py_True)), "'True'"));
    return 0;
}
