/* Modules: the manual's chapter "Module Objects". */
#ifndef Py_MODULEOBJECT_H
#define Py_MODULEOBJECT_H

#include "methodobject.h"

/* Exported, also if the module hides its other names. */
#define PyMODINIT_FUNC PyAPI_FUNC(__attribute__((visibility("default"))) PyObject *)
#define PYTHON_API_VERSION 1013
#define PYTHON_ABI_VERSION 3

typedef struct {
    PyObject ob_base;
    PyObject *(*m_init)(void);
    Py_ssize_t m_index;
    PyObject *m_copy;
} PyModuleDef_Base;
#define PyModuleDef_HEAD_INIT {{_Py_IMMORTAL_REFCNT, NULL}, NULL, 0, NULL}

struct PyModuleDef_Slot {
    int slot;
    void *value;
};
typedef struct PyModuleDef_Slot PyModuleDef_Slot;

#define Py_mod_create 1
#define Py_mod_exec 2
#define Py_mod_multiple_interpreters 3
#define Py_mod_gil 4
#define Py_MOD_MULTIPLE_INTERPRETERS_NOT_SUPPORTED ((void *)0)
#define Py_MOD_MULTIPLE_INTERPRETERS_SUPPORTED ((void *)1)
#define Py_MOD_PER_INTERPRETER_GIL_SUPPORTED ((void *)2)
#define Py_MOD_GIL_USED ((void *)0)
#define Py_MOD_GIL_NOT_USED ((void *)1)

struct PyModuleDef {
    PyModuleDef_Base m_base;
    const char *m_name;
    const char *m_doc;
    /* The size of the module's state in bytes, which are all 0 at first; -1: the module has no state. */
    Py_ssize_t m_size;
    PyMethodDef *m_methods;
    PyModuleDef_Slot *m_slots;
    traverseproc m_traverse;
    inquiry m_clear;
    freefunc m_free;
};
typedef struct PyModuleDef PyModuleDef;

PyAPI_DATA(PyTypeObject) PyModule_Type;
PyAPI_DATA(PyTypeObject) PyModuleDef_Type;
#define PyModule_Check(op) PyObject_TypeCheck(op, &PyModule_Type)
#define PyModule_CheckExact(op) Py_IS_TYPE(op, &PyModule_Type)

/* PyInit_x returns a module (single-phase), or its definition (multi-phase: m_slots say how the module is made). */
PyAPI_FUNC(PyObject *) PyModule_Create2(PyModuleDef *def, int version);
#define PyModule_Create(def) PyModule_Create2(def, PYTHON_API_VERSION)
PyAPI_FUNC(PyObject *) PyModuleDef_Init(PyModuleDef *def);

PyAPI_FUNC(PyObject *) PyModule_NewObject(PyObject *name);
PyAPI_FUNC(PyObject *) PyModule_New(const char *name);
/* A borrowed reference. */
PyAPI_FUNC(PyObject *) PyModule_GetDict(PyObject *module);
PyAPI_FUNC(PyObject *) PyModule_GetNameObject(PyObject *module);
PyAPI_FUNC(const char *) PyModule_GetName(PyObject *module);
PyAPI_FUNC(void *) PyModule_GetState(PyObject *module);
PyAPI_FUNC(PyModuleDef *) PyModule_GetDef(PyObject *module);
PyAPI_FUNC(int) PyModule_SetDocString(PyObject *module, const char *doc);
PyAPI_FUNC(int) PyModule_AddFunctions(PyObject *module, PyMethodDef *functions);

/* These three add an attribute: 0, or -1 with an error. AddObjectRef: the caller keeps its reference to the value. */
PyAPI_FUNC(int) PyModule_AddObjectRef(PyObject *module, const char *name, PyObject *value);
/* Add takes over the reference in any case. */
PyAPI_FUNC(int) PyModule_Add(PyObject *module, const char *name, PyObject *value);
/* AddObject takes over the reference on success only. */
PyAPI_FUNC(int) PyModule_AddObject(PyObject *module, const char *name, PyObject *value);
PyAPI_FUNC(int) PyModule_AddIntConstant(PyObject *module, const char *name, long value);
PyAPI_FUNC(int) PyModule_AddStringConstant(PyObject *module, const char *name, const char *value);
#define PyModule_AddIntMacro(module, macro) PyModule_AddIntConstant(module, #macro, macro)
#define PyModule_AddStringMacro(module, macro) PyModule_AddStringConstant(module, #macro, macro)
/* Readies the type, and adds it under the last part of its name. */
PyAPI_FUNC(int) PyModule_AddType(PyObject *module, PyTypeObject *type);
/* Runs the Py_mod_exec slots of a definition for a module. */
PyAPI_FUNC(int) PyModule_ExecDef(PyObject *module, PyModuleDef *def);
#ifndef PYHEAP_CPYTHON
PyAPI_FUNC(int) PyUnstable_Module_SetGIL(PyObject *module, void *gil);
#endif

#endif
