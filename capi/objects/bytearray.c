// bytearray: bytes that can be changed, and that grow. It has no methods; it has len(), +, *, in, comparisons, reading by index or slice, and
// setting or removing of a single byte.

#include "objects.h"

char _PyByteArray_empty_string[] = "";

static PyByteArrayObject *of(PyObject *o) { return (PyByteArrayObject *)o; }

static void dealloc(PyObject *o) {
    PyMem_Free(of(o)->ob_bytes);
    Py_TYPE(o)->tp_free(o);
}

PyObject *PyByteArray_FromStringAndSize(const char *data, Py_ssize_t n) {
    if (n < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyByteArray_FromStringAndSize");
        return NULL;
    }
    PyObject *o = PyType_GenericAlloc(&PyByteArray_Type, 0);
    if (!o) return NULL;
    if (PyByteArray_Resize(o, n) < 0) {
        Py_DECREF(o);
        return NULL;
    }
    if (data && n > 0) memcpy(PyByteArray_AS_STRING(o), data, (size_t)n);
    return o;
}

int PyByteArray_Resize(PyObject *o, Py_ssize_t n) {
    PyByteArrayObject *self = of(o);
    if (n < 0) {
        PyErr_Format(PyExc_ValueError, "Can only resize to positive sizes, got %zd", n);
        return -1;
    }
    if (n == Py_SIZE(o)) return 0;
    if (self->ob_exports > 0) {
        PyErr_SetString(PyExc_BufferError, "Existing exports of data: object cannot be re-sized");
        return -1;
    }
    // One byte more, for a zero; room for an eighth more, so that appending takes constant time.
    if (n >= self->ob_alloc || n < self->ob_alloc / 2) {
        const Py_ssize_t room = n + (n > Py_SIZE(o) && Py_SIZE(o) > 0 ? n / 8 : 0) + 1;
        char *bytes = PyMem_Realloc(self->ob_bytes, (size_t)room);
        if (!bytes) {
            PyErr_NoMemory();
            return -1;
        }
        self->ob_bytes = self->ob_start = bytes;
        self->ob_alloc = room;
    }
    self->ob_bytes[n] = 0;
    Py_SET_SIZE(self, n);
    return 0;
}

PyObject *PyByteArray_FromObject(PyObject *o) { return PyObject_CallOneArg((PyObject *)&PyByteArray_Type, o); }

Py_ssize_t PyByteArray_Size(PyObject *o) { return Py_SIZE(o); }

char *PyByteArray_AsString(PyObject *o) { return PyByteArray_AS_STRING(o); }

PyObject *PyByteArray_Concat(PyObject *a, PyObject *b) {
    Py_buffer left = {0}, right = {0};
    PyObject *sum = NULL;
    if (PyObject_GetBuffer(a, &left, PyBUF_SIMPLE) < 0 || PyObject_GetBuffer(b, &right, PyBUF_SIMPLE) < 0) {
        PyErr_Format(PyExc_TypeError, "can't concat %.100s to %.100s", Py_TYPE(b)->tp_name, Py_TYPE(a)->tp_name);
    } else {
        sum = PyByteArray_FromStringAndSize(NULL, left.len + right.len);
        if (sum && left.len > 0) memcpy(PyByteArray_AS_STRING(sum), left.buf, (size_t)left.len);
        if (sum && right.len > 0) memcpy(PyByteArray_AS_STRING(sum) + left.len, right.buf, (size_t)right.len);
    }
    PyBuffer_Release(&left);
    PyBuffer_Release(&right);
    return sum;
}

// ---- its slots ----

static int set_from_buffer(PyObject *self, PyObject *from) {
    Py_buffer view;
    if (PyObject_GetBuffer(from, &view, PyBUF_FULL_RO) < 0) return -1;
    int result = PyByteArray_Resize(self, view.len);
    if (result == 0 && view.len > 0) memcpy(PyByteArray_AS_STRING(self), view.buf, (size_t)view.len);
    PyBuffer_Release(&view);
    return result;
}

// A byte from 0 to 255; -1 with an error.
static int byte_of(PyObject *item) {
    const long value = PyLong_AsLong(item);
    if (value >= 0 && value <= 255) return (int)value;
    if (PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_OverflowError)) return -1;
    PyErr_SetString(PyExc_ValueError, "byte must be in range(0, 256)");
    return -1;
}

static int append(PyObject *self, int byte) {
    const Py_ssize_t n = Py_SIZE(self);
    if (byte < 0 || PyByteArray_Resize(self, n + 1) < 0) return -1;
    PyByteArray_AS_STRING(self)[n] = (char)byte;
    return 0;
}

