/* What programs ask the headers about the machine, and names that older versions had. */
#ifndef Py_CPYTHON_NAMES_H
#define Py_CPYTHON_NAMES_H

#include "../pyport.h"

#define PY_LITTLE_ENDIAN 1
#define PY_BIG_ENDIAN 0
#define SIZEOF_SHORT 2
#define SIZEOF_INT 4
#define SIZEOF_LONG 4
#define SIZEOF_LONG_LONG 8
#define SIZEOF_FLOAT 4
#define SIZEOF_DOUBLE 8
#define SIZEOF_SIZE_T 4
#define SIZEOF_VOID_P 4
#define SIZEOF_WCHAR_T 4
#define SIZEOF_TIME_T 8
#define SIZEOF_OFF_T 8
#define SIZEOF_UINTPTR_T 4
#define SIZEOF_PID_T 4
#define ALIGNOF_LONG 4
#define ALIGNOF_SIZE_T 4
#define ALIGNOF_MAX_ALIGN_T 8
#define HAVE_LONG_LONG 1
#define PY_LONG_LONG long long
#define PY_SIZE_MAX SIZE_MAX
#define PY_FORMAT_SIZE_T "z"
#define PY_UINT32_T uint32_t
#define PY_UINT64_T uint64_t
#define PY_INT32_T int32_t
#define PY_INT64_T int64_t
#define PY_DWORD_MAX 4294967295U
#define Py_USING_UNICODE 1
#define Py_UNICODE_WIDE 1
#define WITH_DOC_STRINGS 1

typedef uintptr_t Py_uintptr_t;
typedef intptr_t Py_intptr_t;

#define Py_VA_COPY va_copy
#define Py_SAFE_DOWNCAST(value, wide, narrow) ((narrow)(value))
#define Py_MEMCPY memcpy
#define Py_FORCE_EXPANSION(x) x
#define Py_DEPRECATED(version) __attribute__((deprecated))
#define Py_EXPORTED_SYMBOL __attribute__((visibility("default")))
#define Py_IMPORTED_SYMBOL __attribute__((visibility("default")))
#define Py_LOCAL_SYMBOL __attribute__((visibility("hidden")))
#define Py_NO_INLINE __attribute__((noinline))
#define Py_ALWAYS_INLINE __attribute__((always_inline))
#define Py_BUILD_ASSERT(condition) ((void)sizeof(char[1 - 2 * !(condition)]))
#define Py_BUILD_ASSERT_EXPR(condition) (sizeof(char[1 - 2 * !(condition)]) - 1)
#define _Py_STATIC_CAST(type, x) ((type)(x))
#define _Py_CAST(type, x) ((type)(x))
#define _Py_NULL NULL
#define _Py_NO_RETURN __attribute__((noreturn))
#define Py_MATH_PI 3.14159265358979323846
#define Py_MATH_E 2.7182818284590452354

#endif
