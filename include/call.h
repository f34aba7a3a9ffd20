/* Calls of objects: the manual's chapter "Call Protocol". */
#ifndef Py_CALL_H
#define Py_CALL_H

#include "object.h"

#define PY_VECTORCALL_ARGUMENTS_OFFSET ((size_t)1 << (8 * sizeof(size_t) - 1))
#define PyVectorcall_NARGS(n) ((Py_ssize_t)((n) & ~PY_VECTORCALL_ARGUMENTS_OFFSET))

PyAPI_FUNC(int) PyCallable_Check(PyObject *op);

/* callable(*args, **kwargs): a new reference; NULL with an error. `kwargs` may be NULL. */
PyAPI_FUNC(PyObject *) PyObject_Call(PyObject *callable, PyObject *args, PyObject *kwargs);
PyAPI_FUNC(PyObject *) PyObject_CallObject(PyObject *callable, PyObject *args);
PyAPI_FUNC(PyObject *) PyObject_CallNoArgs(PyObject *callable);
PyAPI_FUNC(PyObject *) PyObject_CallOneArg(PyObject *callable, PyObject *arg);
/* The arguments are an array. `kwnames` is NULL, or a tuple of the names of the last ones. */
PyAPI_FUNC(PyObject *) PyObject_Vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);
PyAPI_FUNC(PyObject *)
    PyObject_VectorcallDict(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwargs);
PyAPI_FUNC(PyObject *) PyVectorcall_Call(PyObject *callable, PyObject *tuple, PyObject *dict);
PyAPI_FUNC(vectorcallfunc) PyVectorcall_Function(PyObject *callable);

/* args[0].name(args[1], ...) */
PyAPI_FUNC(PyObject *)
    PyObject_VectorcallMethod(PyObject *name, PyObject *const *args, size_t nargsf, PyObject *kwnames);
static inline PyObject *PyObject_CallMethodNoArgs(PyObject *op, PyObject *name) {
    return PyObject_VectorcallMethod(name, &op, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}
static inline PyObject *PyObject_CallMethodOneArg(PyObject *op, PyObject *name, PyObject *arg) {
    PyObject *args[] = {op, arg};
    return PyObject_VectorcallMethod(name, args, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}

/* The arguments are given one by one, with NULL at the end. */
Py_LOCAL_FUNC(PyObject *) PyObject_CallFunctionObjArgs(PyObject *callable, ...);
Py_LOCAL_FUNC(PyObject *) PyObject_CallMethodObjArgs(PyObject *op, PyObject *name, ...);

/* The format is that of Py_BuildValue. If it makes a tuple, its items are the arguments; "" or NULL: no arguments. */
Py_LOCAL_FUNC(PyObject *) PyObject_CallFunction(PyObject *callable, const char *format, ...);
Py_LOCAL_FUNC(PyObject *) PyObject_CallMethod(PyObject *op, const char *name, const char *format, ...);

/* isinstance and issubclass: 1 or 0, -1 with an error. The second may be a tuple of types. */
PyAPI_FUNC(int) PyObject_IsInstance(PyObject *op, PyObject *type);
PyAPI_FUNC(int) PyObject_IsSubclass(PyObject *type, PyObject *base);

#endif
