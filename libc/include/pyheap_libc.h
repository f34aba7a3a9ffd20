/* How the small C library declares what it has.
 *
 * It is compiled into each module that uses it: what is in libc/ beside these headers. Definitions are hidden, so a module does not
 * export them, and weak, so a program's own function of the same name takes their place. malloc and its kin are not among
 * them: those are the heap's. Numbers and sizes are Emscripten's (errno, BUFSIZ), so that modules can be mixed with its own.
 */
#ifndef PYHEAP_LIBC_H
#define PYHEAP_LIBC_H

#include <stddef.h>

#ifdef __cplusplus
#define PYHEAP_BEGIN extern "C" {
#define PYHEAP_END }
#define PYHEAP_NORETURN [[noreturn]]
#define restrict __restrict
#else
#define PYHEAP_BEGIN
#define PYHEAP_END
#define PYHEAP_NORETURN _Noreturn
#endif

#define PYHEAP_HIDDEN __attribute__((visibility("hidden")))
#define PYHEAP_DEFINED __attribute__((visibility("hidden"), weak))

#endif
