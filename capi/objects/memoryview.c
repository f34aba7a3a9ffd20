// memoryview: a buffer as an object. Its items can only be read by index if it has one dimension and they are single bytes of the format B.
// C reads the buffer itself, whatever its format is.

#include "objects.h"

static PyMemoryViewObject *of(PyObject *o) { return (PyMemoryViewObject *)o; }

static void dealloc(PyObject *o) {
    PyObject_GC_UnTrack(o);
    PyBuffer_Release(&of(o)->view);
    PyObject_GC_Del(o);
}

static int traverse(PyObject *o, visitproc visit, void *arg) {
    Py_VISIT(of(o)->view.obj);
    return 0;
}

// A view of a buffer, to which the reference from->obj passes over. The numbers of its dimensions are copied: they may lie in `from`.
static PyObject *view_of(const Py_buffer *from) {
    const int n = from->ndim;
    PyMemoryViewObject *self = PyObject_GC_NewVar(PyMemoryViewObject, &PyMemoryView_Type, 3 * (n > 0 ? n : 1));
    if (!self) return NULL;
    self->mbuf = NULL;
    self->hash = -1;
    self->flags = 0;
    self->exports = 0;
    self->weakreflist = NULL;
    self->view = *from;
    Py_ssize_t *shape = self->ob_array, *strides = shape + n, *suboffsets = strides + n;
    if (n > 0) {
        // Only a buffer of one dimension may leave out its shape.
        if (from->shape)
            memcpy(shape, from->shape, (size_t)n * sizeof *shape);
        else
            shape[0] = from->len / from->itemsize;
        Py_ssize_t stride = from->itemsize;
        for (int k = n; k-- > 0; stride *= shape[k]) strides[k] = from->strides ? from->strides[k] : stride;
        if (from->suboffsets) memcpy(suboffsets, from->suboffsets, (size_t)n * sizeof *suboffsets);
    }
    self->view.shape = n > 0 ? shape : NULL;
    self->view.strides = n > 0 ? strides : NULL;
    self->view.suboffsets = n > 0 && from->suboffsets ? suboffsets : NULL;
    PyObject_GC_Track(self);
    return (PyObject *)self;
}

PyObject *PyMemoryView_FromObject(PyObject *o) {
    if (!PyObject_CheckBuffer(o)) {
        PyErr_Format(PyExc_TypeError, "memoryview: a bytes-like object is required, not '%.200s'", Py_TYPE(o)->tp_name);
        return NULL;
    }
    Py_buffer buffer;
    if (PyObject_GetBuffer(o, &buffer, PyBUF_FULL_RO) < 0) return NULL;
    PyObject *self = view_of(&buffer);
    if (!self) PyBuffer_Release(&buffer);
    return self;
}

PyObject *PyMemoryView_FromMemory(char *at, Py_ssize_t n, int flags) {
    Py_buffer buffer;
    PyBuffer_FillInfo(&buffer, NULL, at, n, flags != PyBUF_WRITE, PyBUF_FULL_RO);
    return view_of(&buffer);
}

PyObject *PyMemoryView_FromBuffer(const Py_buffer *view) {
    if (!view->buf) {
        PyErr_SetString(PyExc_ValueError, "PyMemoryView_FromBuffer(): info->buf must not be NULL");
        return NULL;
    }
    Py_buffer buffer = *view;
    buffer.obj = NULL;
    return view_of(&buffer);
}

PyObject *PyMemoryView_GetContiguous(PyObject *o, int kind, char order) {
    PyObject *self = PyMemoryView_FromObject(o);
    if (!self) return NULL;
    const Py_buffer *view = &of(self)->view;
    if (kind == PyBUF_WRITE && view->readonly) {
        PyErr_SetString(PyExc_BufferError, "underlying buffer is not writable");
    } else if (PyBuffer_IsContiguous(view, order)) {
        return self;
    } else if (kind == PyBUF_WRITE) {
        PyErr_SetString(PyExc_BufferError, "writable contiguous buffer requested for a non-contiguous object.");
    } else {
        PyErr_SetString(PyExc_NotImplementedError, "a buffer whose items do not lie side by side can't be copied here");
    }
    Py_DECREF(self);
    return NULL;
}

