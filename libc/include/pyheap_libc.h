/* How the small C library declares its functions.
 *
 * The library's sources are the files in libc/, the folder above. They are compiled into each module that uses them. Definitions
 * are hidden, so a module does not export them; and weak, so a program's own function of the same name replaces them. malloc and
 * related functions are not among them: the heap has those. Numbers and sizes (errno, BUFSIZ) are Emscripten's, so that modules
 * can be mixed with modules that Emscripten compiled.
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
