// Calls whose arguments are given one by one, or by a format.

#include <Python.h>
#include <stdbool.h>

#define FEW 8

// Calls `callable`, or its method `name` if that is not NULL, with the objects up to the NULL. If there are few objects,
// the array of them is on the C stack.
static PyObject *call_objects(PyObject *callable, PyObject *name, va_list objects) {
    va_list counting;
    va_copy(counting, objects);
    size_t n = 0;
    while (va_arg(counting, PyObject *)) n++;
    va_end(counting);
    PyObject *few[FEW];
    PyObject **row = n + 1 <= FEW ? few : PyMem_New(PyObject *, n + 1);
    if (!row) return PyErr_NoMemory();
    row[0] = callable;
    for (size_t k = 1; k <= n; k++) row[k] = va_arg(objects, PyObject *);
    PyObject *result = name ? PyObject_VectorcallMethod(name, row, n + 1, NULL)
                            : PyObject_Vectorcall(callable, row + 1, n | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    if (row != few) PyMem_Free(row);
    return result;
}

// Whether an argument is NULL. The function that returned it has usually set an error; if not, this sets SystemError.
static bool is_null(PyObject *op) {
    if (op) return false;
    if (!PyErr_Occurred()) PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    return true;
}

PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...) {
    if (is_null(callable)) return NULL;
    va_list objects;
    va_start(objects, callable);
    PyObject *result = call_objects(callable, NULL, objects);
    va_end(objects);
    return result;
}

PyObject *PyObject_CallMethodObjArgs(PyObject *op, PyObject *name, ...) {
    if (is_null(op) || is_null(name)) return NULL;
    va_list objects;
    va_start(objects, name);
    PyObject *result = call_objects(op, name, objects);
    va_end(objects);
    return result;
}

// Calls `callable` with the values that the format says. If the value is a tuple, its items are the arguments.
static PyObject *call_format(PyObject *callable, const char *format, va_list values) {
    if (!format || !*format) return PyObject_CallNoArgs(callable);
    PyObject *built = Py_VaBuildValue(format, values);
    if (!built) return NULL;
    PyObject *result =
        PyTuple_Check(built) ? PyObject_Call(callable, built, NULL) : PyObject_CallOneArg(callable, built);
    Py_DECREF(built);
    return result;
}

PyObject *PyObject_CallFunction(PyObject *callable, const char *format, ...) {
    if (is_null(callable)) return NULL;
    va_list values;
    va_start(values, format);
    PyObject *result = call_format(callable, format, values);
    va_end(values);
    return result;
}

static PyObject *call_method(PyObject *op, const char *name, const char *format, va_list values) {
    if (is_null(op)) return NULL;
    PyObject *method = PyObject_GetAttrString(op, name);
    if (!method) return NULL;
    PyObject *result = call_format(method, format, values);
    Py_DECREF(method);
    return result;
}

PyObject *PyObject_CallMethod(PyObject *op, const char *name, const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *result = call_method(op, name, format, values);
    va_end(values);
    return result;
}

PyObject *_PyObject_CallMethodId(PyObject *op, _Py_Identifier *id, const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *result = call_method(op, id->string, format, values);
    va_end(values);
    return result;
}

PYHEAP_DEFINED int Py_EnterRecursiveCall(const char *where) {
    if (_Py_EnterRecursion()) return 0;
    PyErr_Format(PyExc_RecursionError, "maximum recursion depth exceeded%s", where);
    return -1;
}
