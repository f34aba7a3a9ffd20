/* What these headers say about CPython's objects, for abi.py to compare with what CPython says. The test makes NUMBERS, SLOT_* and CHECK_*. */
#include <opcode.h>
#include <Python.h>
#include <datetime.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <time.h>
#include <unistd.h>

#define NUMBER(name, value) {name, (long long)(value)}
#define SIZE(type) NUMBER("sizeof " #type, sizeof(type))
#define FIELD(type, field) NUMBER(#type "." #field, offsetof(type, field))
#define MACRO(name) NUMBER(#name, name)

static const struct {
    const char *name;
    long long value;
} numbers[] = {NUMBERS};

static PyObject *constants(PyObject *self, PyObject *none) {
    PyObject *found = PyDict_New();
    for (size_t k = 0; k < Py_ARRAY_LENGTH(numbers); k++) {
        PyObject *value = PyLong_FromLongLong(numbers[k].value);
        PyDict_SetItemString(found, numbers[k].name, value);
        Py_DECREF(value);
    }
    return found;
}

/* The table that the interpreter has for debuggers: sizes and offsets of its structs, 8 bytes each. */
PyAPI_DATA(char) _PyRuntime[];
static PyObject *debug_offsets(PyObject *self, PyObject *none) { return PyBytes_FromStringAndSize(_PyRuntime, 800); }

/* ---- types ---- */

static const struct {
    const char *name;
    int slot;
} slots[] = {SLOT_NUMBERS};

static void *field_of(PyTypeObject *type, int slot) {
    switch (slot) { SLOT_FIELDS }
    return NULL;
}

/* The names of the slots in which PyType_GetSlot finds something else than we do. */
static PyObject *differing_slots(PyObject *self, PyObject *type) {
    PyObject *found = PyList_New(0);
    for (size_t k = 0; k < Py_ARRAY_LENGTH(slots); k++) {
        void *theirs = PyType_GetSlot((PyTypeObject *)type, slots[k].slot);
        if (theirs == field_of((PyTypeObject *)type, slots[k].slot)) continue;
        PyObject *name = PyUnicode_FromString(slots[k].name);
        PyList_Append(found, name);
        Py_DECREF(name);
    }
    return found;
}

static PyObject *or_none(PyObject *o) { return o ? o : Py_None; }

static PyObject *type_fields(PyObject *self, PyObject *o) {
    PyTypeObject *type = (PyTypeObject *)o;
    return Py_BuildValue("snnnnkOOOi", type->tp_name, type->tp_basicsize, type->tp_itemsize, type->tp_dictoffset,
                         type->tp_weaklistoffset, type->tp_flags, or_none((PyObject *)type->tp_base),
                         or_none(type->tp_bases), or_none(type->tp_mro), PyType_Check(o));
}

#define FLAG(name) {#name, Py_TPFLAGS_##name}
static const struct {
    const char *name;
    unsigned long flag;
} flags[] = {FLAG(MANAGED_WEAKREF),
             FLAG(MANAGED_DICT),
             FLAG(SEQUENCE),
             FLAG(MAPPING),
             FLAG(DISALLOW_INSTANTIATION),
             FLAG(IMMUTABLETYPE),
             FLAG(HEAPTYPE),
             FLAG(BASETYPE),
             FLAG(HAVE_VECTORCALL),
             FLAG(READY),
             FLAG(READYING),
             FLAG(HAVE_GC),
             FLAG(METHOD_DESCRIPTOR),
             FLAG(IS_ABSTRACT),
             FLAG(ITEMS_AT_END),
             FLAG(LONG_SUBCLASS),
             FLAG(LIST_SUBCLASS),
             FLAG(TUPLE_SUBCLASS),
             FLAG(BYTES_SUBCLASS),
             FLAG(UNICODE_SUBCLASS),
             FLAG(DICT_SUBCLASS),
             FLAG(BASE_EXC_SUBCLASS),
             FLAG(TYPE_SUBCLASS)};

