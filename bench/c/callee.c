/* Functions that do almost nothing, so that only their call is measured. */
#include <Python.h>

static PyObject *same(PyObject *self, PyObject *arg) {
    (void)self;
    return Py_NewRef(arg);
}

static PyObject *size(PyObject *self, PyObject *arg) {
    (void)self;
    return PyLong_FromSsize_t(PyList_Size(arg));
}

static PyMethodDef methods[] = {
    {"same", same, METH_O, NULL},
    {"size", size, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "callee", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_callee(void) { return PyModule_Create(&definition); }
