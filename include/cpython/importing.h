/* Imports, modules by their definitions, the module sys, and the interpreter: its state, versions, end and fatal errors. */
#ifndef Py_CPYTHON_IMPORTING_H
#define Py_CPYTHON_IMPORTING_H

#include "../moduleobject.h"

PyAPI_FUNC(PyObject *) PyImport_ImportModule(const char *name);
PyAPI_FUNC(PyObject *) PyImport_ImportModuleNoBlock(const char *name);
PyAPI_FUNC(PyObject *) PyImport_Import(PyObject *name);
PyAPI_FUNC(PyObject *)
    PyImport_ImportModuleLevel(const char *name, PyObject *globals, PyObject *locals, PyObject *names, int level);
PyAPI_FUNC(PyObject *)
    PyImport_ImportModuleLevelObject(PyObject *name, PyObject *globals, PyObject *locals, PyObject *names, int level);
#define PyImport_ImportModuleEx(name, globals, locals, names) \
    PyImport_ImportModuleLevel(name, globals, locals, names, 0)
PyAPI_FUNC(PyObject *) PyImport_ImportModuleAttr(PyObject *module, PyObject *attribute);
PyAPI_FUNC(PyObject *) PyImport_ImportModuleAttrString(const char *module, const char *attribute);
/* PyImport_GetModuleDict returns the dict of all modules. The AddModule functions return the module of a name, and make an empty one if there
 * is none. All references are borrowed, except that of PyImport_AddModuleRef, which is new. */
PyAPI_FUNC(PyObject *) PyImport_GetModuleDict(void);
PyAPI_FUNC(PyObject *) PyImport_AddModule(const char *name);
PyAPI_FUNC(PyObject *) PyImport_AddModuleObject(PyObject *name);
PyAPI_FUNC(PyObject *) PyImport_AddModuleRef(const char *name);
/* Returns a new reference. If there is no such module, returns NULL without an error. */
PyAPI_FUNC(PyObject *) PyImport_GetModule(PyObject *name);
PyAPI_FUNC(PyObject *) PyImport_ReloadModule(PyObject *module);
PyAPI_FUNC(PyObject *) PyImport_ExecCodeModule(const char *name, PyObject *code);
PyAPI_FUNC(long) PyImport_GetMagicNumber(void);

PyAPI_FUNC(PyObject *) PyModule_FromDefAndSpec2(PyModuleDef *def, PyObject *spec, int version);
#define PyModule_FromDefAndSpec(def, spec) PyModule_FromDefAndSpec2(def, spec, PYTHON_API_VERSION)
PyAPI_FUNC(PyObject *) PyModule_GetFilenameObject(PyObject *module);
PyAPI_FUNC(const char *) PyModule_GetFilename(PyObject *module);
PyAPI_FUNC(PyObject *) PyState_FindModule(PyModuleDef *def);
PyAPI_FUNC(int) PyState_AddModule(PyObject *module, PyModuleDef *def);
PyAPI_FUNC(int) PyState_RemoveModule(PyModuleDef *def);

/* Returns a borrowed reference. If there is no such attribute, returns NULL without an error. */
PyAPI_FUNC(PyObject *) PySys_GetObject(const char *name);
PyAPI_FUNC(int) PySys_SetObject(const char *name, PyObject *value);
PyAPI_FUNC(void) PySys_WriteStdout(const char *format, ...) __attribute__((format(printf, 1, 2)));
PyAPI_FUNC(void) PySys_WriteStderr(const char *format, ...) __attribute__((format(printf, 1, 2)));
PyAPI_FUNC(void) PySys_FormatStdout(const char *format, ...);
PyAPI_FUNC(void) PySys_FormatStderr(const char *format, ...);
PyAPI_FUNC(int) PySys_Audit(const char *event, const char *format, ...);

PyAPI_FUNC(int) Py_IsInitialized(void);
PyAPI_FUNC(int) Py_IsFinalizing(void);
PyAPI_FUNC(int) Py_AtExit(void (*run)(void));
PyAPI_FUNC(const char *) Py_GetVersion(void);
PyAPI_FUNC(const char *) Py_GetPlatform(void);
PyAPI_FUNC(const char *) Py_GetCompiler(void);
PyAPI_FUNC(const char *) Py_GetBuildInfo(void);
PyAPI_DATA(const unsigned long) Py_Version;
PyAPI_FUNC(__attribute__((noreturn)) void) _Py_FatalErrorFunc(const char *function, const char *message);
#define Py_FatalError(message) _Py_FatalErrorFunc(__func__, message)

#endif
