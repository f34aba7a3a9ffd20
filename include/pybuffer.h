/* Buffers: the manual's chapter "Buffer Protocol", for bytes and for types in C. Compiled into each module that uses it (capi/). */
#ifndef Py_BUFFER_H
#define Py_BUFFER_H

#include "object.h"

typedef struct {
    void *buf;
    /* An owned reference; NULL if there is nothing to release. */
    PyObject *obj;
    Py_ssize_t len;
    Py_ssize_t itemsize;
    int readonly;
    int ndim;
    char *format;
    Py_ssize_t *shape;
    Py_ssize_t *strides;
    Py_ssize_t *suboffsets;
    void *internal;
} Py_buffer;

typedef int (*getbufferproc)(PyObject *o, Py_buffer *view, int flags);
typedef void (*releasebufferproc)(PyObject *o, Py_buffer *view);

/* tp_as_buffer of a type points to this. */
struct PyBufferProcs {
    getbufferproc bf_getbuffer;
    releasebufferproc bf_releasebuffer;
};

#define PyBUF_SIMPLE 0
#define PyBUF_WRITABLE 0x0001
#define PyBUF_FORMAT 0x0004
#define PyBUF_ND 0x0008
#define PyBUF_STRIDES (0x0010 | PyBUF_ND)
#define PyBUF_C_CONTIGUOUS (0x0020 | PyBUF_STRIDES)
#define PyBUF_F_CONTIGUOUS (0x0040 | PyBUF_STRIDES)
#define PyBUF_ANY_CONTIGUOUS (0x0080 | PyBUF_STRIDES)
#define PyBUF_INDIRECT (0x0100 | PyBUF_STRIDES)
#define PyBUF_CONTIG (PyBUF_ND | PyBUF_WRITABLE)
#define PyBUF_CONTIG_RO PyBUF_ND
#define PyBUF_STRIDED (PyBUF_STRIDES | PyBUF_WRITABLE)
#define PyBUF_STRIDED_RO PyBUF_STRIDES
#define PyBUF_RECORDS (PyBUF_STRIDES | PyBUF_WRITABLE | PyBUF_FORMAT)
#define PyBUF_RECORDS_RO (PyBUF_STRIDES | PyBUF_FORMAT)
#define PyBUF_FULL (PyBUF_INDIRECT | PyBUF_WRITABLE | PyBUF_FORMAT)
#define PyBUF_FULL_RO (PyBUF_INDIRECT | PyBUF_FORMAT)

/* Whether an object has a buffer. */
Py_LOCAL_FUNC(int) PyObject_CheckBuffer(PyObject *o);
/* 0, and the caller must release the view; -1 with TypeError or BufferError. */
Py_LOCAL_FUNC(int) PyObject_GetBuffer(PyObject *o, Py_buffer *view, int flags);
Py_LOCAL_FUNC(void) PyBuffer_Release(Py_buffer *view);
/* For use in a bf_getbuffer: fills a view of n bytes. The view gets a reference to o, which may be NULL. */
Py_LOCAL_FUNC(int) PyBuffer_FillInfo(Py_buffer *view, PyObject *o, void *data, Py_ssize_t n, int readonly, int flags);
/* `order` is 'C', 'F', or 'A' for either. */
Py_LOCAL_FUNC(int) PyBuffer_IsContiguous(const Py_buffer *view, char order);

#endif