static int set_from_items(PyObject *self, PyObject *from) {
    PyObject *iterator = PyObject_GetIter(from), *item;
    if (!iterator) {
        if (PyErr_ExceptionMatches(PyExc_TypeError))
            PyErr_Format(PyExc_TypeError, "cannot convert '%.200s' object to bytearray", Py_TYPE(from)->tp_name);
        return -1;
    }
    int result = 0;
    while (result == 0 && (item = PyIter_Next(iterator))) {
        result = append(self, byte_of(item));
        Py_DECREF(item);
    }
    Py_DECREF(iterator);
    return result < 0 || PyErr_Occurred() ? -1 : 0;
}

static int init(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"source", "encoding", "errors", NULL};
    PyObject *from = NULL;
    const char *encoding = NULL, *errors = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|Oss:bytearray", names, &from, &encoding, &errors)) return -1;
    if (PyByteArray_Resize(self, 0) < 0) return -1;
    if (from && PyUnicode_Check(from)) {
        if (!encoding) {
            PyErr_SetString(PyExc_TypeError, "string argument without an encoding");
            return -1;
        }
        PyObject *bytes = PyUnicode_AsEncodedString(from, encoding, errors);
        const int result = bytes ? set_from_buffer(self, bytes) : -1;
        Py_XDECREF(bytes);
        return result;
    }
    if (encoding || errors) {
        PyErr_SetString(PyExc_TypeError,
                        encoding ? "encoding without a string argument" : "errors without a string argument");
        return -1;
    }
    if (!from) return 0;
    if (PyIndex_Check(from)) {
        const Py_ssize_t n = PyNumber_AsSsize_t(from, PyExc_OverflowError);
        if (n == -1 && PyErr_Occurred()) return -1;
        if (n < 0) {
            PyErr_SetString(PyExc_ValueError, "negative count");
            return -1;
        }
        if (PyByteArray_Resize(self, n) < 0) return -1;
        if (n > 0) memset(PyByteArray_AS_STRING(self), 0, (size_t)n);
        return 0;
    }
    return PyObject_CheckBuffer(from) ? set_from_buffer(self, from) : set_from_items(self, from);
}

static PyObject *repr(PyObject *o) {
    PyObject *bytes = PyBytes_FromStringAndSize(PyByteArray_AS_STRING(o), Py_SIZE(o));
    PyObject *text = bytes ? PyUnicode_FromFormat("bytearray(%R)", bytes) : NULL;
    Py_XDECREF(bytes);
    return text;
}

static PyObject *compare(PyObject *a, PyObject *b, int operator) {
    Py_buffer left, right;
    if (!PyObject_CheckBuffer(a) || !PyObject_CheckBuffer(b)) Py_RETURN_NOTIMPLEMENTED;
    if (PyObject_GetBuffer(a, &left, PyBUF_SIMPLE) < 0) return NULL;
    if (PyObject_GetBuffer(b, &right, PyBUF_SIMPLE) < 0) {
        PyBuffer_Release(&left);
        return NULL;
    }
    const size_t n = (size_t)(left.len < right.len ? left.len : right.len);
    const int order = n > 0 ? memcmp(left.buf, right.buf, n) : 0;
    const Py_ssize_t difference = order ? order : left.len - right.len;
    PyBuffer_Release(&left);
    PyBuffer_Release(&right);
    Py_RETURN_RICHCOMPARE(difference, 0, operator);
}

static Py_ssize_t length(PyObject *o) { return Py_SIZE(o); }

static PyObject *item(PyObject *o, Py_ssize_t k) {
    if (k >= 0 && k < Py_SIZE(o)) return PyLong_FromLong((unsigned char)PyByteArray_AS_STRING(o)[k]);
    PyErr_SetString(PyExc_IndexError, "bytearray index out of range");
    return NULL;
}

static PyObject *subscript(PyObject *o, PyObject *key) {
    Py_ssize_t start, stop, step;
    if (PyIndex_Check(key)) {
        const Py_ssize_t k = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (k == -1 && PyErr_Occurred()) return NULL;
        return item(o, k < 0 ? k + Py_SIZE(o) : k);
    }
    if (!PySlice_Check(key)) {
        PyErr_Format(PyExc_TypeError, "bytearray indices must be integers or slices, not %.200s",
                     Py_TYPE(key)->tp_name);
        return NULL;
    }
    if (PySlice_Unpack(key, &start, &stop, &step) < 0) return NULL;
    const Py_ssize_t n = PySlice_AdjustIndices(Py_SIZE(o), &start, &stop, step);
    PyObject *part = PyByteArray_FromStringAndSize(NULL, n);
    for (Py_ssize_t k = 0; part && k < n; k++)
        PyByteArray_AS_STRING(part)[k] = PyByteArray_AS_STRING(o)[start + k * step];
    return part;
}

