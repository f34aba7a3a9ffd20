/* Types with members (PyMemberDef), and with getters and setters (PyGetSetDef). */
#include <stddef.h>

#include "check.h"

#include <structmember.h>

typedef struct {
    PyObject_HEAD
    short s;
    int i;
    long l;
    float f;
    double d;
    const char *text;
    PyObject *object;
    PyObject *object_ex;
    char c;
    signed char b;
    unsigned char ub;
    unsigned short us;
    unsigned int ui;
    unsigned long ul;
    char inplace[8];
    char flag;
    long long ll;
    unsigned long long ull;
    Py_ssize_t size;
    PyObject *dict;
} Everything;

static PyMemberDef members[] = {
    {"s", T_SHORT, offsetof(Everything, s), 0, NULL},
    {"i", T_INT, offsetof(Everything, i), 0, NULL},
    {"l", T_LONG, offsetof(Everything, l), 0, NULL},
    {"f", T_FLOAT, offsetof(Everything, f), 0, NULL},
    {"d", T_DOUBLE, offsetof(Everything, d), 0, NULL},
    {"text", T_STRING, offsetof(Everything, text), 0, NULL},
    {"object", T_OBJECT, offsetof(Everything, object), 0, NULL},
    {"object_ex", T_OBJECT_EX, offsetof(Everything, object_ex), 0, NULL},
    {"c", T_CHAR, offsetof(Everything, c), 0, NULL},
    {"b", T_BYTE, offsetof(Everything, b), 0, NULL},
    {"ub", T_UBYTE, offsetof(Everything, ub), 0, NULL},
    {"us", T_USHORT, offsetof(Everything, us), 0, NULL},
    {"ui", T_UINT, offsetof(Everything, ui), 0, NULL},
    {"ul", T_ULONG, offsetof(Everything, ul), 0, NULL},
    {"inplace", T_STRING_INPLACE, offsetof(Everything, inplace), 0, NULL},
    {"flag", T_BOOL, offsetof(Everything, flag), 0, NULL},
    {"ll", T_LONGLONG, offsetof(Everything, ll), 0, NULL},
    {"ull", T_ULONGLONG, offsetof(Everything, ull), 0, NULL},
    {"size", T_PYSSIZET, offsetof(Everything, size), 0, NULL},
    {"none", T_NONE, 0, 0, NULL},
    {"fixed", T_INT, offsetof(Everything, i), READONLY, "can't be set"},
    {"__dictoffset__", T_PYSSIZET, offsetof(Everything, dict), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static int traverse(PyObject *op, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(((Everything *)op)->object);
    Py_VISIT(((Everything *)op)->object_ex);
    Py_VISIT(((Everything *)op)->dict);
    return 0;
}

static int clear(PyObject *op) {
    Py_CLEAR(((Everything *)op)->object);
    Py_CLEAR(((Everything *)op)->object_ex);
    Py_CLEAR(((Everything *)op)->dict);
    return 0;
}

/* No dealloc: types made from a PyType_Spec then call clear. */
static PyGetSetDef getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {"hidden", NULL, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_members, members}, {Py_tp_getset, getset},         {Py_tp_traverse, traverse},
    {Py_tp_clear, clear},     {Py_tp_new, PyType_GenericNew}, {0, NULL},
};

static PyType_Spec spec = {"members.Everything", sizeof(Everything), 0, Py_TPFLAGS_HAVE_GC, slots};

static PyObject *make(void) {
    PyObject *type = NEW(PyType_FromSpec(&spec));
    return type ? NEW(PyObject_CallNoArgs(type)) : NULL;
}

static int shows(PyObject *op, const char *name, const char *text) {
    PyObject *value = PyObject_GetAttrString(op, name);
    const int same = is(value, text);
    Py_XDECREF(value);
    return same;
}

static int set(PyObject *op, const char *name, PyObject *value) {
    const int result = value ? PyObject_SetAttrString(op, name, value) : -1;
    Py_XDECREF(value);
    return result;
}

int test_numbers(void) {
    PyObject *op = make();
    STEP(op && Py_TYPE(op)->tp_dictoffset == offsetof(Everything, dict));
    static const char *names[] = {"s", "i", "l", "b", "ub", "us", "ui", "ul", "ll", "ull", "size"};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(names); k++) {
        STEP(shows(op, names[k], "0") && set(op, names[k], PyLong_FromLong(100 + k)) == 0);
        char text[8];
        snprintf(text, sizeof text, "%d", (int)(100 + k));
        STEP(shows(op, names[k], text));
        STEP(PyObject_DelAttrString(op, names[k]) == -1 && SAYS(TypeError, "can't delete numeric/char attribute"));
        STEP(set(op, names[k], PyUnicode_FromString("x")) == -1 && PyErr_ExceptionMatches(PyExc_TypeError));
        PyErr_Clear();
    }
    STEP(set(op, "b", PyLong_FromLong(-1)) == 0 && shows(op, "b", "-1") && set(op, "ub", PyLong_FromLong(255)) == 0 &&
         shows(op, "ub", "255"));
    STEP(set(op, "s", PyLong_FromLong(-2)) == 0 && shows(op, "s", "-2") && set(op, "us", PyLong_FromLong(65535)) == 0 &&
         shows(op, "us", "65535"));
    STEP(set(op, "ui", PyLong_FromUnsignedLong(4294967295u)) == 0 && shows(op, "ui", "4294967295"));
    STEP(set(op, "ll", PyLong_FromLongLong(-(1ll << 40))) == 0 && shows(op, "ll", "-1099511627776"));
    STEP(set(op, "ull", PyLong_FromUnsignedLongLong(~0ull)) == 0 && shows(op, "ull", "18446744073709551615"));
    STEP(set(op, "ull", PyLong_FromLong(-1)) == 0 && shows(op, "ull", "18446744073709551615"));
    STEP(set(op, "ul", PyLong_FromLong(-1)) == 0 && shows(op, "ul", "4294967295"));
    STEP(set(op, "l", PyLong_FromLongLong(1ll << 40)) == -1 &&
         SAYS(OverflowError, "Python int too large to convert to C long"));
    STEP(set(op, "f", PyFloat_FromDouble(0.5)) == 0 && shows(op, "f", "0.5") && set(op, "d", PyLong_FromLong(3)) == 0 &&
         shows(op, "d", "3.0"));
    STEP(set(op, "d", PyUnicode_FromString("x")) == -1 && PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    STEP(shows(op, "flag", "False") && set(op, "flag", Py_True) == 0 && shows(op, "flag", "True"));
    STEP(set(op, "flag", PyLong_FromLong(1)) == -1 && SAYS(TypeError, "attribute value type must be bool"));
    return 0;
}

int test_texts(void) {
    PyObject *op = make();
    STEP(op);
    STEP(shows(op, "text", "None"));
    ((Everything *)op)->text = "caf\u00e9";
    STEP(shows(op, "text", "'caf\u00e9'"));
    strcpy(((Everything *)op)->inplace, "inside");
    STEP(shows(op, "inplace", "'inside'") && shows(op, "none", "None"));
    STEP(set(op, "c", PyUnicode_FromString("z")) == 0 && shows(op, "c", "'z'"));
    STEP(set(op, "c", PyUnicode_FromString("zz")) == -1 && SAYS(TypeError, "bad argument type for built-in operation"));
    STEP(PyObject_SetAttrString(op, "text", Py_None) == -1 && SAYS(TypeError, "readonly attribute"));
    static const char *fixed[] = {"none", "fixed"};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(fixed); k++) {
        STEP(PyObject_SetAttrString(op, fixed[k], Py_None) == -1 && SAYS(AttributeError, "readonly attribute"));
    }
    return 0;
}

