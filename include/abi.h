/* The mark of each file in C that is compiled with these headers: the custom section "pyheap.abi".
 *
 * PYHEAP_CPYTHON says that the file is for CPython itself (pyheap cc --for cpython), and not for a heap. The layouts are the same but for
 * one: a heap keeps words of its own after the fields of a PyTypeObject (object.h). So each of the two refuses the other's modules by the
 * mark: with a type that is too short, the heap would write past its end. Raise the version if the layout of a struct changes.
 */
#ifndef PYHEAP_ABI_H
#define PYHEAP_ABI_H

#define PYHEAP_ABI_VERSION 3

/* Files of pyheap itself, which are linked into modules of others, have no mark: a module has the marks of its own files only. */
#ifndef PYHEAP_BUILD
#define PYHEAP_MARK(version) _PYHEAP_MARK(version)
#define _PYHEAP_MARK(version) \
    __asm__(".section .custom_section.pyheap.abi,\"\",@\n\t.ascii \"" #version ";\"\n\t.text\n")
#ifdef PYHEAP_CPYTHON
PYHEAP_MARK(cpython314);
#else
PYHEAP_MARK(PYHEAP_ABI_VERSION);
#endif
#endif

#endif
