/* Errors: the manual's chapter "Exception Handling". At most one error is set; a function that fails sets it. */
#ifndef Py_PYERRORS_H
#define Py_PYERRORS_H

#include "object.h"

/* An exception; types that are derived from an exception begin with these fields. Empty fields are None, not NULL. */
typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *args;
    PyObject *notes;
    PyObject *traceback;
    PyObject *context;
    PyObject *cause;
    char suppress_context;
} PyBaseExceptionObject;

/* ---- setting: these replace the error that was set before ---- */

/* Sets MemoryError, and returns NULL: `return PyErr_NoMemory();`. */
PyAPI_FUNC(PyObject *) PyErr_NoMemory(void);
PyAPI_FUNC(void) PyErr_SetNone(PyObject *type);
/* The text is UTF-8. */
PyAPI_FUNC(void) PyErr_SetString(PyObject *type, const char *text);
/* The value may be NULL. The caller keeps its references. */
PyAPI_FUNC(void) PyErr_SetObject(PyObject *type, PyObject *value);
/* The format is that of PyUnicode_FromFormat. Returns NULL. */
Py_LOCAL_FUNC(PyObject *) PyErr_Format(PyObject *type, const char *format, ...);
Py_LOCAL_FUNC(PyObject *) PyErr_FormatV(PyObject *type, const char *format, va_list values);
/* BadArgument: TypeError; returns 0. BadInternalCall: SystemError. */
PyAPI_FUNC(int) PyErr_BadArgument(void);
PyAPI_FUNC(void) PyErr_BadInternalCall(void);

/* ---- asking ---- */

/* The type of the error that is set, a borrowed reference; NULL if none is set. */
PyAPI_FUNC(PyObject *) PyErr_Occurred(void);
PyAPI_FUNC(void) PyErr_Clear(void);
/* Whether the error is of a type, of one derived from it, or of one in a tuple of types. */
PyAPI_FUNC(int) PyErr_ExceptionMatches(PyObject *type);
PyAPI_FUNC(int) PyErr_GivenExceptionMatches(PyObject *given, PyObject *type);

/* ---- taking and putting back ---- */

/* Takes out the error that is set: a new reference, and no error is set afterwards. NULL if none was set. */
PyAPI_FUNC(PyObject *) PyErr_GetRaisedException(void);
/* Sets the error, and takes over the reference. With NULL, clears it. */
PyAPI_FUNC(void) PyErr_SetRaisedException(PyObject *exception);
/* The same in three parts, each a reference or NULL. */
PyAPI_FUNC(void) PyErr_Fetch(PyObject **type, PyObject **value, PyObject **traceback);
PyAPI_FUNC(void) PyErr_Restore(PyObject *type, PyObject *value, PyObject *traceback);
PyAPI_FUNC(void) PyErr_NormalizeException(PyObject **type, PyObject **value, PyObject **traceback);

/* ---- printing to standard error: "ValueError: words" ---- */

/* Prints the error, and clears it. */
Py_LOCAL_FUNC(void) PyErr_Print(void);
Py_LOCAL_FUNC(void) PyErr_PrintEx(int set_sys_last_vars);
Py_LOCAL_FUNC(void) PyErr_DisplayException(PyObject *exception);
/* Prints an error that no caller can receive: "Exception ignored in: ...". */
Py_LOCAL_FUNC(void) PyErr_WriteUnraisable(PyObject *o);
Py_LOCAL_FUNC(void) PyErr_FormatUnraisable(const char *format, ...);
/* A warning; it is always printed. 0, or -1 with an error. If the category is NULL, it is RuntimeWarning. */
Py_LOCAL_FUNC(int) PyErr_WarnEx(PyObject *category, const char *text, Py_ssize_t stack_level);
Py_LOCAL_FUNC(int) PyErr_WarnFormat(PyObject *category, Py_ssize_t stack_level, const char *format, ...);
#define PyErr_Warn(category, text) PyErr_WarnEx((category), (text), 1)

/* ---- types of exceptions that C defines ---- */

/* A new reference; NULL with an error. The name is "module.name". The base may be a tuple; if it is NULL, it is
   Exception. */
PyAPI_FUNC(PyObject *) PyErr_NewException(const char *name, PyObject *base, PyObject *dict);
PyAPI_FUNC(PyObject *) PyErr_NewExceptionWithDoc(const char *name, const char *doc, PyObject *base, PyObject *dict);

#define PyExceptionClass_Check(o) \
    (PyType_Check(o) && PyType_FastSubclass((PyTypeObject *)(o), Py_TPFLAGS_BASE_EXC_SUBCLASS))
#define PyExceptionInstance_Check(o) PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_BASE_EXC_SUBCLASS)
PyAPI_FUNC(const char *) PyExceptionClass_Name(PyObject *type);
#define PyExceptionInstance_Class(o) ((PyObject *)Py_TYPE(o))

/* ---- parts of an exception: these return a new reference, or NULL if there is none ---- */

PyAPI_FUNC(PyObject *) PyException_GetArgs(PyObject *exception);
PyAPI_FUNC(PyObject *) PyException_GetTraceback(PyObject *exception);
PyAPI_FUNC(PyObject *) PyException_GetContext(PyObject *exception);
PyAPI_FUNC(PyObject *) PyException_GetCause(PyObject *exception);
PyAPI_FUNC(void) PyException_SetArgs(PyObject *exception, PyObject *args);
PyAPI_FUNC(int) PyException_SetTraceback(PyObject *exception, PyObject *traceback);
/* These two take over the reference. */
PyAPI_FUNC(void) PyException_SetContext(PyObject *exception, PyObject *context);
PyAPI_FUNC(void) PyException_SetCause(PyObject *exception, PyObject *cause);