int test_objects(void) {
    PyObject *op = make();
    STEP(op);
    STEP(shows(op, "object", "None") && PyObject_DelAttrString(op, "object") == 0);
    STEP(!PyObject_GetAttrString(op, "object_ex") &&
         SAYS(AttributeError, "'members.Everything' object has no attribute 'object_ex'"));
    STEP(PyObject_DelAttrString(op, "object_ex") == -1 &&
         SAYS(AttributeError, "'members.Everything' object has no attribute 'object_ex'"));
    PyObject *list = NEW(PyList_New(0));
    STEP(list);
    STEP(PyObject_SetAttrString(op, "object", list) == 0 && PyObject_SetAttrString(op, "object_ex", list) == 0 &&
         Py_REFCNT(list) == 3);
    STEP(shows(op, "object", "[]") && PyObject_SetAttrString(op, "object", op) == 0 && Py_REFCNT(list) == 2);
    STEP(PyObject_DelAttrString(op, "object_ex") == 0 && Py_REFCNT(list) == 1);
    return PyObject_DelAttrString(op, "object");
}

int test_by_itself(void) {
    PyObject *op = make();
    STEP(op);
    PyMemberDef *number = &members[1];
    PyObject *five = NEW(PyLong_FromLong(5));
    STEP(five && PyMember_SetOne((char *)op, number, five) == 0 && IS(NEW(PyMember_GetOne((char *)op, number)), "5"));
    STEP(PyMember_SetOne((char *)op, number, NULL) == -1 && SAYS(TypeError, "can't delete numeric/char attribute"));
    PyMemberDef wrong = {"wrong", 99, 8, 0, NULL};
    STEP(!PyMember_GetOne((char *)op, &wrong) && SAYS(SystemError, "bad argument to internal function"));
    STEP(PyMember_SetOne((char *)op, &wrong, five) == -1 && SAYS(SystemError, "bad argument to internal function"));
    return 0;
}

