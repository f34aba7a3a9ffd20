/* Memory: the manual's chapter "Memory Management".
 *
 *   domain   functions                       for
 *   raw      PyMem_RawMalloc ...             memory that can be used without an interpreter
 *   mem      PyMem_Malloc ...  PyMem_New ... buffers
 *   object   PyObject_Malloc ...             objects
 *
 * A block must be freed through the domain that it came from. malloc and free of <stdlib.h> belong to none of the three.
 */
#ifndef Py_PYMEM_H
#define Py_PYMEM_H

#include "pyport.h"

/* A block of at least n bytes (1 if n is 0), at a multiple of 8, not cleared; NULL if there is no memory. */
PyAPI_FUNC(void *) PyMem_RawMalloc(size_t n);
PyAPI_FUNC(void *) PyMem_Malloc(size_t n);
PyAPI_FUNC(void *) PyObject_Malloc(size_t n);

/* A block of count x size bytes, all zero; NULL if there is no memory, or if the product is too large. */
PyAPI_FUNC(void *) PyMem_RawCalloc(size_t count, size_t size);
PyAPI_FUNC(void *) PyMem_Calloc(size_t count, size_t size);
PyAPI_FUNC(void *) PyObject_Calloc(size_t count, size_t size);

/* Changes the block's size to n bytes; the block may move. NULL if there is no memory; the block is then unchanged. */
PyAPI_FUNC(void *) PyMem_RawRealloc(void *block, size_t n);
PyAPI_FUNC(void *) PyMem_Realloc(void *block, size_t n);
PyAPI_FUNC(void *) PyObject_Realloc(void *block, size_t n);

/* Frees the block. NULL is allowed, and does nothing. */
PyAPI_FUNC(void) PyMem_RawFree(void *block);
PyAPI_FUNC(void) PyMem_Free(void *block);
PyAPI_FUNC(void) PyObject_Free(void *block);

/* n elements of a type. NULL if there is no memory, or if their size does not fit Py_ssize_t. */
#define PyMem_New(type, n) \
    ((size_t)(n) > PY_SSIZE_T_MAX / sizeof(type) ? NULL : (type *)PyMem_Malloc((n) * sizeof(type)))

/* Changes the number of elements. If there is no memory p becomes NULL, so keep the old value to free it. */
#define PyMem_Resize(p, type, n) \
    ((p) = (size_t)(n) > PY_SSIZE_T_MAX / sizeof(type) ? NULL : (type *)PyMem_Realloc((p), (n) * sizeof(type)))

#define PyMem_Del(p) PyMem_Free((p))

#define PyMem_NEW(type, n) PyMem_New(type, n)
#define PyMem_RESIZE(p, type, n) PyMem_Resize(p, type, n)
#define PyMem_DEL(p) PyMem_Del(p)
#define PyMem_MALLOC(n) PyMem_Malloc(n)
#define PyMem_REALLOC(p, n) PyMem_Realloc(p, n)
#define PyMem_FREE(p) PyMem_Free(p)

/* The functions of Python 1.5. They are like PyMem_Malloc and so on, and also set MemoryError when they return NULL. */
#ifndef PYHEAP_CPYTHON
PyAPI_FUNC(void *) Py_Malloc(size_t n);
PyAPI_FUNC(void *) Py_Realloc(void *block, size_t n);
PyAPI_FUNC(void) Py_Free(void *block);
#endif

/* ---- the allocator of a domain can be replaced ---- */

typedef enum { PYMEM_DOMAIN_RAW, PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ } PyMemAllocatorDomain;

typedef struct {
    /* The first argument of each function. */
    void *ctx;
    void *(*malloc)(void *ctx, size_t n);
    void *(*calloc)(void *ctx, size_t count, size_t size);
    void *(*realloc)(void *ctx, void *block, size_t n);
    void (*free)(void *ctx, void *block);
} PyMemAllocatorEx;

/* Copies the domain's allocator to *allocator. */
PyAPI_FUNC(void) PyMem_GetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);

/* Makes a copy of *allocator the domain's allocator. Blocks that exist already will be passed to its free. */
PyAPI_FUNC(void) PyMem_SetAllocator(PyMemAllocatorDomain domain, PyMemAllocatorEx *allocator);

/* Puts a checking allocator in front of each domain's allocator: docs/debug-hooks.md. */
PyAPI_FUNC(void) PyMem_SetupDebugHooks(void);

/* The source of arenas. */
typedef struct {
    void *ctx;
    void *(*alloc)(void *ctx, size_t n);
    void (*free)(void *ctx, void *arena, size_t n);
} PyObjectArenaAllocator;

PyAPI_FUNC(void) PyObject_GetArenaAllocator(PyObjectArenaAllocator *allocator);
PyAPI_FUNC(void) PyObject_SetArenaAllocator(PyObjectArenaAllocator *allocator);

#endif
