/* Shared by the third and the fourth stage: an object with a first name and a last name, which are strings, and a
   number. */

#ifndef IS_NAME
#define IS_NAME(op) PyUnicode_Check(op)
#endif

typedef struct {
    PyObject_HEAD
    PyObject *first;
    PyObject *last;
    int number;
} CustomObject;

static PyObject *Custom_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    (void)args, (void)kwargs;
    CustomObject *self = (CustomObject *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->first = PyUnicode_FromString("");
    self->last = self->first ? PyUnicode_FromString("") : NULL;
    if (!self->last) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int Custom_init(PyObject *op, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"first", "last", "number", NULL};
    CustomObject *self = (CustomObject *)op;
    PyObject *first = NULL, *last = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|UUi", names, &first, &last, &self->number)) return -1;
    if (first) Py_SETREF(self->first, Py_NewRef(first));
    if (last) Py_SETREF(self->last, Py_NewRef(last));
    return 0;
}

static PyMemberDef Custom_members[] = {
    {"number", Py_T_INT, offsetof(CustomObject, number), 0, "custom number"},
    {NULL, 0, 0, 0, NULL},
};

/* The closure is the offset of the string in the object. */
static PyObject **place(PyObject *op, void *closure) { return (PyObject **)((char *)op + (size_t)closure); }

static PyObject *Custom_get(PyObject *op, void *closure) { return Py_NewRef(*place(op, closure)); }

static int Custom_set(PyObject *op, PyObject *value, void *closure) {
    const char *name = (size_t)closure == offsetof(CustomObject, first) ? "first" : "last";
    if (!value) {
        PyErr_Format(PyExc_TypeError, "Cannot delete the %s attribute", name);
        return -1;
    }
    if (!IS_NAME(value)) {
        PyErr_Format(PyExc_TypeError, "The %s attribute value must be a string", name);
        return -1;
    }
    Py_SETREF(*place(op, closure), Py_NewRef(value));
    return 0;
}

static PyGetSetDef Custom_getset[] = {
    {"first", Custom_get, Custom_set, "first name", (void *)offsetof(CustomObject, first)},
    {"last", Custom_get, Custom_set, "last name", (void *)offsetof(CustomObject, last)},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *Custom_name(PyObject *op, PyObject *unused) {
    (void)unused;
    CustomObject *self = (CustomObject *)op;
    return PyUnicode_FromFormat("%S %S", self->first, self->last);
}

static PyMethodDef Custom_methods[] = {
    {"name", Custom_name, METH_NOARGS, "Return the name, combining the first and last name"},
    {NULL, NULL, 0, NULL},
};