int test_dict(void) {
    PyObject *op = make(), *name = NEW(PyUnicode_InternFromString("own")), *value = NEW(PyList_New(0));
    STEP(op && name && value);
    STEP(!PyObject_GetAttr(op, name) && SAYS(AttributeError, "'members.Everything' object has no attribute 'own'"));
    STEP(PyObject_DelAttr(op, name) == -1 &&
         SAYS(AttributeError, "'members.Everything' object has no attribute 'own'"));
    STEP(PyObject_SetAttr(op, name, value) == 0 && NEW(PyObject_GetAttr(op, name)) == value);
    STEP(IS(NEW(PyObject_GenericGetDict(op, NULL)), "{'own': []}") && shows(op, "__dict__", "{'own': []}"));
    STEP(PyObject_HasAttr(op, name) == 1 && PyObject_HasAttrString(op, "none") == 1 &&
         PyObject_HasAttrString(op, "not") == 0);
    STEP(PyObject_HasAttrWithError(op, name) == 1 && PyObject_HasAttrStringWithError(op, "not") == 0);
    PyObject *found = op;
    STEP(PyObject_GetOptionalAttr(op, name, &found) == 1 && NEW(found) == value);
    STEP(PyObject_GetOptionalAttrString(op, "not", &found) == 0 && found == NULL && !PyErr_Occurred());
    STEP(PyObject_DelAttr(op, name) == 0 && PyObject_HasAttr(op, name) == 0);
    PyObject *dict = NEW(Py_BuildValue("{s:i}", "x", 1));
    STEP(dict && PyObject_SetAttrString(op, "__dict__", dict) == 0 && shows(op, "x", "1"));
    STEP(PyObject_SetAttrString(op, "__dict__", value) == -1 &&
         SAYS(TypeError, "__dict__ must be set to a dictionary, not a 'list'"));
    STEP(PyObject_GenericSetDict(op, NULL, NULL) == -1 && PyErr_ExceptionMatches(PyExc_AttributeError));
    PyErr_Clear();
    STEP(!PyObject_GenericGetDict(value, NULL) && SAYS(AttributeError, "This object has no __dict__"));
    STEP(!PyObject_GetAttrString(op, "hidden") &&
         SAYS(AttributeError, "attribute 'hidden' of 'members.Everything' objects is not readable"));
    STEP(PyObject_SetAttrString(op, "hidden", value) == -1 &&
         SAYS(AttributeError, "attribute 'hidden' of 'members.Everything' objects is not writable"));
    STEP(!PyObject_GetAttr(op, value) && SAYS(TypeError, "attribute name must be string, not 'list'"));
    return 0;
}
