// Operators new and delete: the C library's malloc. Without exceptions, a program that is out of memory ends.

#include <new>
#include <stdlib.h>

// The option -fvisibility-global-new-delete=force-hidden sets their visibility.
#define REPLACEABLE __attribute__((weak))

namespace std {
PYHEAP_DEFINED const nothrow_t nothrow{};
}

PYHEAP_DEFINED void *operator new(size_t n, const std::nothrow_t &) noexcept { return malloc(n); }
PYHEAP_DEFINED void *operator new[](size_t n, const std::nothrow_t &) noexcept { return malloc(n); }

REPLACEABLE void *operator new(size_t n) {
    void *block = malloc(n);
    if (block == nullptr) abort();
    return block;
}

REPLACEABLE void *operator new[](size_t n) { return operator new(n); }
REPLACEABLE void operator delete(void *block) noexcept { free(block); }
REPLACEABLE void operator delete[](void *block) noexcept { free(block); }
REPLACEABLE void operator delete(void *block, size_t) noexcept { free(block); }
REPLACEABLE void operator delete[](void *block, size_t) noexcept { free(block); }

extern "C" {
PYHEAP_HIDDEN extern void *__dso_handle;
PYHEAP_DEFINED void *__dso_handle = &__dso_handle;
PYHEAP_DEFINED void __cxa_pure_virtual() { abort(); }
}