static PyObject *flags_of(PyObject *self, PyObject *type) {
    PyObject *found = PySet_New(NULL);
    for (size_t k = 0; k < Py_ARRAY_LENGTH(flags); k++) {
        if (!PyType_HasFeature((PyTypeObject *)type, flags[k].flag)) continue;
        PyObject *name = PyUnicode_FromString(flags[k].name);
        PySet_Add(found, name);
        Py_DECREF(name);
    }
    return found;
}

/* ---- objects ---- */

#define CHECK(name) {#name, name##_checked}
#define CHECKED(name) \
    static int name##_checked(PyObject *o) { return name(o) != 0; }
CHECK_FUNCTIONS
static const struct {
    const char *name;
    int (*check)(PyObject *);
} checks[] = {CHECK_ENTRIES};

static PyObject *checks_of(PyObject *self, PyObject *o) {
    PyObject *found = PySet_New(NULL);
    for (size_t k = 0; k < Py_ARRAY_LENGTH(checks); k++) {
        if (!checks[k].check(o)) continue;
        PyObject *name = PyUnicode_FromString(checks[k].name);
        PySet_Add(found, name);
        Py_DECREF(name);
    }
    return found;
}

static PyObject *count_of(PyObject *self, PyObject *o) { return PyLong_FromSsize_t(Py_REFCNT(o)); }

/* A string as the macros read it, character by character. */
static PyObject *text_of(PyObject *self, PyObject *o) {
    Py_ssize_t n = PyUnicode_GET_LENGTH(o);
    int kind = PyUnicode_KIND(o);
    const void *data = PyUnicode_DATA(o);
    PyObject *read = PyUnicode_New(n, PyUnicode_MAX_CHAR_VALUE(o));
    for (Py_ssize_t k = 0; k < n; k++) {
        if (PyUnicode_READ(kind, data, k) != PyUnicode_READ_CHAR(o, k)) return NULL;
        PyUnicode_WRITE(PyUnicode_KIND(read), PyUnicode_DATA(read), k, PyUnicode_READ(kind, data, k));
    }
    return Py_BuildValue("Niiiii", read, kind, PyUnicode_IS_ASCII(o), PyUnicode_IS_COMPACT(o),
                         PyUnicode_IS_COMPACT_ASCII(o), PyUnicode_CHECK_INTERNED(o) != 0);
}