// ---- its slots ----

static PyObject *new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"object", NULL};
    PyObject *o;
    (void)type;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "O:memoryview", names, &o) ? PyMemoryView_FromObject(o) : NULL;
}

static Py_ssize_t length(PyObject *o) {
    const Py_buffer *view = &of(o)->view;
    return view->ndim == 0 ? 1 : view->shape[0];
}

// Whether it has one dimension. If not, an item or a slice can't be had, and this sets an error.
static int is_row(const Py_buffer *view) {
    if (view->ndim == 1) return 1;
    PyErr_Format(PyExc_NotImplementedError, "memoryview: a buffer of %d dimensions has no items or slices here",
                 view->ndim);
    return 0;
}

static int has_bytes(const Py_buffer *view) {
    if (!is_row(view)) return 0;
    if (view->itemsize == 1 && (!view->format || strcmp(view->format, "B") == 0)) return 1;
    PyErr_Format(PyExc_NotImplementedError, "memoryview: format %s not supported", view->format ? view->format : "B");
    return 0;
}

static PyObject *item(PyObject *o, Py_ssize_t k) {
    const Py_buffer *view = &of(o)->view;
    if (!has_bytes(view)) return NULL;
    if (k >= 0 && k < length(o)) return PyLong_FromLong(((unsigned char *)view->buf)[k * view->strides[0]]);
    PyErr_SetString(PyExc_IndexError, "index out of bounds on dimension 1");
    return NULL;
}

static PyObject *part(PyObject *o, PyObject *slice) {
    const Py_buffer *view = &of(o)->view;
    Py_ssize_t start, stop, step;
    if (!is_row(view) || PySlice_Unpack(slice, &start, &stop, &step) < 0) return NULL;
    Py_ssize_t n = PySlice_AdjustIndices(length(o), &start, &stop, step);
    if (step != 1) {
        PyErr_SetString(PyExc_NotImplementedError, "memoryview: slices with steps are not supported");
        return NULL;
    }
    Py_buffer piece = *view;
    piece.obj = Py_NewRef(o);
    piece.buf = (char *)view->buf + start * view->strides[0];
    piece.len = n * view->itemsize;
    piece.shape = &n;
    PyObject *self = view_of(&piece);
    // release_buffer takes this back when the part is gone.
    if (self)
        of(o)->exports++;
    else
        Py_DECREF(o);
    return self;
}

static PyObject *subscript(PyObject *o, PyObject *key) {
    if (PySlice_Check(key)) return part(o, key);
    if (!PyIndex_Check(key)) {
        PyErr_SetString(PyExc_TypeError, "memoryview: invalid slice key");
        return NULL;
    }
    const Py_ssize_t k = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (k == -1 && PyErr_Occurred()) return NULL;
    return item(o, k < 0 ? k + length(o) : k);
}

static int get_buffer(PyObject *o, Py_buffer *to, int flags) {
    const Py_buffer *view = &of(o)->view;
    if ((flags & PyBUF_WRITABLE) && view->readonly) {
        PyErr_SetString(PyExc_BufferError, "memoryview: underlying buffer is not writable");
        return -1;
    }
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES && !PyBuffer_IsContiguous(view, 'C')) {
        PyErr_SetString(PyExc_BufferError, "memoryview: underlying buffer is not C-contiguous");
        return -1;
    }
    *to = *view;
    to->obj = Py_NewRef(o);
    if (!(flags & PyBUF_FORMAT)) to->format = NULL;
    if (!(flags & PyBUF_ND)) to->shape = NULL;
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES) to->strides = NULL;
    of(o)->exports++;
    return 0;
}

static void release_buffer(PyObject *o, Py_buffer *view) {
    (void)view;
    of(o)->exports--;
}

