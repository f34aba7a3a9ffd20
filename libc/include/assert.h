#include "pyheap_libc.h"

#undef assert
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition) ((condition) ? (void)0 : pyheap_assertion(#condition, __FILE__, __LINE__))
#endif

#ifndef PYHEAP_ASSERT_H
#define PYHEAP_ASSERT_H
PYHEAP_BEGIN
PYHEAP_NORETURN PYHEAP_HIDDEN void pyheap_assertion(const char *condition, const char *file, int line);
PYHEAP_END
#ifndef __cplusplus
#define static_assert _Static_assert
#endif
#endif
