/* Code, frames, and running Python from C. The fields of frames are private to CPython. */
#ifndef Py_CPYTHON_RUNNING_H
#define Py_CPYTHON_RUNNING_H

#include "threads.h"

#include <stdio.h>

/* The fields of 3.14, without those that follow, which are private to CPython. */
typedef struct PyCodeObject {
    PyObject_VAR_HEAD
    PyObject *co_consts, *co_names, *co_exceptiontable;
    int co_flags, co_argcount, co_posonlyargcount, co_kwonlyargcount, co_stacksize, co_firstlineno;
    int co_nlocalsplus, co_framesize, co_nlocals, co_ncellvars, co_nfreevars;
    uint32_t co_version;
    PyObject *co_localsplusnames, *co_localspluskinds, *co_filename, *co_name, *co_qualname, *co_linetable;
} PyCodeObject;
typedef struct _frame PyFrameObject;

PyAPI_DATA(PyTypeObject) PyCode_Type;
PyAPI_DATA(PyTypeObject) PyFrame_Type;
PyAPI_DATA(PyTypeObject) PyTraceBack_Type;
#define PyCode_Check(o) Py_IS_TYPE((o), &PyCode_Type)
#define PyFrame_Check(o) Py_IS_TYPE((o), &PyFrame_Type)
#define PyTraceBack_Check(o) Py_IS_TYPE((o), &PyTraceBack_Type)

#define CO_OPTIMIZED 0x0001
#define CO_NEWLOCALS 0x0002
#define CO_VARARGS 0x0004
#define CO_VARKEYWORDS 0x0008
#define CO_NESTED 0x0010
#define CO_GENERATOR 0x0020
#define CO_COROUTINE 0x0080
#define CO_ITERABLE_COROUTINE 0x0100
#define CO_ASYNC_GENERATOR 0x0200
PyAPI_FUNC(PyCodeObject *) PyCode_NewEmpty(const char *file, const char *function, int line);
PyAPI_FUNC(PyObject *) PyCode_GetCode(PyCodeObject *code);
PyAPI_FUNC(PyObject *) PyCode_GetVarnames(PyCodeObject *code);
PyAPI_FUNC(PyObject *) PyCode_GetCellvars(PyCodeObject *code);
PyAPI_FUNC(PyObject *) PyCode_GetFreevars(PyCodeObject *code);
PyAPI_FUNC(int) PyCode_Addr2Line(PyCodeObject *code, int offset);

PyAPI_FUNC(PyFrameObject *) PyFrame_New(PyThreadState *state, PyCodeObject *code, PyObject *globals, PyObject *locals);
/* New references. */
PyAPI_FUNC(PyCodeObject *) PyFrame_GetCode(PyFrameObject *frame);
PyAPI_FUNC(PyFrameObject *) PyFrame_GetBack(PyFrameObject *frame);
PyAPI_FUNC(PyObject *) PyFrame_GetGlobals(PyFrameObject *frame);
PyAPI_FUNC(PyObject *) PyFrame_GetBuiltins(PyFrameObject *frame);
PyAPI_FUNC(PyObject *) PyFrame_GetLocals(PyFrameObject *frame);
PyAPI_FUNC(PyObject *) PyFrame_GetGenerator(PyFrameObject *frame);
PyAPI_FUNC(PyObject *) PyFrame_GetVar(PyFrameObject *frame, PyObject *name);
PyAPI_FUNC(PyObject *) PyFrame_GetVarString(PyFrameObject *frame, const char *name);
PyAPI_FUNC(int) PyFrame_GetLasti(PyFrameObject *frame);
PyAPI_FUNC(int) PyFrame_GetLineNumber(PyFrameObject *frame);
PyAPI_FUNC(int) PyTraceBack_Here(PyFrameObject *frame);
PyAPI_FUNC(int) PyTraceBack_Print(PyObject *traceback, PyObject *file);

