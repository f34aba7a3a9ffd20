// The operations that any object can have, and those that change it: what each gives, or its error.

#include "show.h"

#define OBJECT(o) ((PyObject *)(o))

/* What every object has. Shows the type of each result. */
static void show_all(PyObject *o, PyObject *like) {
    PyObject *two = PyLong_FromLong(2), *text = PyUnicode_FromString("a"), *zero = PyLong_FromLong(0);
    SHOW(PyObject_Repr(o));
    SHOW(PyObject_Str(o));
    SHOW(PyObject_Type(o));
    NUMBER(PyObject_Hash(o) == PyObject_Hash(like));
    PyErr_Clear();
    NUMBER(PyObject_IsTrue(o));
    NUMBER(PyObject_Size(o));
    NUMBER(PySequence_Size(o));
    NUMBER(PyMapping_Size(o));
    NUMBER(PySequence_Check(o));
    NUMBER(PyMapping_Check(o));
    NUMBER(PyNumber_Check(o));
    NUMBER(PyIter_Check(o));
    NUMBER(PyObject_IS_GC(o));
    NUMBER(PyList_Check(o) << 8 | PyTuple_Check(o) << 7 | PyDict_Check(o) << 6 | PyUnicode_Check(o) << 5 |
           PyBytes_Check(o) << 4 | PyLong_Check(o) << 3 | PyFloat_Check(o) << 2 | PyAnySet_Check(o) << 1);
    NUMBER(PyList_CheckExact(o) || PyTuple_CheckExact(o) || PyDict_CheckExact(o) || PyUnicode_CheckExact(o) ||
           PyBytes_CheckExact(o) || PyLong_CheckExact(o) || PyFloat_CheckExact(o) || PySet_CheckExact(o));
    NUMBER(PyObject_IsInstance(o, OBJECT(Py_TYPE(like))));
    for (int op = Py_LT; op <= Py_GE; op++) {
        SHOW(PyObject_RichCompare(o, like, op));
        SHOW(PyObject_RichCompare(like, o, op));
        SHOW(PyObject_RichCompare(o, o, op));
    }
    SHOW(PySequence_List(o));
    SHOW(PySequence_Tuple(o));
    PyObject *set = PySet_New(o);
    NUMBER(set ? PySet_Size(set) : -1);
    Py_XDECREF(set);
    SHOW(PySequence_Fast(o, "no"));
    SHOW(PyObject_GetItem(o, zero));
    SHOW(PyObject_GetItem(o, two));
    SHOW(PyObject_GetItem(o, text));
    SHOW(PySequence_GetItem(o, 0));
    SHOW(PySequence_GetItem(o, -1));
    SHOW(PySequence_GetItem(o, 99));
    if (!PyDict_Check(o)) SHOW(PySequence_GetSlice(o, 0, 2));
    NUMBER(PySequence_Contains(o, two));
    NUMBER(PySequence_Contains(o, text));
    SHOW(PySequence_Concat(o, like));
    SHOW(PySequence_Concat(like, o));
    SHOW(PySequence_Repeat(o, 2));
    SHOW(PySequence_Repeat(o, -2));
    PyObject *operands[] = {o, like, two, text};
    for (int k = 0; k < 4; k++) {
        PyObject *b = operands[k];
        SHOW(PyNumber_Add(o, b));
        SHOW(PyNumber_Add(b, o));
        SHOW(PyNumber_Multiply(o, b));
        SHOW(PyNumber_Multiply(b, o));
        SHOW(PyNumber_Subtract(o, b));
        SHOW(PyNumber_Subtract(b, o));
        SHOW(PyNumber_TrueDivide(o, b));
        SHOW(PyNumber_FloorDivide(b, o));
        SHOW(PyNumber_Divmod(o, b));
        SHOW(PyNumber_And(o, b));
        SHOW(PyNumber_Or(b, o));
        SHOW(PyNumber_Xor(o, b));
        SHOW(PyNumber_Rshift(b, o));
    }
    SHOW(PyNumber_Lshift(o, two));
    SHOW(PyNumber_Power(o, two, Py_None));
    SHOW(PyNumber_Negative(o));
    SHOW(PyNumber_Positive(o));
    SHOW(PyNumber_Absolute(o));
    SHOW(PyNumber_Invert(o));
    SHOW(PyNumber_Long(o));
    SHOW(PyNumber_Float(o));
    SHOW(PyNumber_Index(o));
    NUMBER(PyLong_AsLong(o));
    NUMBER((long long)(PyFloat_AsDouble(o) * 100));
    SHOW(PyObject_GetAttrString(o, "__class__"));
    SHOW(PyObject_GetAttrString(o, "nothing"));
    NUMBER(PyObject_SetAttrString(o, "nothing", two));
    Py_DECREF(two);
    Py_DECREF(text);
    Py_DECREF(zero);
}

static void show_changes(PyObject *o) {
    PyObject *two = PyLong_FromLong(2), *row = Py_BuildValue("[ii]", 8, 9),
             *pairs = Py_BuildValue("[(ii)(si)]", 5, 6, "k", 7);
    NUMBER(PyObject_SetItem(o, two, row));
    NUMBER(PySequence_SetItem(o, 0, two));
    NUMBER(PySequence_SetItem(o, -1, two));
    NUMBER(PySequence_SetItem(o, 99, two));
    NUMBER(PySequence_DelItem(o, 1));
    NUMBER(PyList_Append(o, two));
    NUMBER(PyList_Insert(o, 0, row));
    NUMBER(PyList_Extend(o, row));
    NUMBER(PyList_Sort(o));
    PyErr_Clear();
    NUMBER(PyList_SetSlice(o, 0, 1, row));
    SHOW(PyList_GetSlice(o, 0, 3));
    SHOW(PyList_AsTuple(o));
    SHOW(PyNumber_InPlaceAdd(o, row));
    SHOW(PyNumber_InPlaceMultiply(o, two));
    SHOW(PySequence_InPlaceRepeat(o, 1));
    SHOW(PySequence_InPlaceConcat(o, row));
    NUMBER(PyDict_SetItem(o, two, row));
    NUMBER(PyDict_SetItemString(o, "s", row));
    if (PyDict_Check(o)) NUMBER(PyDict_MergeFromSeq2(o, pairs, 1));
    SHOW(PyDict_Keys(o));
    SHOW(PyDict_Copy(o));
    SHOW(PyNumber_InPlaceOr(o, pairs));
    NUMBER(PyDict_DelItemString(o, "s"));
    NUMBER(PyObject_DelItem(o, two));
    NUMBER(PyObject_DelItem(o, two));
    NUMBER(PyDict_Size(o));
    NUMBER(PySet_Add(o, two));
    NUMBER(PySet_Discard(o, two));
    NUMBER(PySet_Size(o));
    SHOW(Py_NewRef(o));
    Py_DECREF(two);
    Py_DECREF(row);
    Py_DECREF(pairs);
}