/* The parts of an object, as macros and fields have them. */
static PyObject *parts_of(PyObject *self, PyObject *o) {
    if (PyFloat_Check(o)) return PyFloat_FromDouble(PyFloat_AS_DOUBLE(o));
    if (PyComplex_Check(o)) return PyComplex_FromCComplex(((PyComplexObject *)o)->cval);
    if (PyBytes_Check(o)) return PyBytes_FromStringAndSize(PyBytes_AS_STRING(o), PyBytes_GET_SIZE(o));
    if (PyByteArray_Check(o)) return PyBytes_FromStringAndSize(PyByteArray_AS_STRING(o), PyByteArray_GET_SIZE(o));
    if (PyDict_Check(o)) return PyLong_FromSsize_t(PyDict_GET_SIZE(o));
    if (PyAnySet_Check(o)) return PyLong_FromSsize_t(PySet_GET_SIZE(o));
    if (PyDateTime_Check(o))
        return PyDateTime_FromDateAndTimeAndFold(PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o),
                                                 PyDateTime_DATE_GET_HOUR(o), PyDateTime_DATE_GET_MINUTE(o),
                                                 PyDateTime_DATE_GET_SECOND(o), PyDateTime_DATE_GET_MICROSECOND(o),
                                                 PyDateTime_DATE_GET_FOLD(o));
    if (PyDate_Check(o)) return PyDate_FromDate(PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o));
    if (PyTime_Check(o))
        return PyTime_FromTimeAndFold(PyDateTime_TIME_GET_HOUR(o), PyDateTime_TIME_GET_MINUTE(o),
                                      PyDateTime_TIME_GET_SECOND(o), PyDateTime_TIME_GET_MICROSECOND(o),
                                      PyDateTime_TIME_GET_FOLD(o));
    if (PyDelta_Check(o))
        return PyDelta_FromDSU(PyDateTime_DELTA_GET_DAYS(o), PyDateTime_DELTA_GET_SECONDS(o),
                               PyDateTime_DELTA_GET_MICROSECONDS(o));
    if (PySlice_Check(o)) {
        PySliceObject *slice = (PySliceObject *)o;
        return PySlice_New(slice->start, slice->stop, slice->step);
    }
    if (PyMethod_Check(o)) return PyTuple_Pack(2, PyMethod_GET_FUNCTION(o), PyMethod_GET_SELF(o));
    if (PyCFunction_Check(o))
        return Py_BuildValue("siO", ((PyCFunctionObject *)o)->m_ml->ml_name, PyCFunction_GET_FLAGS(o),
                             or_none(PyCFunction_GET_SELF(o)));
    if (PyExceptionInstance_Check(o)) {
        PyBaseExceptionObject *e = (PyBaseExceptionObject *)o;
        return PyTuple_Pack(4, e->args, or_none(e->traceback), or_none(e->context), or_none(e->cause));
    }
    if (PyMemoryView_Check(o)) {
        Py_buffer *view = PyMemoryView_GET_BUFFER(o);
        return Py_BuildValue("Onnisi(n)(n)", PyMemoryView_GET_BASE(o), view->len, view->itemsize, view->readonly,
                             view->format, view->ndim, view->shape[0], view->strides[0]);
    }
    if (PyTuple_Check(o)) {
        PyObject *copy = PyTuple_New(PyTuple_GET_SIZE(o));
        for (Py_ssize_t k = 0; k < PyTuple_GET_SIZE(o); k++)
            PyTuple_SET_ITEM(copy, k, Py_NewRef(PyTuple_GET_ITEM(o, k)));
        return copy;
    }
    if (PyList_Check(o)) {
        PyObject *copy = PyList_New(PyList_GET_SIZE(o));
        for (Py_ssize_t k = 0; k < PyList_GET_SIZE(o); k++) PyList_SET_ITEM(copy, k, Py_NewRef(PyList_GET_ITEM(o, k)));
        return copy;
    }
    if (PyLong_Check(o)) {
        /* The digits, and the sign. */
        uintptr_t tag = ((PyLongObject *)o)->long_value.lv_tag;
        if (_PyLong_IsCompact((PyLongObject *)o) && _PyLong_CompactValue((PyLongObject *)o) != PyLong_AsLong(o))
            return NULL;
        PyObject *digits = PyList_New(tag >> 3);
        for (size_t k = 0; k < tag >> 3; k++)
            PyList_SET_ITEM(digits, k, PyLong_FromUnsignedLong(((PyLongObject *)o)->long_value.ob_digit[k]));
        return Py_BuildValue("iN", 1 - (int)(tag & 3), digits);
    }
    return PyErr_Format(PyExc_TypeError, "no parts of %s", Py_TYPE(o)->tp_name);
}

static PyObject *compare(PyObject *self, PyObject *args) {
    PyObject *a, *b;
    if (!PyArg_ParseTuple(args, "OO:compare", &a, &b)) return NULL;
    int found[6];
    static const int ways[6] = {Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT, Py_GE};
    for (int k = 0; k < 6; k++) found[k] = PyObject_RichCompareBool(a, b, ways[k]);
    return Py_BuildValue("iiiiii", found[0], found[1], found[2], found[3], found[4], found[5]);
}

/* ---- C's own library, which is the host's ---- */

