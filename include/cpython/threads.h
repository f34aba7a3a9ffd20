/* Threads' states and the lock of the interpreter. The calls are CPython's, but a heap has one thread, which always holds the lock. */
#ifndef Py_CPYTHON_THREADS_H
#define Py_CPYTHON_THREADS_H

#include "../object.h"

typedef struct _ts PyThreadState;
typedef struct _is PyInterpreterState;
typedef struct _PyInterpreterFrame _PyInterpreterFrame;

PyAPI_FUNC(PyThreadState *) PyEval_SaveThread(void);
PyAPI_FUNC(void) PyEval_RestoreThread(PyThreadState *state);
#define Py_BEGIN_ALLOW_THREADS \
    { \
        PyThreadState *_save = PyEval_SaveThread();
#define Py_BLOCK_THREADS PyEval_RestoreThread(_save);
#define Py_UNBLOCK_THREADS _save = PyEval_SaveThread();
#define Py_END_ALLOW_THREADS \
    PyEval_RestoreThread(_save); \
    }
PyAPI_FUNC(void) PyEval_InitThreads(void);
PyAPI_FUNC(int) PyEval_ThreadsInitialized(void);
PyAPI_FUNC(void) PyEval_AcquireThread(PyThreadState *state);
PyAPI_FUNC(void) PyEval_ReleaseThread(PyThreadState *state);

typedef enum { PyGILState_LOCKED, PyGILState_UNLOCKED } PyGILState_STATE;
PyAPI_FUNC(PyGILState_STATE) PyGILState_Ensure(void);
PyAPI_FUNC(void) PyGILState_Release(PyGILState_STATE state);
PyAPI_FUNC(int) PyGILState_Check(void);
PyAPI_FUNC(PyThreadState *) PyGILState_GetThisThreadState(void);

PyAPI_FUNC(PyThreadState *) PyThreadState_Get(void);
PyAPI_FUNC(PyThreadState *) PyThreadState_GetUnchecked(void);
#define PyThreadState_GET() PyThreadState_Get()
PyAPI_FUNC(PyObject *) PyThreadState_GetDict(void);
PyAPI_FUNC(struct _frame *) PyThreadState_GetFrame(PyThreadState *state);
PyAPI_FUNC(PyInterpreterState *) PyThreadState_GetInterpreter(PyThreadState *state);
PyAPI_FUNC(uint64_t) PyThreadState_GetID(PyThreadState *state);
PyAPI_FUNC(PyThreadState *) PyThreadState_Swap(PyThreadState *state);
PyAPI_FUNC(PyThreadState *) PyThreadState_New(PyInterpreterState *interpreter);
PyAPI_FUNC(void) PyThreadState_Clear(PyThreadState *state);
PyAPI_FUNC(void) PyThreadState_Delete(PyThreadState *state);
PyAPI_FUNC(void) PyThreadState_EnterTracing(PyThreadState *state);
PyAPI_FUNC(void) PyThreadState_LeaveTracing(PyThreadState *state);
PyAPI_FUNC(int) PyThreadState_SetAsyncExc(unsigned long id, PyObject *exception);
PyAPI_FUNC(PyInterpreterState *) PyInterpreterState_Get(void);
PyAPI_FUNC(PyInterpreterState *) PyInterpreterState_Main(void);
PyAPI_FUNC(int64_t) PyInterpreterState_GetID(PyInterpreterState *interpreter);
PyAPI_FUNC(PyObject *) PyInterpreterState_GetDict(PyInterpreterState *interpreter);

PyAPI_FUNC(int) Py_AddPendingCall(int (*call)(void *), void *arg);
PyAPI_FUNC(int) Py_MakePendingCalls(void);
PyAPI_FUNC(int) Py_GetRecursionLimit(void);
PyAPI_FUNC(void) Py_SetRecursionLimit(int limit);

typedef struct {
    uint8_t _bits;
} PyMutex;
PyAPI_FUNC(void) PyMutex_Lock(PyMutex *mutex);
PyAPI_FUNC(void) PyMutex_Unlock(PyMutex *mutex);
PyAPI_FUNC(int) PyMutex_IsLocked(PyMutex *mutex);

#endif