// As in CPython, the value is looked at first, and a negative index counts from the end once more.
static int set_item(PyObject *o, Py_ssize_t k, PyObject *value) {
    const Py_ssize_t n = Py_SIZE(o);
    const int byte = value ? byte_of(value) : 0;
    if (byte < 0) return -1;
    if (k < 0) k += n;
    if (k < 0 || k >= n) {
        PyErr_SetString(PyExc_IndexError, "bytearray index out of range");
        return -1;
    }
    char *bytes = PyByteArray_AS_STRING(o);
    if (!value) {
        memmove(bytes + k, bytes + k + 1, (size_t)(n - k - 1));
        return PyByteArray_Resize(o, n - 1);
    }
    bytes[k] = (char)byte;
    return 0;
}

static int assign(PyObject *o, PyObject *key, PyObject *value) {
    if (PySlice_Check(key)) {
        PyErr_SetString(PyExc_NotImplementedError, "a part of a bytearray can't be replaced or removed here");
        return -1;
    }
    if (!PyIndex_Check(key)) {
        PyErr_Format(PyExc_TypeError, "bytearray indices must be integers or slices, not %.200s",
                     Py_TYPE(key)->tp_name);
        return -1;
    }
    const Py_ssize_t k = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (k == -1 && PyErr_Occurred()) return -1;
    return set_item(o, k, value);
}

static PyObject *repeat(PyObject *o, Py_ssize_t count) {
    const Py_ssize_t n = Py_SIZE(o);
    if (count < 0) count = 0;
    if (n > 0 && count > PY_SSIZE_T_MAX / n) return PyErr_NoMemory();
    PyObject *all = PyByteArray_FromStringAndSize(NULL, n * count);
    for (Py_ssize_t k = 0; all && k < count; k++)
        memcpy(PyByteArray_AS_STRING(all) + k * n, PyByteArray_AS_STRING(o), (size_t)n);
    return all;
}

static PyObject *take_over(PyObject *o, PyObject *whole) {
    const int done = whole ? set_from_buffer(o, whole) : -1;
    Py_XDECREF(whole);
    return done < 0 ? NULL : Py_NewRef(o);
}

static PyObject *concat_in_place(PyObject *o, PyObject *other) { return take_over(o, PyByteArray_Concat(o, other)); }

static PyObject *repeat_in_place(PyObject *o, Py_ssize_t count) { return take_over(o, repeat(o, count)); }

// A byte, or bytes that follow each other. As in CPython, what can't be an index is taken for bytes.
static int contains(PyObject *o, PyObject *part) {
    const Py_ssize_t value = PyNumber_AsSsize_t(part, PyExc_ValueError), n = Py_SIZE(o);
    const char *bytes = PyByteArray_AS_STRING(o);
    if (value != -1 || !PyErr_Occurred()) {
        if (value >= 0 && value <= 255) return memchr(bytes, (int)value, (size_t)n) != NULL;
        PyErr_SetString(PyExc_ValueError, "byte must be in range(0, 256)");
        return -1;
    }
    if (!PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_SetString(PyExc_ValueError, "byte must be in range(0, 256)");
        return -1;
    }
    PyErr_Clear();
    Py_buffer view;
    if (PyObject_GetBuffer(part, &view, PyBUF_SIMPLE) < 0) return -1;
    int found = 0;
    for (Py_ssize_t k = 0; !found && k + view.len <= n; k++) found = memcmp(bytes + k, view.buf, (size_t)view.len) == 0;
    PyBuffer_Release(&view);
    return found;
}

static int get_buffer(PyObject *o, Py_buffer *view, int flags) {
    if (PyBuffer_FillInfo(view, o, PyByteArray_AS_STRING(o), Py_SIZE(o), 0, flags) < 0) return -1;
    of(o)->ob_exports++;
    return 0;
}

static void release_buffer(PyObject *o, Py_buffer *view) {
    (void)view;
    of(o)->ob_exports--;
}

static PySequenceMethods as_sequence = {.sq_length = length,
                                        .sq_concat = PyByteArray_Concat,
                                        .sq_repeat = repeat,
                                        .sq_item = item,
                                        .sq_ass_item = set_item,
                                        .sq_contains = contains,
                                        .sq_inplace_concat = concat_in_place,
                                        .sq_inplace_repeat = repeat_in_place};
static PyMappingMethods as_mapping = {.mp_length = length, .mp_subscript = subscript, .mp_ass_subscript = assign};
static PyBufferProcs as_buffer = {.bf_getbuffer = get_buffer, .bf_releasebuffer = release_buffer};

PyTypeObject PyByteArray_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "bytearray",
    .tp_basicsize = sizeof(PyByteArrayObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_dealloc = dealloc,
    .tp_init = init,
    .tp_new = PyType_GenericNew,
    .tp_repr = repr,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_richcompare = compare,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_as_buffer = &as_buffer,
};

AT_LOAD ready(void) { PyType_Ready(&PyByteArray_Type); }
