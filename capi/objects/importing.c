// Imports: the modules that are loaded onto the heap, and small ones named builtins, sys and datetime.

#include "objects.h"

// sys.modules
static PyObject *modules;

static void forget(void) { Py_CLEAR(modules); }

AT_LOAD ready(void) {
    modules = PyDict_New();
    atexit(forget);
}

// ---- for the linker ----

// Makes it known that a module is loaded under a name; or, with NULL, that it no longer is. -1 with an error.
int pyheap_enter_module(const char *name, PyObject *module) {
    if (module) return PyDict_SetItemString(modules, name, module);
    if (PyDict_PopString(modules, name, NULL) < 0) return -1;
    return 0;
}

// ---- the modules builtins, sys and datetime ----

static int fill_builtins(PyObject *module) {
    static const struct {
        const char *name;
        PyTypeObject *type;
    } types[] = {
        {"object", &PyBaseObject_Type},
        {"type", &PyType_Type},
        {"bool", &PyBool_Type},
        {"int", &PyLong_Type},
        {"float", &PyFloat_Type},
        {"str", &PyUnicode_Type},
        {"bytes", &PyBytes_Type},
        {"tuple", &PyTuple_Type},
        {"list", &PyList_Type},
        {"dict", &PyDict_Type},
        {"set", &PySet_Type},
        {"frozenset", &PyFrozenSet_Type},
        {"slice", &PySlice_Type},
        {"bytearray", &PyByteArray_Type},
        {"memoryview", &PyMemoryView_Type},
    };
    static PyObject **const exceptions[] = {
        &PyExc_BaseException,
        &PyExc_Exception,
        &PyExc_ArithmeticError,
        &PyExc_AssertionError,
        &PyExc_AttributeError,
        &PyExc_BufferError,
        &PyExc_EOFError,
        &PyExc_ImportError,
        &PyExc_ModuleNotFoundError,
        &PyExc_IndexError,
        &PyExc_KeyError,
        &PyExc_LookupError,
        &PyExc_MemoryError,
        &PyExc_NameError,
        &PyExc_NotImplementedError,
        &PyExc_OSError,
        &PyExc_OverflowError,
        &PyExc_RecursionError,
        &PyExc_ReferenceError,
        &PyExc_RuntimeError,
        &PyExc_StopIteration,
        &PyExc_SystemError,
        &PyExc_TypeError,
        &PyExc_UnicodeDecodeError,
        &PyExc_UnicodeEncodeError,
        &PyExc_UnicodeError,
        &PyExc_ValueError,
        &PyExc_ZeroDivisionError,
        &PyExc_Warning,
        &PyExc_DeprecationWarning,
        &PyExc_RuntimeWarning,
        &PyExc_UserWarning,
    };
    for (size_t k = 0; k < Py_ARRAY_LENGTH(types); k++)
        if (PyModule_AddObjectRef(module, types[k].name, (PyObject *)types[k].type) < 0) return -1;
    for (size_t k = 0; k < Py_ARRAY_LENGTH(exceptions); k++) {
        PyObject *type = *exceptions[k];
        if (PyModule_AddObjectRef(module, PyExceptionClass_Name(type), type) < 0) return -1;
    }
    if (PyModule_AddObjectRef(module, "None", Py_None) < 0 ||
        PyModule_AddObjectRef(module, "Ellipsis", Py_Ellipsis) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "NotImplemented", Py_NotImplemented);
}

static int fill_sys(PyObject *module) {
    if (PyModule_AddIntConstant(module, "hexversion", PY_VERSION_HEX) < 0) return -1;
    if (PyModule_AddIntConstant(module, "maxsize", PY_SSIZE_T_MAX) < 0) return -1;
    if (PyModule_AddIntConstant(module, "maxunicode", 0x10ffff) < 0) return -1;
    if (PyModule_AddStringConstant(module, "version", PY_VERSION " (pyheap)") < 0) return -1;
    if (PyModule_AddStringConstant(module, "byteorder", "little") < 0) return -1;
    if (PyModule_AddStringConstant(module, "platform", "emscripten") < 0) return -1;
    if (PyModule_Add(module, "version_info",
                     Py_BuildValue("(iiisi)", PY_MAJOR_VERSION, PY_MINOR_VERSION, PY_MICRO_VERSION, "final", 0)) < 0)
        return -1;
    return PyModule_AddObjectRef(module, "modules", modules);
}

// Makes one of these three modules when it is first asked for: a borrowed reference; NULL with an error, or without one for any other name.
static PyObject *made(const char *name) {
    static const struct {
        const char *name;
        int (*fill)(PyObject *);
    } known[] = {{"builtins", fill_builtins}, {"sys", fill_sys}, {"datetime", pyheap_fill_datetime}};
    int (*fill)(PyObject *) = NULL;
    for (size_t k = 0; k < Py_ARRAY_LENGTH(known); k++)
        if (strcmp(name, known[k].name) == 0) fill = known[k].fill;
    if (!fill) return NULL;
    PyObject *module = PyModule_New(name);
    if (module && (fill(module) < 0 || PyDict_SetItemString(modules, name, module) < 0)) Py_CLEAR(module);
    Py_XDECREF(module);
    return module;
}

// ---- PyImport_* ----

PyObject *PyImport_GetModuleDict(void) { return modules; }

PyObject *PyImport_GetModule(PyObject *name) { return Py_XNewRef(PyDict_GetItemWithError(modules, name)); }

