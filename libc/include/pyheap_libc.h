/* How the small C library declares its functions.
 *
 * The library's sources are the files in libc/, the folder above. They are compiled into each module that uses them. Definitions
 * are hidden, so a module does not export them; and weak, so a program's own function of the same name replaces them. malloc and
 * related functions are not among them: the heap has those. Numbers and sizes (errno, BUFSIZ) are Emscripten's, so that modules
 * can be mixed with modules that Emscripten compiled.
 *
 * A module for CPython (PYHEAP_CPYTHON) gets none of these sources: it imports the C library of its host, Emscripten's. The headers
 * in libc/host/ add what only that library has.
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

#ifdef PYHEAP_CPYTHON
#define PYHEAP_HIDDEN
#define PYHEAP_HIDDEN_BEGIN
#define PYHEAP_HIDDEN_END
#else
#define PYHEAP_HIDDEN __attribute__((visibility("hidden")))
#define PYHEAP_HIDDEN_BEGIN _Pragma("GCC visibility push(hidden)")
#define PYHEAP_HIDDEN_END _Pragma("GCC visibility pop")
#endif
#define PYHEAP_DEFINED __attribute__((visibility("hidden"), weak))

#endif
