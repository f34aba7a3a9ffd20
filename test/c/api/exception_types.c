/* Types in C that are derived from exceptions. */
#include "check.h"

static PyTypeObject ErrorType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "exception_types.Error",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

/* The type exists as long as the module is loaded, so it is made ready by a constructor of the module. */
__attribute__((constructor)) static void begin(void) {
    ErrorType.tp_base = (PyTypeObject *)PyExc_ValueError;
    if (PyType_Ready(&ErrorType) < 0) PyErr_Clear();
}

int test_error_type(void) {
    STEP(PyType_HasFeature(&ErrorType, Py_TPFLAGS_READY) && PyExceptionClass_Check((PyObject *)&ErrorType));
    PyErr_SetString((PyObject *)&ErrorType, "mine");
    STEP(PyErr_ExceptionMatches(PyExc_ValueError) && PyErr_ExceptionMatches((PyObject *)&ErrorType));
    PyObject *e = NEW(PyErr_GetRaisedException());
    STEP(e && (Py_TYPE(e) == &ErrorType ? IS(e, "Error('mine')") : Py_TYPE(e) == (PyTypeObject *)PyExc_MemoryError));
    return 0;
}

/* A type of exceptions with its own field, whose functions call those of its base last; and a type derived from it. */
typedef struct {
    PyBaseExceptionObject base;
    PyObject *place;
} FieldError;

static PyTypeObject FieldErrorType;

static int error_traverse(PyObject *op, visitproc visit, void *arg) {
    Py_VISIT(((FieldError *)op)->place);
    return FieldErrorType.tp_base->tp_traverse(op, visit, arg);
}

static int error_clear(PyObject *op) {
    Py_CLEAR(((FieldError *)op)->place);
    return FieldErrorType.tp_base->tp_clear(op);
}

static void error_dealloc(PyObject *op) {
    PyObject_GC_UnTrack(op);
    Py_CLEAR(((FieldError *)op)->place);
    FieldErrorType.tp_base->tp_dealloc(op);
}

/* FieldError(words, place) */
static int error_init(PyObject *op, PyObject *args, PyObject *kwargs) {
    PyObject *place;
    if (FieldErrorType.tp_base->tp_init(op, args, kwargs) < 0 ||
        !PyArg_ParseTuple(args, "OO", &(PyObject *){NULL}, &place))
        return -1;
    Py_XSETREF(((FieldError *)op)->place, Py_NewRef(place));
    return 0;
}

static PyObject *error_str(PyObject *op) { return PyUnicode_FromFormat("at %R", ((FieldError *)op)->place); }

static PyMemberDef error_members[] = {{"place", Py_T_OBJECT_EX, offsetof(FieldError, place), 0, NULL},
                                      {NULL, 0, 0, 0, NULL}};

static PyTypeObject FieldErrorType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "exception_types.FieldError",
    .tp_basicsize = sizeof(FieldError),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_dealloc = error_dealloc,
    .tp_traverse = error_traverse,
    .tp_clear = error_clear,
    .tp_init = error_init,
    .tp_members = error_members,
    .tp_str = error_str,
};

__attribute__((constructor)) static void begin_field_error(void) {
    FieldErrorType.tp_base = (PyTypeObject *)PyExc_LookupError;
    if (PyType_Ready(&FieldErrorType) < 0) PyErr_Clear();
}

/* Leaves an exception set that makes its own text. */
void leave_field_error(void) {
    PyObject *pair = Py_BuildValue("si", "far", 7);
    PyErr_SetObject((PyObject *)&FieldErrorType, pair);
    Py_XDECREF(pair);
}

/* Raises an exception with two arguments, and takes it. It refers to itself. */
static int raise_in_cycle(PyObject *type) {
    PyObject *pair = Py_BuildValue("si", "far", 7);
    if (!pair) return 0;
    PyErr_SetObject(type, pair);
    Py_DECREF(pair);
    PyObject *e = PyErr_GetRaisedException();
    const int done =
        PyErr_GivenExceptionMatches(e, type) && ((FieldError *)e)->place && PyObject_SetAttrString(e, "place", e) == 0;
    Py_XDECREF(e);
    return done;
}

int test_error_with_a_field(void) {
    PyObject *type = (PyObject *)&FieldErrorType;
    STEP(raise_in_cycle(type) && PyGC_Collect() > 0);
    /* Its tp_init is called when it is raised; an error of tp_init is raised instead. */
    PyErr_SetString(type, "far");
    STEP(SAYS(TypeError, "function takes exactly 2 arguments (1 given)"));
    PyObject *e = NEW(PyObject_CallFunction(type, "sO", "far", type));
    STEP(e && ((FieldError *)e)->place == type &&
         IS(NEW(PyObject_GetAttrString(e, "place")), "<class 'exception_types.FieldError'>"));
    PyObject *derived = NEW(PyErr_NewException("exception_types.Derived", type, NULL));
    STEP(derived && raise_in_cycle(derived) && PyGC_Collect() > 0);
    PyObject *d = NEW(PyObject_CallFunction(derived, "sO", "far", e));
    STEP(d && NEW(PyObject_GetAttrString(d, "place")) == e && PyErr_GivenExceptionMatches(d, PyExc_LookupError));
    return 0;
}

/* A type of exceptions from a PyType_Spec, without its own functions. */
static PyType_Slot plain_error_slots[] = {{0, NULL}};
static PyType_Spec plain_error_spec = {"exception_types.PlainError", sizeof(PyBaseExceptionObject), 0,
                                       Py_TPFLAGS_DEFAULT, plain_error_slots};

int test_error_of_a_table(void) {
    PyObject *type = NEW(PyType_FromSpecWithBases(&plain_error_spec, PyExc_OSError));
    STEP(type && PyExceptionClass_Check(type));
    const Py_ssize_t before = Py_REFCNT(type);
    PyObject *e = PyObject_CallFunction(type, "i", 2);
    STEP(e && Py_REFCNT(type) == before + 1);
    Py_DECREF(e);
    STEP(Py_REFCNT(type) == before);
    return 0;
}

/* A type from a PyType_Spec whose tp_dealloc calls that of its base last; and a type derived from it. */
static int table_errors_gone;

static void table_error_dealloc(PyObject *op) {
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    table_errors_gone++;
    ((PyTypeObject *)PyExc_OSError)->tp_dealloc(op);
    Py_DECREF(type);
}

static PyType_Slot table_error_slots[] = {{Py_tp_dealloc, table_error_dealloc}, {0, NULL}};
static PyType_Spec table_error_spec = {
    "exception_types.TableError",
    sizeof(PyBaseExceptionObject),
    0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    table_error_slots,
};

int test_error_of_a_table_with_dealloc(void) {
    PyObject *type = NEW(PyType_FromSpecWithBases(&table_error_spec, PyExc_OSError));
    PyObject *derived = type ? NEW(PyErr_NewException("exception_types.DerivedError", type, NULL)) : NULL;
    STEP(derived);
    PyObject *types[] = {type, derived};
    for (int k = 0; k < 2; k++) {
        table_errors_gone = 0;
        const Py_ssize_t before = Py_REFCNT(types[k]);
        PyErr_SetString(types[k], "gone");
        PyErr_Clear();
        /* An exception that refers to itself through its dict. */
        PyObject *e = PyObject_CallNoArgs(types[k]);
        if (!e) return __LINE__;
        const int done = PyObject_SetAttrString(e, "itself", e) == 0;
        Py_DECREF(e);
        STEP(done && PyGC_Collect() > 0 && table_errors_gone == 2 && Py_REFCNT(types[k]) == before);
    }
    return 0;
}
