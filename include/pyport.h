/* Types that all headers use, and how functions are declared. */
#ifndef Py_PYPORT_H
#define Py_PYPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

typedef ptrdiff_t Py_ssize_t;
typedef Py_ssize_t Py_hash_t;
typedef size_t Py_uhash_t;

#define PY_SSIZE_T_MAX ((Py_ssize_t)(((size_t)-1) >> 1))
#define PY_SSIZE_T_MIN (-PY_SSIZE_T_MAX - 1)

#ifdef __cplusplus
#define Py_BEGIN_DECLS extern "C" {
#define Py_END_DECLS }
#else
#define Py_BEGIN_DECLS
#define Py_END_DECLS
#endif

/* Declares a function that the heap defines, and a module imports; PyAPI_DATA does so for a variable. */
#ifdef __cplusplus
#define PyAPI_FUNC(type) extern "C" type
#else
#define PyAPI_FUNC(type) extern type
#endif

#ifdef __cplusplus
#define PyAPI_DATA(type) extern "C" type
#else
#define PyAPI_DATA(type) extern type
#endif

/* For functions that are compiled into the module that calls them (capi/). A module for CPython has CPython's own. */
#ifdef PYHEAP_CPYTHON
#define Py_LOCAL_FUNC(type) PyAPI_FUNC(type)
#else
#define Py_LOCAL_FUNC(type) PyAPI_FUNC(__attribute__((visibility("hidden"))) type)
#endif

/* const in C++, and nothing in C: for parameters that old programs in C pass without const. */
#ifdef __cplusplus
#define PY_CXX_CONST const
#else
#define PY_CXX_CONST
#endif

/* An object. Its fields are in object.h. */
typedef struct _object PyObject;

/* Casts any pointer to PyObject *. The struct that it points to must begin with the fields of an object. */
#define _PyObject_CAST(op) ((PyObject *)(op))

#define Py_UNUSED(name) _unused_##name __attribute__((unused))
#define Py_MEMBER_SIZE(type, member) sizeof(((type *)0)->member)
#define Py_CHARMASK(c) ((unsigned char)((c) & 0xff))
#define Py_LOCAL(type) static type
#define Py_LOCAL_INLINE(type) static inline type
#define Py_GCC_ATTRIBUTE(x) __attribute__(x)
#define Py_IS_NAN(x) isnan(x)
#define Py_IS_INFINITY(x) isinf(x)
#define Py_IS_FINITE(x) isfinite(x)
#define Py_HUGE_VAL HUGE_VAL
#define Py_INFINITY ((double)INFINITY)
#define Py_NAN ((double)NAN)
#define Py_ALIGNED(n) __attribute__((aligned(n)))
#define Py_MIN(a, b) ((a) < (b) ? (a) : (b))
#define Py_MAX(a, b) ((a) > (b) ? (a) : (b))
#define Py_ABS(a) ((a) < 0 ? -(a) : (a))
#define Py_ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define Py_STRINGIFY(x) _Py_STRINGIFY(x)
#define _Py_STRINGIFY(x) #x
#define Py_UNREACHABLE() __builtin_unreachable()

#endif
