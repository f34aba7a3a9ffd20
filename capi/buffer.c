// Py_buffer: direct access to the bytes of bytes objects, and of types in C that have a bf_getbuffer.

#include <Python.h>
#include <stdbool.h>

static const PyBufferProcs *procs_of(PyObject *o) { return Py_TYPE(o)->tp_as_buffer; }

PYHEAP_DEFINED int PyObject_CheckBuffer(PyObject *o) {
    const PyBufferProcs *procs = procs_of(o);
    return PyBytes_Check(o) || (procs && procs->bf_getbuffer);
}

PYHEAP_DEFINED int PyBuffer_FillInfo(Py_buffer *view, PyObject *o, void *data, Py_ssize_t n, int readonly, int flags) {
    if ((flags & PyBUF_WRITABLE) && readonly) {
        PyErr_SetString(PyExc_BufferError, "Object is not writable.");
        return -1;
    }
    *view = (Py_buffer){.buf = data, .obj = Py_XNewRef(o), .len = n, .itemsize = 1, .readonly = readonly, .ndim = 1};
    if (flags & PyBUF_FORMAT) view->format = "B";
    if (flags & PyBUF_ND) view->shape = &view->len;
    if ((flags & PyBUF_STRIDES) == PyBUF_STRIDES) view->strides = &view->itemsize;
    return 0;
}

PYHEAP_DEFINED int PyObject_GetBuffer(PyObject *o, Py_buffer *view, int flags) {
    if (PyBytes_Check(o)) return PyBuffer_FillInfo(view, o, PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o), 1, flags);
    const PyBufferProcs *procs = procs_of(o);
    if (procs && procs->bf_getbuffer) return procs->bf_getbuffer(o, view, flags);
    PyErr_Format(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", Py_TYPE(o)->tp_name);
    return -1;
}

PYHEAP_DEFINED void PyBuffer_Release(Py_buffer *view) {
    PyObject *o = view->obj;
    if (!o) return;
    const PyBufferProcs *procs = procs_of(o);
    if (procs && procs->bf_releasebuffer) procs->bf_releasebuffer(o, view);
    view->obj = NULL;
    Py_DECREF(o);
}

// Whether the items lie side by side. The last index runs fastest; for 'F', the first.
static bool is_dense(const Py_buffer *view, char order) {
    if (view->len == 0 || !view->strides) return true;
    Py_ssize_t step = view->itemsize;
    for (int k = 0; k < view->ndim; k++) {
        const int axis = order == 'F' ? k : view->ndim - 1 - k;
        const Py_ssize_t n = view->shape ? view->shape[axis] : view->len / view->itemsize;
        if (n > 1 && view->strides[axis] != step) return false;
        step *= n;
    }
    return true;
}

PYHEAP_DEFINED int PyBuffer_IsContiguous(const Py_buffer *view, char order) {
    if (view->suboffsets) return 0;
    if (order == 'A') return is_dense(view, 'C') || is_dense(view, 'F');
    return (order == 'C' || order == 'F') && is_dense(view, order);
}