static PyObject *compare(PyObject *a, PyObject *b, int operator) {
    Py_buffer left, right;
    if ((operator != Py_EQ && operator != Py_NE) || !PyObject_CheckBuffer(b)) Py_RETURN_NOTIMPLEMENTED;
    if (PyObject_GetBuffer(a, &left, PyBUF_CONTIG_RO) < 0) return NULL;
    if (PyObject_GetBuffer(b, &right, PyBUF_CONTIG_RO) < 0) {
        PyBuffer_Release(&left);
        return NULL;
    }
    const int same = left.len == right.len && (left.len == 0 || memcmp(left.buf, right.buf, (size_t)left.len) == 0);
    PyBuffer_Release(&left);
    PyBuffer_Release(&right);
    return PyBool_FromLong(same == (operator == Py_EQ));
}

static PyObject *to_bytes(PyObject *o, PyObject *none) {
    (void)none;
    const Py_buffer *view = &of(o)->view;
    if (PyBuffer_IsContiguous(view, 'C')) return PyBytes_FromStringAndSize(view->buf, view->len);
    PyErr_SetString(PyExc_NotImplementedError, "a buffer whose items do not lie side by side can't be copied here");
    return NULL;
}

static PyObject *release(PyObject *o, PyObject *none) {
    (void)none;
    if (of(o)->exports > 0) {
        PyErr_Format(PyExc_BufferError, "memoryview has %zd exported buffer%s", of(o)->exports,
                     of(o)->exports == 1 ? "" : "s");
        return NULL;
    }
    Py_buffer *view = &of(o)->view;
    PyBuffer_Release(view);
    *view = (Py_buffer){.itemsize = 1, .readonly = view->readonly, .ndim = 1};
    view->shape = of(o)->ob_array;
    view->strides = of(o)->ob_array + 1;
    view->shape[0] = 0;
    view->strides[0] = 1;
    Py_RETURN_NONE;
}

static PyObject *get_object(PyObject *o, void *closure) {
    (void)closure;
    return Py_NewRef(of(o)->view.obj ? of(o)->view.obj : Py_None);
}

static PyObject *get_readonly(PyObject *o, void *closure) {
    (void)closure;
    return PyBool_FromLong(of(o)->view.readonly);
}

static PyObject *get_format(PyObject *o, void *closure) {
    (void)closure;
    return PyUnicode_FromString(of(o)->view.format ? of(o)->view.format : "B");
}

static PyMethodDef methods[] = {
    {"tobytes", to_bytes, METH_NOARGS, NULL},
    {"release", release, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"nbytes", Py_T_PYSSIZET, offsetof(PyMemoryViewObject, view.len), Py_READONLY, NULL},
    {"itemsize", Py_T_PYSSIZET, offsetof(PyMemoryViewObject, view.itemsize), Py_READONLY, NULL},
    {"ndim", Py_T_INT, offsetof(PyMemoryViewObject, view.ndim), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef attributes[] = {
    {"obj", get_object, NULL, NULL, NULL},
    {"readonly", get_readonly, NULL, NULL, NULL},
    {"format", get_format, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PySequenceMethods as_sequence = {.sq_length = length, .sq_item = item};
static PyMappingMethods as_mapping = {.mp_length = length, .mp_subscript = subscript};
static PyBufferProcs as_buffer = {.bf_getbuffer = get_buffer, .bf_releasebuffer = release_buffer};

PyTypeObject PyMemoryView_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "memoryview",
    .tp_basicsize = offsetof(PyMemoryViewObject, ob_array),
    .tp_itemsize = sizeof(Py_ssize_t),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = dealloc,
    .tp_traverse = traverse,
    .tp_richcompare = compare,
    .tp_new = new,
    .tp_methods = methods,
    .tp_members = members,
    .tp_getset = attributes,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_as_buffer = &as_buffer,
};

AT_LOAD ready(void) { PyType_Ready(&PyMemoryView_Type); }