PyObject *PyImport_Import(PyObject *name) {
    PyObject *module = PyImport_GetModule(name);
    if (module || PyErr_Occurred()) return module;
    const char *text = PyUnicode_AsUTF8(name);
    module = text ? made(text) : NULL;
    if (!module && !PyErr_Occurred()) PyErr_Format(PyExc_ModuleNotFoundError, "No module named %R", name);
    return Py_XNewRef(module);
}

PyObject *PyImport_ImportModule(const char *name) {
    PyObject *text = PyUnicode_FromString(name);
    PyObject *module = text ? PyImport_Import(text) : NULL;
    Py_XDECREF(text);
    return module;
}

PyObject *PyImport_ImportModuleNoBlock(const char *name) { return PyImport_ImportModule(name); }

PyObject *PyImport_ImportModuleLevelObject(PyObject *name, PyObject *globals, PyObject *locals, PyObject *names,
                                           int level) {
    (void)globals, (void)locals, (void)names;
    if (level == 0) return PyImport_Import(name);
    PyErr_SetString(PyExc_ImportError, "attempted relative import with no known parent package");
    return NULL;
}

PyObject *PyImport_ImportModuleLevel(const char *name, PyObject *globals, PyObject *locals, PyObject *names,
                                     int level) {
    PyObject *text = PyUnicode_FromString(name);
    PyObject *module = text ? PyImport_ImportModuleLevelObject(text, globals, locals, names, level) : NULL;
    Py_XDECREF(text);
    return module;
}

PyObject *PyImport_ImportModuleAttr(PyObject *name, PyObject *attribute) {
    PyObject *module = PyImport_Import(name);
    PyObject *value = module ? PyObject_GetAttr(module, attribute) : NULL;
    Py_XDECREF(module);
    return value;
}

PyObject *PyImport_ImportModuleAttrString(const char *name, const char *attribute) {
    PyObject *module = PyImport_ImportModule(name);
    PyObject *value = module ? PyObject_GetAttrString(module, attribute) : NULL;
    Py_XDECREF(module);
    return value;
}

PyObject *PyImport_AddModuleRef(const char *name) {
    PyObject *module;
    if (PyDict_GetItemStringRef(modules, name, &module) != 0) return module;
    module = PyModule_New(name);
    if (module && PyDict_SetItemString(modules, name, module) < 0) Py_CLEAR(module);
    return module;
}

PyObject *PyImport_AddModule(const char *name) {
    PyObject *module = PyImport_AddModuleRef(name);
    Py_XDECREF(module);
    return module;
}

PyObject *PyImport_AddModuleObject(PyObject *name) {
    const char *text = PyUnicode_AsUTF8(name);
    return text ? PyImport_AddModule(text) : NULL;
}

void *PyCapsule_Import(const char *name, int no_block) {
    (void)no_block;
    const char *dot = strrchr(name, '.');
    if (!dot) {
        PyErr_Format(PyExc_ImportError, "PyCapsule_Import \"%s\" is not valid", name);
        return NULL;
    }
    PyObject *text = PyUnicode_FromStringAndSize(name, dot - name);
    PyObject *module = text ? PyImport_Import(text) : NULL;
    PyObject *capsule = module ? PyObject_GetAttrString(module, dot + 1) : NULL;
    void *pointer = NULL;
    if (capsule && PyCapsule_IsValid(capsule, name))
        pointer = PyCapsule_GetPointer(capsule, name);
    else if (capsule)
        PyErr_Format(PyExc_AttributeError, "PyCapsule_Import \"%s\" is not valid", name);
    Py_XDECREF(capsule);
    Py_XDECREF(module);
    Py_XDECREF(text);
    return pointer;
}

// ---- modules by their definitions ----

PyObject *PyState_FindModule(PyModuleDef *def) {
    PyObject *name, *module;
    for (Py_ssize_t at = 0; PyDict_Next(modules, &at, &name, &module);)
        if (PyModule_Check(module) && PyModule_GetDef(module) == def) return module;
    return NULL;
}

int PyState_AddModule(PyObject *module, PyModuleDef *def) { return PyDict_SetItemString(modules, def->m_name, module); }

int PyState_RemoveModule(PyModuleDef *def) { return pyheap_enter_module(def->m_name, NULL); }

// ---- sys ----

static PyObject *sys_dict(void) {
    PyObject *sys = PyImport_ImportModule("sys");
    PyObject *dict = sys ? PyModule_GetDict(sys) : NULL;
    // sys.modules keeps it.
    Py_XDECREF(sys);
    return dict;
}

PyObject *PySys_GetObject(const char *name) {
    PyObject *dict = sys_dict(), *value = dict ? PyDict_GetItemString(dict, name) : NULL;
    if (!value) PyErr_Clear();
    return value;
}

int PySys_SetObject(const char *name, PyObject *value) {
    PyObject *dict = sys_dict();
    if (!dict) return -1;
    if (value) return PyDict_SetItemString(dict, name, value);
    return PyDict_PopString(dict, name, NULL) < 0 ? -1 : 0;
}

PyObject *PyEval_GetBuiltins(void) {
    PyObject *builtins = PyImport_ImportModule("builtins");
    PyObject *dict = builtins ? PyModule_GetDict(builtins) : NULL;
    Py_XDECREF(builtins);
    return dict;
}

int PySys_Audit(const char *event, const char *format, ...) {
    (void)event, (void)format;
    return 0;
}
