/* A container type: the numbers from n - 1 down to 0. The first one can be replaced. */
#include <Python.h>

typedef struct {
    PyObject_HEAD
    Py_ssize_t n, at;
    long other;
} Countdown;

static PyObject *Countdown_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)kwargs;
    Py_ssize_t n;
    if (!PyArg_ParseTuple(args, "n", &n)) return NULL;
    Countdown *self = (Countdown *)type->tp_alloc(type, 0);
    if (self) self->n = self->at = n, self->other = -1;
    return (PyObject *)self;
}

static Py_ssize_t Countdown_length(PyObject *op) { return ((Countdown *)op)->n; }

static PyObject *Countdown_get(PyObject *op, PyObject *key) {
    Countdown *self = (Countdown *)op;
    const Py_ssize_t k = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (k == -1 && PyErr_Occurred()) return NULL;
    if (k < 0 || k >= self->n) {
        PyErr_Format(PyExc_IndexError, "%zd is not below %zd", k, self->n);
        return NULL;
    }
    return k == 0 && self->other >= 0 ? PyLong_FromLong(self->other) : PyLong_FromSsize_t(self->n - 1 - k);
}

static int Countdown_set(PyObject *op, PyObject *key, PyObject *value) {
    if (!PyLong_Check(key) || PyLong_AsLong(key) != 0) {
        PyErr_SetString(PyExc_KeyError, "only the first");
        return -1;
    }
    ((Countdown *)op)->other = value ? PyLong_AsLong(value) : -1;
    return 0;
}

static int Countdown_contains(PyObject *op, PyObject *item) {
    return PyLong_Check(item) && PyLong_AsLong(item) < ((Countdown *)op)->n;
}

static PyObject *Countdown_next(PyObject *op) {
    Countdown *self = (Countdown *)op;
    if (self->at == 2 && self->other >= 0) return PyErr_Format(PyExc_RuntimeError, "stopped at two");
    return self->at > 0 ? PyLong_FromSsize_t(--self->at) : NULL;
}

static PyMappingMethods as_mapping = {Countdown_length, Countdown_get, Countdown_set};
static PySequenceMethods as_sequence = {.sq_contains = Countdown_contains};

static PyTypeObject CountdownType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "countdown.Countdown",
    .tp_basicsize = sizeof(Countdown),
    .tp_as_mapping = &as_mapping,
    .tp_as_sequence = &as_sequence,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = Countdown_next,
    .tp_new = Countdown_new,
};

static int exec(PyObject *module) { return PyModule_AddType(module, &CountdownType); }
static PyModuleDef_Slot slots[] = {{Py_mod_exec, exec}, {0, NULL}};
static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "countdown", .m_slots = slots};

PyMODINIT_FUNC PyInit_countdown(void) { return PyModuleDef_Init(&definition); }
