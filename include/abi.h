/* The mark of each file in C that is compiled with these headers: the custom section "pyheap.abi".
 *
 * heap.load takes a module that uses the Python/C API only if it has the mark: with the headers of CPython, for example, types have
 * another size, and the heap would write behind them. Raise the version if the layout of a struct changes.
 */
#ifndef PYHEAP_ABI_H
#define PYHEAP_ABI_H

#define PYHEAP_ABI_VERSION 1

/* Files of pyheap itself, which are linked into modules of others, have no mark: a module has the marks of its own files only. */
#ifndef PYHEAP_BUILD
#define PYHEAP_MARK(version) _PYHEAP_MARK(version)
#define _PYHEAP_MARK(version) \
    __asm__(".section .custom_section.pyheap.abi,\"\",@\n\t.ascii \"" #version ";\"\n\t.text\n")
PYHEAP_MARK(PYHEAP_ABI_VERSION);
#endif

#endif