/* ---- Python's own exceptions ---- */

PyAPI_DATA(PyObject *) PyExc_BaseException;
PyAPI_DATA(PyObject *) PyExc_Exception;
PyAPI_DATA(PyObject *) PyExc_TypeError;
PyAPI_DATA(PyObject *) PyExc_StopIteration;
PyAPI_DATA(PyObject *) PyExc_RuntimeError;
PyAPI_DATA(PyObject *) PyExc_RecursionError;
PyAPI_DATA(PyObject *) PyExc_LookupError;
PyAPI_DATA(PyObject *) PyExc_IndexError;
PyAPI_DATA(PyObject *) PyExc_KeyError;
PyAPI_DATA(PyObject *) PyExc_ValueError;
PyAPI_DATA(PyObject *) PyExc_UnicodeError;
PyAPI_DATA(PyObject *) PyExc_UnicodeEncodeError;
PyAPI_DATA(PyObject *) PyExc_UnicodeDecodeError;
PyAPI_DATA(PyObject *) PyExc_ArithmeticError;
PyAPI_DATA(PyObject *) PyExc_OverflowError;
PyAPI_DATA(PyObject *) PyExc_ZeroDivisionError;
PyAPI_DATA(PyObject *) PyExc_SystemError;
PyAPI_DATA(PyObject *) PyExc_ReferenceError;
PyAPI_DATA(PyObject *) PyExc_MemoryError;
PyAPI_DATA(PyObject *) PyExc_AttributeError;
PyAPI_DATA(PyObject *) PyExc_BaseExceptionGroup;
PyAPI_DATA(PyObject *) PyExc_GeneratorExit;
PyAPI_DATA(PyObject *) PyExc_KeyboardInterrupt;
PyAPI_DATA(PyObject *) PyExc_SystemExit;
PyAPI_DATA(PyObject *) PyExc_StopAsyncIteration;
PyAPI_DATA(PyObject *) PyExc_FloatingPointError;
PyAPI_DATA(PyObject *) PyExc_AssertionError;
PyAPI_DATA(PyObject *) PyExc_BufferError;
PyAPI_DATA(PyObject *) PyExc_EOFError;
PyAPI_DATA(PyObject *) PyExc_ImportError;
PyAPI_DATA(PyObject *) PyExc_ModuleNotFoundError;
PyAPI_DATA(PyObject *) PyExc_NameError;
PyAPI_DATA(PyObject *) PyExc_UnboundLocalError;
PyAPI_DATA(PyObject *) PyExc_NotImplementedError;
PyAPI_DATA(PyObject *) PyExc_PythonFinalizationError;
PyAPI_DATA(PyObject *) PyExc_SyntaxError;
PyAPI_DATA(PyObject *) PyExc_IndentationError;
PyAPI_DATA(PyObject *) PyExc_TabError;
PyAPI_DATA(PyObject *) PyExc_UnicodeTranslateError;
PyAPI_DATA(PyObject *) PyExc_OSError;
PyAPI_DATA(PyObject *) PyExc_BlockingIOError;
PyAPI_DATA(PyObject *) PyExc_ChildProcessError;
PyAPI_DATA(PyObject *) PyExc_ConnectionError;
PyAPI_DATA(PyObject *) PyExc_BrokenPipeError;
PyAPI_DATA(PyObject *) PyExc_ConnectionAbortedError;
PyAPI_DATA(PyObject *) PyExc_ConnectionRefusedError;
PyAPI_DATA(PyObject *) PyExc_ConnectionResetError;
PyAPI_DATA(PyObject *) PyExc_FileExistsError;
PyAPI_DATA(PyObject *) PyExc_FileNotFoundError;
PyAPI_DATA(PyObject *) PyExc_InterruptedError;
PyAPI_DATA(PyObject *) PyExc_IsADirectoryError;
PyAPI_DATA(PyObject *) PyExc_NotADirectoryError;
PyAPI_DATA(PyObject *) PyExc_PermissionError;
PyAPI_DATA(PyObject *) PyExc_ProcessLookupError;
PyAPI_DATA(PyObject *) PyExc_TimeoutError;
PyAPI_DATA(PyObject *) PyExc_Warning;
PyAPI_DATA(PyObject *) PyExc_BytesWarning;
PyAPI_DATA(PyObject *) PyExc_DeprecationWarning;
PyAPI_DATA(PyObject *) PyExc_EncodingWarning;
PyAPI_DATA(PyObject *) PyExc_FutureWarning;
PyAPI_DATA(PyObject *) PyExc_ImportWarning;
PyAPI_DATA(PyObject *) PyExc_PendingDeprecationWarning;
PyAPI_DATA(PyObject *) PyExc_ResourceWarning;
PyAPI_DATA(PyObject *) PyExc_RuntimeWarning;
PyAPI_DATA(PyObject *) PyExc_SyntaxWarning;
PyAPI_DATA(PyObject *) PyExc_UnicodeWarning;
PyAPI_DATA(PyObject *) PyExc_UserWarning;
/* Other names of OSError. */
PyAPI_DATA(PyObject *) PyExc_EnvironmentError;
PyAPI_DATA(PyObject *) PyExc_IOError;

#endif