static PyObject *library(PyObject *self, PyObject *path) {
    const time_t at = 86400 * 366;
    struct tm parts = *gmtime(&at);
    char text[80];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %j", &parts);
    FILE *file = fopen(PyUnicode_AsUTF8(path), "w+");
    if (!file) return PyErr_SetFromErrno(PyExc_OSError);
    fprintf(file, "%s %.3f %lld", "text", 1.5, 1LL << 40);
    long end = ftell(file);
    rewind(file);
    char back[40] = "";
    size_t n = fread(back, 1, sizeof back - 1, file);
    fclose(file);
    char shown[40];
    PyOS_snprintf(shown, sizeof shown, "%5.2f|%s", 2.25, "x");
    errno = 0;
    int missing = open("/there/is/no/such/file", O_RDONLY);
    return Py_BuildValue("sslkisidN", text, back, end, (unsigned long)n, parts.tm_yday, shown, missing < 0 ? errno : 0,
                         fmod(7.5, 2.0) + strtod("0.125", NULL), PyUnicode_FromWideChar(L"wide \u00e9", -1));
}

/* ---- calls, in all conventions ---- */

static PyObject *noargs(PyObject *self, PyObject *none) { return PyBool_FromLong(none == NULL); }
static PyObject *keywords(PyObject *self, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"a", "b", NULL};
    long long a = 0;
    Py_buffer b = {0};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "L|y*:keywords", names, &a, &b)) return NULL;
    PyObject *result = Py_BuildValue("Ly#n", a, b.buf, b.len, b.itemsize);
    PyBuffer_Release(&b);
    return result;
}
static PyObject *fast(PyObject *self, PyObject *const *args, Py_ssize_t n) {
    PyObject *result = PyTuple_New(n);
    for (Py_ssize_t k = 0; k < n; k++) PyTuple_SET_ITEM(result, k, Py_NewRef(args[k]));
    return result;
}
static PyObject *fast_keywords(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names) {
    return Py_BuildValue("nO", n, or_none(names));
}
static PyObject *calls(PyObject *self, PyObject *o) {
    PyObject *args[2] = {NULL, o};
    PyObject *name = PyUnicode_FromString("index");
    PyObject *two = PyLong_FromLong(2);
    PyObject *direct =
        PyObject_Vectorcall((PyObject *)&PyTuple_Type, args + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    PyObject *result = Py_BuildValue("NNNN", direct, PyObject_CallMethodOneArg(o, name, two),
                                     PyObject_CallMethod(o, "count", "(i)", 2),
                                     PyObject_CallFunction((PyObject *)Py_TYPE(o)->tp_base, NULL));
    Py_DECREF(name);
    Py_DECREF(two);
    return result;
}
static PyObject *deep(PyObject *self, PyObject *n) {
    if (Py_EnterRecursiveCall(" in deep")) return NULL;
    PyObject *result =
        PyLong_AsLong(n) == 0 ? Py_NewRef(n) : PyObject_CallMethod(self, "deep", "(l)", PyLong_AsLong(n) - 1);
    Py_LeaveRecursiveCall();
    return result;
}
static PyObject *threads(PyObject *self, PyObject *none) {
    int there;
    Py_BEGIN_ALLOW_THREADS
    there = PyThreadState_GetUnchecked() != NULL;
    Py_END_ALLOW_THREADS
    PyGILState_STATE state = PyGILState_Ensure();
    there += 2 * (PyThreadState_Get() != NULL);
    PyGILState_Release(state);
    return PyLong_FromLong(there);
}

/* ---- types that are made here ---- */

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *weak;
    long long big;
    char small;
    PyObject *object;
} Record;
static PyMemberDef members[] = {{"big", Py_T_LONGLONG, offsetof(Record, big), 0, NULL},
                                {"small", Py_T_BYTE, offsetof(Record, small), 0, NULL},
                                {"object", Py_T_OBJECT_EX, offsetof(Record, object), 0, NULL},
                                {NULL, 0, 0, 0, NULL}};
