#include "pyheap_libc.h"

#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#elif defined(PYHEAP_CPYTHON)
#define assert(condition) ((condition) ? (void)0 : __assert_fail(#condition, __FILE__, __LINE__, __func__))
#else
#define assert(condition) ((condition) ? (void)0 : pyheap_assertion(#condition, __FILE__, __LINE__))
#endif

#ifndef PYHEAP_ASSERT_H
#define PYHEAP_ASSERT_H
PYHEAP_BEGIN
#ifdef PYHEAP_CPYTHON
PYHEAP_NORETURN void __assert_fail(const char *condition, const char *file, int line, const char *function);
#else
PYHEAP_NORETURN PYHEAP_HIDDEN void pyheap_assertion(const char *condition, const char *file, int line);
#endif
PYHEAP_END
#ifndef __cplusplus
#define static_assert _Static_assert
#endif
#endif
