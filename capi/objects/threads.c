// Threads, interpreters and locks. There is one interpreter with one thread, which always holds the interpreter's lock. No other lock can be
// waited for, because no other thread could release it.

#include "objects.h"

#include <pythread.h>

// The states of the thread and of the interpreter. Nobody looks into them: only their addresses count, which are not NULL.
static char the_thread, the_interpreter;
#define THE_THREAD ((PyThreadState *)&the_thread)
#define THE_INTERPRETER ((PyInterpreterState *)&the_interpreter)

PyThreadState *PyEval_SaveThread(void) { return THE_THREAD; }
void PyEval_RestoreThread(PyThreadState *state) { (void)state; }
void PyEval_InitThreads(void) {}
int PyEval_ThreadsInitialized(void) { return 1; }
void PyEval_AcquireThread(PyThreadState *state) { (void)state; }
void PyEval_ReleaseThread(PyThreadState *state) { (void)state; }
PyGILState_STATE PyGILState_Ensure(void) { return PyGILState_LOCKED; }
void PyGILState_Release(PyGILState_STATE state) { (void)state; }
int PyGILState_Check(void) { return 1; }
PyThreadState *PyGILState_GetThisThreadState(void) { return THE_THREAD; }
PyThreadState *PyThreadState_Get(void) { return THE_THREAD; }
PyThreadState *PyThreadState_GetUnchecked(void) { return THE_THREAD; }
PyInterpreterState *PyThreadState_GetInterpreter(PyThreadState *state) {
    (void)state;
    return THE_INTERPRETER;
}
uint64_t PyThreadState_GetID(PyThreadState *state) {
    (void)state;
    return 1;
}
// There is no frame, because no function in Python runs.
struct _frame *PyThreadState_GetFrame(PyThreadState *state) {
    (void)state;
    return NULL;
}
PyFrameObject *PyEval_GetFrame(void) { return NULL; }
PyInterpreterState *PyInterpreterState_Get(void) { return THE_INTERPRETER; }
PyInterpreterState *PyInterpreterState_Main(void) { return THE_INTERPRETER; }
int64_t PyInterpreterState_GetID(PyInterpreterState *interpreter) {
    (void)interpreter;
    return 0;
}

int PyErr_CheckSignals(void) { return 0; }
int Py_IsInitialized(void) { return 1; }
int Py_IsFinalizing(void) { return 0; }

// ---- locks ----

void PyMutex_Lock(PyMutex *mutex) { mutex->_bits |= 1; }
void PyMutex_Unlock(PyMutex *mutex) { mutex->_bits &= (uint8_t)~1; }
int PyMutex_IsLocked(PyMutex *mutex) { return mutex->_bits & 1; }

void PyThread_init_thread(void) {}
unsigned long PyThread_get_thread_ident(void) { return 1; }

PyThread_type_lock PyThread_allocate_lock(void) { return PyMem_Calloc(1, 1); }
void PyThread_free_lock(PyThread_type_lock lock) { PyMem_Free(lock); }

// 1 if the lock was free, and is now held; 0 if it was held already. With WAIT_LOCK the result is the same: waiting would never end.
int PyThread_acquire_lock(PyThread_type_lock lock, int wait) {
    (void)wait;
    char *held = lock;
    if (*held) return 0;
    return *held = 1;
}

PyLockStatus PyThread_acquire_lock_timed(PyThread_type_lock lock, PY_TIMEOUT_T microseconds, int interruptible) {
    (void)microseconds, (void)interruptible;
    return PyThread_acquire_lock(lock, WAIT_LOCK) ? PY_LOCK_ACQUIRED : PY_LOCK_FAILURE;
}

void PyThread_release_lock(PyThread_type_lock lock) { *(char *)lock = 0; }
