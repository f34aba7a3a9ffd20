/* Errors of the operating system, of imports and of encodings, and the exception that is being handled. */
#ifndef Py_CPYTHON_ERRORS_H
#define Py_CPYTHON_ERRORS_H

#include "../pyerrors.h"

/* -1 with KeyboardInterrupt or what a signal's handler raises. */
PyAPI_FUNC(int) PyErr_CheckSignals(void);
PyAPI_FUNC(void) PyErr_SetInterrupt(void);
PyAPI_FUNC(int) PyErr_SetInterruptEx(int signal);
Py_LOCAL_FUNC(PyObject *) PyErr_SetFromErrno(PyObject *type);
Py_LOCAL_FUNC(PyObject *) PyErr_SetFromErrnoWithFilename(PyObject *type, const char *file);
Py_LOCAL_FUNC(PyObject *) PyErr_SetFromErrnoWithFilenameObject(PyObject *type, PyObject *file);
Py_LOCAL_FUNC(PyObject *) PyErr_SetFromErrnoWithFilenameObjects(PyObject *type, PyObject *file, PyObject *other);
PyAPI_FUNC(PyObject *) PyErr_SetImportError(PyObject *message, PyObject *name, PyObject *path);
PyAPI_FUNC(PyObject *) PyErr_SetImportErrorSubclass(PyObject *type, PyObject *message, PyObject *name, PyObject *path);
PyAPI_FUNC(void) PyErr_SyntaxLocationObject(PyObject *file, int line, int column);
PyAPI_FUNC(int) PyErr_ResourceWarning(PyObject *source, Py_ssize_t stack_level, const char *format, ...);
PyAPI_FUNC(int) PyErr_WarnExplicit(PyObject *category, const char *text, const char *file, int line, const char *module,
                                   PyObject *registry);
PyAPI_FUNC(void) PyErr_Display(PyObject *type, PyObject *value, PyObject *traceback);
PyAPI_FUNC(void) PyErr_GetExcInfo(PyObject **type, PyObject **value, PyObject **traceback);
PyAPI_FUNC(void) PyErr_SetExcInfo(PyObject *type, PyObject *value, PyObject *traceback);
PyAPI_FUNC(PyObject *) PyErr_GetHandledException(void);
PyAPI_FUNC(void) PyErr_SetHandledException(PyObject *exception);
PyAPI_FUNC(PyObject *) PyUnstable_Exc_PrepReraiseStar(PyObject *original, PyObject *raised);
PyAPI_FUNC(void) _PyErr_ChainExceptions1(PyObject *exception);

PyAPI_FUNC(PyObject *) PyUnicodeDecodeError_Create(const char *encoding, const char *text, Py_ssize_t n,
                                                   Py_ssize_t start, Py_ssize_t end, const char *reason);
PyAPI_FUNC(PyObject *) PyUnicodeDecodeError_GetEncoding(PyObject *error);
PyAPI_FUNC(PyObject *) PyUnicodeDecodeError_GetObject(PyObject *error);
PyAPI_FUNC(PyObject *) PyUnicodeDecodeError_GetReason(PyObject *error);
PyAPI_FUNC(int) PyUnicodeDecodeError_GetStart(PyObject *error, Py_ssize_t *start);
PyAPI_FUNC(int) PyUnicodeDecodeError_GetEnd(PyObject *error, Py_ssize_t *end);
PyAPI_FUNC(int) PyUnicodeDecodeError_SetStart(PyObject *error, Py_ssize_t start);
PyAPI_FUNC(int) PyUnicodeDecodeError_SetEnd(PyObject *error, Py_ssize_t end);
PyAPI_FUNC(int) PyUnicodeDecodeError_SetReason(PyObject *error, const char *reason);
PyAPI_FUNC(PyObject *) PyUnicodeEncodeError_GetEncoding(PyObject *error);
PyAPI_FUNC(PyObject *) PyUnicodeEncodeError_GetObject(PyObject *error);
PyAPI_FUNC(PyObject *) PyUnicodeEncodeError_GetReason(PyObject *error);
PyAPI_FUNC(int) PyUnicodeEncodeError_GetStart(PyObject *error, Py_ssize_t *start);
PyAPI_FUNC(int) PyUnicodeEncodeError_GetEnd(PyObject *error, Py_ssize_t *end);

#endif
