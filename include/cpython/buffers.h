/* bytearray, memoryview, slice, and what else deals with bytes in place. */
#ifndef Py_CPYTHON_BUFFERS_H
#define Py_CPYTHON_BUFFERS_H

#include "../bytesobject.h"
#include "../pybuffer.h"

/* ---- bytearray ---- */

typedef struct {
    PyObject_VAR_HEAD
    Py_ssize_t ob_alloc;
    char *ob_bytes;
    /* Where the bytes begin: at ob_bytes, or after it if some were removed at the beginning. */
    char *ob_start;
    Py_ssize_t ob_exports;
} PyByteArrayObject;

PyAPI_DATA(PyTypeObject) PyByteArray_Type;
PyAPI_DATA(PyTypeObject) PyByteArrayIter_Type;
PyAPI_DATA(char) _PyByteArray_empty_string[];
#define PyByteArray_Check(o) PyObject_TypeCheck((o), &PyByteArray_Type)
#define PyByteArray_CheckExact(o) Py_IS_TYPE((o), &PyByteArray_Type)
PyAPI_FUNC(PyObject *) PyByteArray_FromObject(PyObject *o);
PyAPI_FUNC(PyObject *) PyByteArray_FromStringAndSize(const char *data, Py_ssize_t n);
PyAPI_FUNC(PyObject *) PyByteArray_Concat(PyObject *a, PyObject *b);
PyAPI_FUNC(Py_ssize_t) PyByteArray_Size(PyObject *o);
PyAPI_FUNC(char *) PyByteArray_AsString(PyObject *o);
PyAPI_FUNC(int) PyByteArray_Resize(PyObject *o, Py_ssize_t n);
#define PyByteArray_GET_SIZE(o) Py_SIZE(o)
#define PyByteArray_AS_STRING(o) (Py_SIZE(o) != 0 ? ((PyByteArrayObject *)(o))->ob_start : _PyByteArray_empty_string)

/* ---- memoryview ---- */

typedef struct {
    PyObject_HEAD
    int flags;
    Py_ssize_t exports;
    Py_buffer master;
} _PyManagedBufferObject;

typedef struct {
    PyObject_VAR_HEAD
    _PyManagedBufferObject *mbuf;
    Py_hash_t hash;
    int flags;
    Py_ssize_t exports;
    Py_buffer view;
    PyObject *weakreflist;
    Py_ssize_t ob_array[1];
} PyMemoryViewObject;

#define PyBUF_MAX_NDIM 64
#define PyBUF_READ 0x100
#define PyBUF_WRITE 0x200
#define PyBUF_WRITEABLE PyBUF_WRITABLE
PyAPI_DATA(PyTypeObject) PyMemoryView_Type;
#define PyMemoryView_Check(o) Py_IS_TYPE((o), &PyMemoryView_Type)
#define PyMemoryView_GET_BUFFER(o) (&((PyMemoryViewObject *)(o))->view)
#define PyMemoryView_GET_BASE(o) (((PyMemoryViewObject *)(o))->view.obj)
PyAPI_FUNC(PyObject *) PyMemoryView_FromObject(PyObject *o);
PyAPI_FUNC(PyObject *) PyMemoryView_FromMemory(char *memory, Py_ssize_t n, int flags);
PyAPI_FUNC(PyObject *) PyMemoryView_FromBuffer(const Py_buffer *view);
PyAPI_FUNC(PyObject *) PyMemoryView_GetContiguous(PyObject *o, int kind, char order);

/* ---- buffers ---- */

PyAPI_FUNC(void *) PyBuffer_GetPointer(const Py_buffer *view, const Py_ssize_t *indices);
PyAPI_FUNC(Py_ssize_t) PyBuffer_SizeFromFormat(const char *format);
PyAPI_FUNC(int) PyBuffer_ToContiguous(void *to, const Py_buffer *view, Py_ssize_t n, char order);
PyAPI_FUNC(int) PyBuffer_FromContiguous(const Py_buffer *view, const void *from, Py_ssize_t n, char order);
PyAPI_FUNC(int) PyObject_CopyData(PyObject *to, PyObject *from);
PyAPI_FUNC(void)
    PyBuffer_FillContiguousStrides(int dimensions, Py_ssize_t *shape, Py_ssize_t *strides, int item_size, char order);
PyAPI_DATA(PyTypeObject) PyPickleBuffer_Type;
PyAPI_FUNC(PyObject *) PyPickleBuffer_FromObject(PyObject *o);
PyAPI_FUNC(const Py_buffer *) PyPickleBuffer_GetBuffer(PyObject *o);
PyAPI_FUNC(int) PyPickleBuffer_Release(PyObject *o);

/* ---- bytes ---- */

PyAPI_DATA(PyTypeObject) PyBytesIter_Type;
PyAPI_FUNC(PyObject *) PyBytes_Repr(PyObject *o, int smart_quotes);
PyAPI_FUNC(PyObject *)
    PyBytes_DecodeEscape(const char *text, Py_ssize_t n, const char *errors, Py_ssize_t unicode, const char *encoding);

/* ---- slices, and ... ---- */

typedef struct {
    PyObject_HEAD
    PyObject *start, *stop, *step;
} PySliceObject;

PyAPI_DATA(PyTypeObject) PySlice_Type;
PyAPI_DATA(PyTypeObject) PyEllipsis_Type;
PyAPI_DATA(PyObject) _Py_EllipsisObject;
#define Py_Ellipsis (&_Py_EllipsisObject)
#define PySlice_Check(o) Py_IS_TYPE((o), &PySlice_Type)
PyAPI_FUNC(PyObject *) PySlice_New(PyObject *start, PyObject *stop, PyObject *step);
PyAPI_FUNC(int) PySlice_Unpack(PyObject *slice, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step);
PyAPI_FUNC(Py_ssize_t) PySlice_AdjustIndices(Py_ssize_t n, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step);
PyAPI_FUNC(int)
    PySlice_GetIndices(PyObject *slice, Py_ssize_t n, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step);
#define PySlice_GetIndicesEx(slice, n, start, stop, step, count) \
    (PySlice_Unpack((slice), (start), (stop), (step)) < 0 \
         ? (*(count) = 0, -1) \
         : (*(count) = PySlice_AdjustIndices((n), (start), (stop), *(step)), 0))

#endif
