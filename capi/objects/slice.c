// Slices, and the object `...`.

#include "objects.h"

static void slice_dealloc(PyObject *o) {
    PySliceObject *slice = (PySliceObject *)o;
    PyObject_GC_UnTrack(o);
    Py_DECREF(slice->start);
    Py_DECREF(slice->stop);
    Py_DECREF(slice->step);
    PyObject_GC_Del(o);
}

static int slice_traverse(PyObject *o, visitproc visit, void *arg) {
    PySliceObject *slice = (PySliceObject *)o;
    Py_VISIT(slice->start);
    Py_VISIT(slice->stop);
    Py_VISIT(slice->step);
    return 0;
}

static PyObject *slice_repr(PyObject *o) {
    PySliceObject *slice = (PySliceObject *)o;
    return PyUnicode_FromFormat("slice(%R, %R, %R)", slice->start, slice->stop, slice->step);
}

static PyObject *as_tuple(PyObject *o) {
    PySliceObject *slice = (PySliceObject *)o;
    return PyTuple_Pack(3, slice->start, slice->stop, slice->step);
}

static PyObject *slice_compare(PyObject *a, PyObject *b, int operator) {
    if (!PySlice_Check(a) || !PySlice_Check(b)) Py_RETURN_NOTIMPLEMENTED;
    PyObject *left = as_tuple(a), *right = left ? as_tuple(b) : NULL;
    PyObject *answer = right ? PyObject_RichCompare(left, right, operator) : NULL;
    Py_XDECREF(left);
    Py_XDECREF(right);
    return answer;
}

// Python 3.12 and later hash a slice as they hash a tuple, though not to the same number.
static Py_hash_t slice_hash(PyObject *o) {
    PyObject *items = as_tuple(o);
    if (!items) return -1;
    const Py_hash_t hash = PyObject_Hash(items);
    Py_DECREF(items);
    return hash;
}

static PyObject *slice_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)type;
    PyObject *a = NULL, *b = NULL, *c = NULL;
    if (kwargs && PyDict_Size(kwargs) > 0) {
        PyErr_SetString(PyExc_TypeError, "slice() takes no keyword arguments");
        return NULL;
    }
    if (!PyArg_UnpackTuple(args, "slice", 1, 3, &a, &b, &c)) return NULL;
    return b ? PySlice_New(a, b, c) : PySlice_New(NULL, a, NULL);
}

static PyObject *slice_indices(PyObject *o, PyObject *length) {
    const Py_ssize_t n = PyNumber_AsSsize_t(length, PyExc_OverflowError);
    if (n < 0) {
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_ValueError, "length should not be negative");
        return NULL;
    }
    Py_ssize_t start, stop, step;
    if (PySlice_Unpack(o, &start, &stop, &step) < 0) return NULL;
    PySlice_AdjustIndices(n, &start, &stop, step);
    return Py_BuildValue("(nnn)", start, stop, step);
}

static PyMethodDef slice_methods[] = {{"indices", slice_indices, METH_O, NULL}, {NULL, NULL, 0, NULL}};

static PyMemberDef slice_members[] = {
    {"start", _Py_T_OBJECT, offsetof(PySliceObject, start), Py_READONLY, NULL},
    {"stop", _Py_T_OBJECT, offsetof(PySliceObject, stop), Py_READONLY, NULL},
    {"step", _Py_T_OBJECT, offsetof(PySliceObject, step), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject PySlice_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "slice",
    .tp_basicsize = sizeof(PySliceObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = slice_dealloc,
    .tp_traverse = slice_traverse,
    .tp_repr = slice_repr,
    .tp_hash = slice_hash,
    .tp_richcompare = slice_compare,
    .tp_new = slice_new,
    .tp_methods = slice_methods,
    .tp_members = slice_members,
};

PyObject *PySlice_New(PyObject *start, PyObject *stop, PyObject *step) {
    PySliceObject *slice = PyObject_GC_New(PySliceObject, &PySlice_Type);
    if (!slice) return NULL;
    slice->start = Py_NewRef(start ? start : Py_None);
    slice->stop = Py_NewRef(stop ? stop : Py_None);
    slice->step = Py_NewRef(step ? step : Py_None);
    PyObject_GC_Track(slice);
    return (PyObject *)slice;
}

// Stores a part of a slice, if it is not None: 0, or -1 with an error. Numbers that are too large become the largest ones.
static int unpack(PyObject *part, Py_ssize_t *to) {
    if (part == Py_None) return 0;
    if (!PyIndex_Check(part)) {
        PyErr_SetString(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
        return -1;
    }
    const Py_ssize_t value = PyNumber_AsSsize_t(part, NULL);
    if (value == -1 && PyErr_Occurred()) return -1;
    *to = value;
    return 0;
}

int PySlice_Unpack(PyObject *o, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step) {
    PySliceObject *slice = (PySliceObject *)o;
    *step = 1;
    if (unpack(slice->step, step) < 0) return -1;
    if (*step == 0) {
        PyErr_SetString(PyExc_ValueError, "slice step cannot be zero");
        return -1;
    }
    // So that -step is a number, too.
    if (*step < -PY_SSIZE_T_MAX) *step = -PY_SSIZE_T_MAX;
    *start = *step < 0 ? PY_SSIZE_T_MAX : 0;
    *stop = *step < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
    return unpack(slice->start, start) < 0 ? -1 : unpack(slice->stop, stop);
}

static Py_ssize_t clamped(Py_ssize_t k, Py_ssize_t n, Py_ssize_t step) {
    if (k < 0) k += n;
    if (k < 0) return step < 0 ? -1 : 0;
    if (k < n) return k;
    return step < 0 ? n - 1 : n;
}

Py_ssize_t PySlice_AdjustIndices(Py_ssize_t n, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step) {
    *start = clamped(*start, n, step);
    *stop = clamped(*stop, n, step);
    if (step < 0) return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

int PySlice_GetIndices(PyObject *o, Py_ssize_t n, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step) {
    PySliceObject *slice = (PySliceObject *)o;
    const Py_ssize_t missing = PY_SSIZE_T_MIN;
    Py_ssize_t a = missing, b = missing;
    *step = 1;
    if (unpack(slice->step, step) < 0 || unpack(slice->start, &a) < 0 || unpack(slice->stop, &b) < 0) return -1;
    *start = slice->start == Py_None ? (*step < 0 ? n - 1 : 0) : a < 0 ? a + n : a;
    *stop = slice->stop == Py_None ? (*step < 0 ? -1 : n) : b < 0 ? b + n : b;
    return *stop > n || *start >= n || *step == 0 ? -1 : 0;
}

// ---- ... ----

static PyObject *ellipsis_repr(PyObject *o) {
    (void)o;
    return PyUnicode_FromString("Ellipsis");
}

PyTypeObject PyEllipsis_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "ellipsis",
    .tp_basicsize = sizeof(PyObject),
    .tp_repr = ellipsis_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

PyObject _Py_EllipsisObject = {.ob_refcnt = _Py_IMMORTAL_REFCNT, .ob_type = &PyEllipsis_Type};

AT_LOAD ready(void) {
    if (PyType_Ready(&PySlice_Type) == 0) PyType_Ready(&PyEllipsis_Type);
}