#define Py_single_input 256
#define Py_file_input 257
#define Py_eval_input 258
typedef struct {
    int cf_flags;
    int cf_feature_version;
} PyCompilerFlags;
PyAPI_FUNC(PyObject *) Py_CompileString(const char *text, const char *file, int start);
PyAPI_FUNC(PyObject *)
    Py_CompileStringExFlags(const char *text, const char *file, int start, PyCompilerFlags *flags, int optimize);
PyAPI_FUNC(int) PyRun_SimpleString(const char *text);
PyAPI_FUNC(PyObject *) PyRun_String(const char *text, int start, PyObject *globals, PyObject *locals);
PyAPI_FUNC(PyObject *)
    PyRun_StringFlags(const char *text, int start, PyObject *globals, PyObject *locals, PyCompilerFlags *flags);
PyAPI_FUNC(PyObject *) PyEval_EvalCode(PyObject *code, PyObject *globals, PyObject *locals);
/* Borrowed references. */
PyAPI_FUNC(PyObject *) PyEval_GetBuiltins(void);
PyAPI_FUNC(PyObject *) PyEval_GetGlobals(void);
PyAPI_FUNC(PyObject *) PyEval_GetLocals(void);
PyAPI_FUNC(PyFrameObject *) PyEval_GetFrame(void);
/* New references. */
PyAPI_FUNC(PyObject *) PyEval_GetFrameBuiltins(void);
PyAPI_FUNC(PyObject *) PyEval_GetFrameGlobals(void);
PyAPI_FUNC(PyObject *) PyEval_GetFrameLocals(void);
PyAPI_FUNC(const char *) PyEval_GetFuncName(PyObject *function);
PyAPI_FUNC(const char *) PyEval_GetFuncDesc(PyObject *function);
PyAPI_FUNC(PyObject *) PyEval_CallObjectWithKeywords(PyObject *callable, PyObject *args, PyObject *kwargs);
#define PyEval_CallObject(callable, args) PyEval_CallObjectWithKeywords((callable), (args), NULL)

typedef int (*Py_tracefunc)(PyObject *o, PyFrameObject *frame, int what, PyObject *arg);
#define PyTrace_CALL 0
#define PyTrace_EXCEPTION 1
#define PyTrace_LINE 2
#define PyTrace_RETURN 3
#define PyTrace_C_CALL 4
#define PyTrace_C_EXCEPTION 5
#define PyTrace_C_RETURN 6
#define PyTrace_OPCODE 7
PyAPI_FUNC(void) PyEval_SetTrace(Py_tracefunc function, PyObject *o);
PyAPI_FUNC(void) PyEval_SetProfile(Py_tracefunc function, PyObject *o);

/* ---- files, time, signals ---- */

PyAPI_FUNC(PyObject *) PyFile_FromFd(int fd, const char *name, const char *mode, int buffering, const char *encoding,
                                     const char *errors, const char *newline, int close);
PyAPI_FUNC(PyObject *) PyFile_GetLine(PyObject *file, int n);
PyAPI_FUNC(int) PyFile_WriteObject(PyObject *o, PyObject *file, int flags);
PyAPI_FUNC(int) PyFile_WriteString(const char *text, PyObject *file);

typedef int64_t PyTime_t;
#define PyTime_MIN INT64_MIN
#define PyTime_MAX INT64_MAX
PyAPI_FUNC(double) PyTime_AsSecondsDouble(PyTime_t time);
PyAPI_FUNC(int) PyTime_Monotonic(PyTime_t *time);
PyAPI_FUNC(int) PyTime_PerfCounter(PyTime_t *time);
PyAPI_FUNC(int) PyTime_Time(PyTime_t *time);

typedef void (*PyOS_sighandler_t)(int);
PyAPI_FUNC(PyOS_sighandler_t) PyOS_getsig(int signal);
PyAPI_FUNC(PyOS_sighandler_t) PyOS_setsig(int signal, PyOS_sighandler_t handler);
PyAPI_FUNC(int) PyOS_InterruptOccurred(void);

#endif
