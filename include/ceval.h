/* Recursion, and threads. There is one thread only, so the functions about other threads do nothing. */
#ifndef Py_CEVAL_H
#define Py_CEVAL_H

#include "object.h"

/* Enters one more level: 0, or -1 with RecursionError. Leave the level with Py_LeaveRecursiveCall, but not after -1. */
Py_LOCAL_FUNC(int) Py_EnterRecursiveCall(const char *where);
PyAPI_FUNC(void) Py_LeaveRecursiveCall(void);
#define Py_BEGIN_CRITICAL_SECTION(op) \
    { \
        (void)(op);
#define Py_END_CRITICAL_SECTION() }
#define Py_BEGIN_CRITICAL_SECTION2(a, b) \
    { \
        (void)(a), (void)(b);
#define Py_END_CRITICAL_SECTION2() }

#ifndef PYHEAP_CPYTHON
/* Enters one more level: 1, or 0 if there are too many. Sets no error. */
PyAPI_FUNC(int) _Py_EnterRecursion(void);
#endif

#include "cpython/threads.h"

#endif