static int traverse(PyObject *o, visitproc visit, void *arg) {
    Py_VISIT(((Record *)o)->dict);
    Py_VISIT(((Record *)o)->object);
    return 0;
}
static int clear(PyObject *o) {
    Py_CLEAR(((Record *)o)->dict);
    Py_CLEAR(((Record *)o)->object);
    return 0;
}
static void dealloc(PyObject *o) {
    PyObject_GC_UnTrack(o);
    if (((Record *)o)->weak) PyObject_ClearWeakRefs(o);
    clear(o);
    Py_TYPE(o)->tp_free(o);
}
static PyObject *add(PyObject *a, PyObject *b) { Py_RETURN_NOTIMPLEMENTED; }
static PyNumberMethods number = {.nb_matrix_multiply = add};
static PyTypeObject RecordType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "abi.Record",
                                  .tp_basicsize = sizeof(Record),
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
                                  .tp_dictoffset = offsetof(Record, dict),
                                  .tp_weaklistoffset = offsetof(Record, weak),
                                  .tp_as_number = &number,
                                  .tp_traverse = traverse,
                                  .tp_clear = clear,
                                  .tp_dealloc = dealloc,
                                  .tp_members = members,
                                  .tp_new = PyType_GenericNew};

/* A type derived from str, with a field of its own. */
typedef struct {
    PyUnicodeObject str;
    PyObject *note;
} Text;
static PyMemberDef text_members[] = {{"note", _Py_T_OBJECT, offsetof(Text, note), 0, NULL}, {NULL, 0, 0, 0, NULL}};
static void text_dealloc(PyObject *o) {
    Py_CLEAR(((Text *)o)->note);
    PyUnicode_Type.tp_dealloc(o);
}
static PyTypeObject TextType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "abi.Text",
                                .tp_basicsize = sizeof(Text),
                                .tp_flags = Py_TPFLAGS_DEFAULT,
                                .tp_base = &PyUnicode_Type,
                                .tp_dealloc = text_dealloc,
                                .tp_members = text_members};

/* What the fields of a code object say, and the number of an instruction. */
static PyObject *code_fields(PyObject *self, PyObject *o) {
    const PyCodeObject *code = (PyCodeObject *)o;
    return Py_BuildValue("OOOOOOiiiiiiii", code->co_consts, code->co_names, code->co_exceptiontable, code->co_filename,
                         code->co_name, code->co_qualname, code->co_flags, code->co_argcount, code->co_posonlyargcount,
                         code->co_kwonlyargcount, code->co_stacksize, code->co_firstlineno, code->co_nlocals, RESUME);
}

/* Not static, and called as a variable of CPython's main module: it must stay this module's own. */
PyMethodDef methods[] = {{"constants", constants, METH_NOARGS, NULL},
                         {"debug_offsets", debug_offsets, METH_NOARGS, NULL},
                         {"differing_slots", differing_slots, METH_O, NULL},
                         {"type_fields", type_fields, METH_O, NULL},
                         {"flags_of", flags_of, METH_O, NULL},
                         {"checks_of", checks_of, METH_O, NULL},
                         {"count_of", count_of, METH_O, NULL},
                         {"text_of", text_of, METH_O, NULL},
                         {"parts_of", parts_of, METH_O, NULL},
                         {"compare", compare, METH_VARARGS, NULL},
                         {"library", library, METH_O, NULL},
                         {"noargs", noargs, METH_NOARGS, NULL},
                         {"keywords", PyCFunction_CAST(keywords), METH_VARARGS | METH_KEYWORDS, NULL},
                         {"fast", PyCFunction_CAST(fast), METH_FASTCALL, NULL},
                         {"fast_keywords", PyCFunction_CAST(fast_keywords), METH_FASTCALL | METH_KEYWORDS, NULL},
                         {"calls", calls, METH_O, NULL},
                         {"code_fields", code_fields, METH_O, NULL},
                         {"deep", deep, METH_O, NULL},
                         {"threads", threads, METH_NOARGS, NULL},
                         {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "abi", NULL, -1, methods};

PyMODINIT_FUNC PyInit_abi(void) {
    PyDateTime_IMPORT;
    PyObject *module = PyModule_Create(&definition);
    if (!PyDateTimeAPI || !module) return NULL;
    if (PyModule_AddType(module, &RecordType) < 0 || PyModule_AddType(module, &TextType) < 0) return NULL;
    return module;
}
