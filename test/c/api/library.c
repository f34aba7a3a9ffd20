/* The library of objects (capi/objects/): capsules, slices, bytearrays, memoryviews, imports, and so on. */
#include "check.h"

#include <datetime.h>
#include <pythread.h>

static int destroyed;
static void destroy(PyObject *capsule) { destroyed += PyCapsule_GetPointer(capsule, "spam.api") != NULL; }

static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "spam"};

/* Modules that are made once, and stay. */
int prepare(void) {
    static const char *const names[] = {"sys", "builtins", "datetime"};
    for (int k = 0; k < 3; k++) {
        PyObject *module = PyImport_ImportModule(names[k]);
        if (!module) return 0;
        Py_DECREF(module);
    }
    _Py_IDENTIFIER(spam);
    if (!_PyUnicode_FromId(&PyId_spam) || PySys_SetObject("spam", Py_None) < 0) return 0;
    /* The dict of modules has room for those that come and go. */
    for (int k = 0; k < 5; k++)
        if (!PyImport_AddModule("added") || PyDict_DelItemString(PyImport_GetModuleDict(), "added") < 0) return 0;
    PyDateTime_IMPORT;
    return PyDateTimeAPI != NULL;
}

int test_capsules(void) {
    static int number = 7;
    PyObject *capsule = NEW(PyCapsule_New(&number, "spam.api", NULL));
    STEP(capsule && PyCapsule_CheckExact(capsule) && PyCapsule_IsValid(capsule, "spam.api"));
    STEP(!PyCapsule_IsValid(capsule, "ham.api") && !PyCapsule_IsValid(Py_None, NULL));
    STEP(PyCapsule_GetPointer(capsule, "spam.api") == &number && strcmp(PyCapsule_GetName(capsule), "spam.api") == 0);
    STEP(PyCapsule_SetDestructor(capsule, destroy) == 0 && PyCapsule_GetDestructor(capsule) == destroy);
    STEP(PyCapsule_SetContext(capsule, &destroyed) == 0 && PyCapsule_GetContext(capsule) == &destroyed);
    STEP(PyCapsule_SetPointer(capsule, &destroyed) == 0 && PyCapsule_SetName(capsule, "spam.api") == 0);
    FAILS(PyCapsule_New(NULL, "x", NULL), ValueError, "PyCapsule_New called with null pointer");
    FAILS(PyCapsule_GetPointer(capsule, "x"), ValueError, "PyCapsule_GetPointer called with incorrect name");
    FAILS(PyCapsule_GetPointer(Py_None, "x"), ValueError, "PyCapsule_GetPointer called with invalid PyCapsule object");
    FAILS(PyCapsule_GetName(Py_None), ValueError, "PyCapsule_GetName called with invalid PyCapsule object");
    FAILS(PyCapsule_GetContext(Py_None), ValueError, "PyCapsule_GetContext called with invalid PyCapsule object");
    FAILS_NUMBER(PyCapsule_SetPointer(capsule, NULL), ValueError, "PyCapsule_SetPointer called with null pointer");
    destroyed = 0;
    PyObject *other = PyCapsule_New(&number, "spam.api", destroy);
    STEP(other);
    Py_DECREF(other);
    STEP(destroyed == 1);
    return 0;
}

int test_slices(void) {
    PyObject *two = NEW(PyLong_FromLong(2)), *minus = NEW(PyLong_FromLong(-1));
    STEP(two && minus);
    PyObject *slice = NEW(PySlice_New(two, NULL, NULL)), *back = NEW(PySlice_New(NULL, NULL, minus));
    STEP(IS(slice, "slice(2, None, None)") && IS(back, "slice(None, None, -1)") && PySlice_Check(slice));
    Py_ssize_t a, b, c, n;
    STEP(PySlice_Unpack(slice, &a, &b, &c) == 0 && a == 2 && b == PY_SSIZE_T_MAX && c == 1);
    STEP(PySlice_AdjustIndices(10, &a, &b, c) == 8 && a == 2 && b == 10);
    STEP(PySlice_GetIndicesEx(back, 3, &a, &b, &c, &n) == 0 && a == 2 && b == -1 && n == 3);
    STEP(PySlice_GetIndices(slice, 10, &a, &b, &c) == 0 && a == 2 && b == 10 && c == 1);
    PyObject *zero = NEW(PyLong_FromLong(0));
    PyObject *text = NEW(PyUnicode_FromString("x"));
    STEP(zero && text);
    PyObject *bad = NEW(PySlice_New(NULL, NULL, zero)), *worse = NEW(PySlice_New(text, NULL, NULL));
    STEP(bad && worse);
    FAILS_NUMBER(PySlice_Unpack(bad, &a, &b, &c), ValueError, "slice step cannot be zero");
    FAILS_NUMBER(PySlice_Unpack(worse, &a, &b, &c), TypeError,
                 "slice indices must be integers or None or have an __index__ method");
    STEP(IS(NEW(PyObject_CallMethod(back, "indices", "i", 5)), "(4, -1, -1)"));
    STEP(IS(NEW(PyObject_GetAttrString(slice, "start")), "2") && IS(Py_Ellipsis, "Ellipsis"));
    PyObject *same = NEW(PySlice_New(two, NULL, NULL));
    STEP(same && PyObject_RichCompareBool(slice, same, Py_EQ) == 1 &&
         PyObject_RichCompareBool(slice, back, Py_EQ) == 0);
    return 0;
}

int test_bytearrays(void) {
    PyObject *bytes = NEW(PyByteArray_FromStringAndSize("spam", 4));
    STEP(bytes && PyByteArray_Check(bytes) && IS(bytes, "bytearray(b'spam')") && PyByteArray_Size(bytes) == 4);
    STEP(strcmp(PyByteArray_AsString(bytes), "spam") == 0 && PyObject_Size(bytes) == 4);
    STEP(PyByteArray_Resize(bytes, 6) == 0);
    memcpy(PyByteArray_AS_STRING(bytes), "spam!!", 6);
    PyObject *mark = NEW(PyBytes_FromString("?"));
    STEP(mark);
    PyObject *sum = NEW(PyByteArray_Concat(bytes, mark));
    STEP(IS(sum, "bytearray(b'spam!!?')"));
    PyObject *one = NEW(PyLong_FromLong(1)), *big = NEW(PyLong_FromLong(256));
    STEP(one && big && IS(NEW(PyObject_GetItem(bytes, one)), "112") && PyObject_SetItem(bytes, one, one) == 0);
    PyObject *slice = NEW(PySlice_New(NULL, one, NULL)), *items = NEW(Py_BuildValue("[ii]", 1, 2));
    STEP(slice && items && IS(NEW(PyObject_GetItem(bytes, slice)), "bytearray(b's')"));
    FAILS_NUMBER(PyObject_SetItem(bytes, one, big), ValueError, "byte must be in range(0, 256)");
    FAILS(PyObject_GetItem(bytes, big), IndexError, "bytearray index out of range");
    FAILS(PyByteArray_FromStringAndSize(NULL, -1), SystemError,
          "Negative size passed to PyByteArray_FromStringAndSize");
    Py_buffer view;
    STEP(PyObject_GetBuffer(bytes, &view, PyBUF_WRITABLE) == 0 && view.len == 6 && !view.readonly);
    const int resized = PyByteArray_Resize(bytes, 3);
    PyBuffer_Release(&view);
    STEP(resized == -1 && SAYS(BufferError, "Existing exports of data: object cannot be re-sized"));
    STEP(IS(NEW(PyByteArray_FromObject(items)), "bytearray(b'\\x01\\x02')"));
    STEP(IS(NEW(PyByteArray_FromObject(one)), "bytearray(b'\\x00')"));
    FAILS(PyByteArray_FromObject(Py_None), TypeError, "cannot convert 'NoneType' object to bytearray");
    STEP(PyObject_RichCompareBool(bytes, sum, Py_LT) == 1);
    FAILS_NUMBER(PyObject_Hash(bytes), TypeError, "unhashable type: 'bytearray'");
    return 0;
}

int test_memoryviews(void) {
    PyObject *bytes = NEW(PyBytes_FromString("spam"));
    PyObject *view = bytes ? NEW(PyMemoryView_FromObject(bytes)) : NULL;
    STEP(view && PyMemoryView_Check(view) && PyObject_Size(view) == 4 && PyMemoryView_GET_BUFFER(view)->readonly);
    PyObject *one = NEW(PyLong_FromLong(1));
    STEP(one && IS(NEW(PyObject_GetItem(view, one)), "112"));
    PyObject *slice = NEW(PySlice_New(one, NULL, NULL));
    STEP(slice);
    PyObject *part = NEW(PyObject_GetItem(view, slice));
    STEP(part && IS(NEW(PyObject_CallMethod(part, "tobytes", NULL)), "b'pam'"));
    FAILS(PyObject_CallMethod(view, "release", NULL), BufferError, "memoryview has 1 exported buffer");
    STEP(PyObject_RichCompareBool(view, bytes, Py_EQ) == 1 && IS(NEW(PyObject_GetAttrString(view, "nbytes")), "4"));
    static char memory[4];
    PyObject *writable = NEW(PyMemoryView_FromMemory(memory, 4, PyBUF_WRITE));
    Py_buffer buffer;
    STEP(writable && PyObject_GetBuffer(writable, &buffer, PyBUF_WRITABLE) == 0 && buffer.buf == memory);
    PyBuffer_Release(&buffer);
    STEP(PyBuffer_FillInfo(&buffer, NULL, memory, 4, 1, PyBUF_FULL_RO) == 0);
    PyObject *from_buffer = NEW(PyMemoryView_FromBuffer(&buffer));
    STEP(from_buffer && PyObject_Size(from_buffer) == 4);
    STEP(NEW(PyMemoryView_GetContiguous(bytes, PyBUF_READ, 'C')));
    FAILS(PyMemoryView_GetContiguous(bytes, PyBUF_WRITE, 'C'), BufferError, "underlying buffer is not writable");
    // What the dimensions are is copied, and counted in items.
    static int grid[2][3] = {{1, 2, 3}, {4, 5, 6}};
    Py_ssize_t shape[] = {6}, strides[] = {4};
    buffer = (Py_buffer){
        .buf = grid, .len = 24, .itemsize = 4, .ndim = 1, .format = "i", .shape = shape, .strides = strides};
    PyObject *numbers = NEW(PyMemoryView_FromBuffer(&buffer));
    shape[0] = strides[0] = -1;
    PyObject *later = numbers ? NEW(PyObject_GetItem(numbers, slice)) : NULL;
    STEP(later && PyObject_Size(later) == 5 && PyObject_GetBuffer(later, &buffer, PyBUF_FULL_RO) == 0);
    const int is_right = buffer.shape[0] == 5 && buffer.strides[0] == 4 && *(int *)buffer.buf == 2 && buffer.len == 20;
    PyBuffer_Release(&buffer);
    STEP(is_right);
    FAILS(PyObject_GetItem(numbers, one), NotImplementedError, "memoryview: format i not supported");
    Py_ssize_t sides[] = {2, 3}, steps[] = {4, 8};
    buffer =
        (Py_buffer){.buf = grid, .len = 24, .itemsize = 4, .ndim = 2, .format = "i", .shape = sides, .strides = steps};
    PyObject *columns = NEW(PyMemoryView_FromBuffer(&buffer));
    FAILS(PyObject_GetItem(columns, one), NotImplementedError,
          "memoryview: a buffer of 2 dimensions has no items or slices here");
    FAILS(PyObject_GetItem(columns, slice), NotImplementedError,
          "memoryview: a buffer of 2 dimensions has no items or slices here");
    STEP(PyObject_GetBuffer(columns, &buffer, PyBUF_SIMPLE) < 0 &&
         SAYS(BufferError, "memoryview: underlying buffer is not C-contiguous"));
    FAILS(PyMemoryView_FromObject(Py_None), TypeError, "memoryview: a bytes-like object is required, not 'NoneType'");
    return 0;
}

int test_imports(void) {
    PyObject *modules = PyImport_GetModuleDict(), *name = NEW(PyUnicode_FromString("sys"));
    STEP(name && PyDict_Check(modules));
    PyObject *sys = NEW(PyImport_Import(name));
    STEP(sys && NEW(PyImport_GetModule(name)) == sys && NEW(PyImport_ImportModuleNoBlock("sys")) == sys);
    STEP(NEW(PyImport_ImportModuleLevel("sys", NULL, NULL, NULL, 0)) == sys);
    STEP(NEW(PyImport_ImportModuleLevelObject(name, NULL, NULL, NULL, 0)) == sys);
    FAILS(PyImport_ImportModuleLevel("x", NULL, NULL, NULL, 1), ImportError,
          "attempted relative import with no known parent package");
    FAILS(PyImport_ImportModule("nowhere"), ModuleNotFoundError, "No module named 'nowhere'");
    STEP(NEW(PyImport_ImportModuleAttrString("builtins", "list")) == (PyObject *)&PyList_Type);
    PyObject *builtins = NEW(PyUnicode_FromString("builtins")), *key = NEW(PyUnicode_FromString("KeyError"));
    STEP(builtins && key && NEW(PyImport_ImportModuleAttr(builtins, key)) == PyExc_KeyError);
    STEP(PyDict_Check(PyEval_GetBuiltins()) && PySys_GetObject("modules") == modules && !PySys_GetObject("nothing"));
    STEP(PySys_SetObject("spam", Py_True) == 0 && PySys_GetObject("spam") == Py_True && PySys_Audit("spam", NULL) == 0);
    /* What was added is removed without an allocation, which could fail. */
    PyObject *added = NEW(PyUnicode_FromString("added")), *spam = NEW(PyUnicode_FromString("spam"));
    STEP(added && spam);
    PyObject *module = NEW(PyImport_AddModuleRef("added"));
    const int same = module && PyImport_AddModule("added") == module;
    STEP(module && PyDict_DelItem(modules, added) == 0 && same);
    PyObject *other = PyImport_AddModuleObject(added);
    STEP(other && PyDict_DelItem(modules, added) == 0);
    PyObject *defined = NEW(PyModule_Create(&definition));
    STEP(defined && !PyState_FindModule(&definition) && PyState_AddModule(defined, &definition) == 0);
    const int found = PyState_FindModule(&definition) == defined, removed = PyState_RemoveModule(&definition);
    if (removed < 0) PyDict_DelItem(modules, spam);
    STEP(found && removed == 0);
    FAILS(PyCapsule_Import("sys.version", 0), AttributeError, "PyCapsule_Import \"sys.version\" is not valid");
    return 0;
}

int test_numbers(void) {
    const unsigned char bytes[] = {0xfe, 0xff, 0xff};
    unsigned char to[4];
    PyObject *minus = NEW(_PyLong_FromByteArray(bytes, 3, 1, 1)), *large = NEW(_PyLong_FromByteArray(bytes, 3, 1, 0));
    STEP(IS(minus, "-2") && IS(large, "16777214") && _PyLong_Sign(minus) == -1 && _PyLong_NumBits(large) == 24);
    STEP(_PyLong_AsByteArray((PyLongObject *)minus, to, 4, 0, 1, 1) == 0 && to[0] == 0xff && to[3] == 0xfe);
    FAILS_NUMBER(_PyLong_AsByteArray((PyLongObject *)minus, to, 4, 1, 0, 1), OverflowError,
                 "can't convert negative int to unsigned");
    FAILS_NUMBER(_PyLong_AsByteArray((PyLongObject *)large, to, 2, 1, 1, 1), OverflowError, "int too big to convert");
    STEP(PyLong_AsNativeBytes(minus, to, 4, -1) == 4 && to[0] == 0xfe && to[3] == 0xff);
    STEP(PyLong_AsNativeBytes(large, to, 4, -1) == 4 &&
         PyLong_AsNativeBytes(large, to, 3, Py_ASNATIVEBYTES_UNSIGNED_BUFFER) == 3);
    STEP(IS(NEW(PyLong_FromNativeBytes(bytes, 3, -1)), "-2"));
    STEP(IS(NEW(PyLong_FromUnsignedNativeBytes(bytes, 1, -1)), "254"));
    FAILS_NUMBER(PyLong_AsNativeBytes(Py_None, to, 4, -1), TypeError, "expect int, got NoneType");
    STEP(PyIndex_Check(minus) && !PyIndex_Check(Py_None));
    char packed[8];
    STEP(PyFloat_Pack8(1.5, packed, 0) == 0 && PyFloat_Unpack8(packed, 0) == 1.5);
    STEP(PyFloat_Pack4(-2.5, packed, 1) == 0 && PyFloat_Unpack4(packed, 1) == -2.5);
    FAILS_NUMBER(PyFloat_Pack4(1e300, packed, 1), OverflowError, "float too large to pack with f format");
    return 0;
}

int test_texts(void) {
    STEP(_PyUnicode_IsWhitespace(0x3000) && !_PyUnicode_IsWhitespace('x') && _PyUnicode_IsLinebreak(0x2028));
    STEP(_PyUnicode_IsLowercase(0xe9) && _PyUnicode_IsUppercase(0xc9) && _PyUnicode_IsTitlecase(0x1c5));
    STEP(_PyUnicode_IsAlpha(0xe9) && _PyUnicode_IsDecimalDigit(0x661) && _PyUnicode_IsDigit(0xb2) &&
         _PyUnicode_IsNumeric(0xbd));
    STEP(_PyUnicode_IsPrintable('x') && !_PyUnicode_IsPrintable(7));
    STEP(_PyUnicode_ToLowercase(0xc9) == 0xe9 && _PyUnicode_ToUppercase(0xe9) == 0xc9 &&
         _PyUnicode_ToTitlecase('a') == 'A');
    PyObject *text = NEW(PyUnicode_FromString("a.b.c")), *dot = NEW(PyUnicode_FromString("."));
    STEP(text && dot && IS(NEW(PyUnicode_RSplit(text, dot, 1)), "['a.b', 'c']"));
    STEP(IS(NEW(PyUnicode_RSplit(text, dot, -1)), "['a', 'b', 'c']"));
    PyObject *bytes = NEW(PyByteArray_FromStringAndSize("x", 1));
    STEP(bytes && IS(NEW(PyUnicode_FromEncodedObject(bytes, "utf-8", NULL)), "'x'"));
    FAILS(PyUnicode_FromEncodedObject(text, "utf-8", NULL), TypeError, "decoding str is not supported");
    _PyUnicodeWriter writer;
    _PyUnicodeWriter_Init(&writer);
    const int failed = _PyUnicodeWriter_WriteChar(&writer, 'x') || _PyUnicodeWriter_WriteStr(&writer, text) ||
                       _PyUnicodeWriter_WriteSubstring(&writer, text, 0, 1) ||
                       _PyUnicodeWriter_WriteASCIIString(&writer, "yz", 2);
    if (failed) _PyUnicodeWriter_Dealloc(&writer);
    STEP(!failed && IS(NEW(_PyUnicodeWriter_Finish(&writer)), "'xa.b.cayz'"));
    return 0;
}

int test_objects(void) {
    PyObject *list = NEW(PyList_New(0)), *empty = NEW(PyUnicode_New(0, 0));
    STEP(list && empty && Py_ReprEnter(list) == 0);
    const int again = Py_ReprEnter(list);
    Py_ReprLeave(list);
    STEP(again == 1 && IS(NEW(PyObject_Format(list, empty)), "'[]'") && IS(NEW(PyObject_Format(list, NULL)), "'[]'"));
    PyObject *format = NEW(PyUnicode_FromString("d"));
    STEP(format);
    FAILS(PyObject_Format(list, format), TypeError, "unsupported format string passed to list.__format__");
    PyObject *module = NEW(PyModule_New("spam"));
    STEP(module && IS(NEW(PyObject_Dir(module)), "['__doc__', '__name__']"));
    STEP(!_PyObject_GetDictPtr(list) && !_PyType_Lookup(&PyList_Type, empty));
    STEP(!PyType_GetDict(&PyList_Type) && PyUnstable_IsImmortal(Py_None) &&
         Py_HashPointer(list) == PyObject_GenericHash(list));
    STEP(PyUnstable_Object_IsUniquelyReferenced(list) == 1);
    for (unsigned k = Py_CONSTANT_NONE; k <= Py_CONSTANT_EMPTY_TUPLE; k++)
        STEP(NEW(Py_GetConstant(k)) == Py_GetConstantBorrowed(k) && Py_GetConstantBorrowed(k));
    FAILS(Py_GetConstant(99), SystemError, "bad argument to internal function");
    STEP(NEW(Py_GenericAlias((PyObject *)&PyList_Type, Py_None)) == (PyObject *)&PyList_Type);
    PyObject *dict = NEW(_PyDict_NewPresized(9));
    STEP(dict && _PyDict_SetItem_KnownHash(dict, empty, Py_True, PyObject_Hash(empty)) == 0);
    STEP(_PyDict_GetItem_KnownHash(dict, empty, PyObject_Hash(empty)) == Py_True);
    _Py_IDENTIFIER(spam);
    STEP(IS(_PyUnicode_FromId(&PyId_spam), "'spam'"));
    FAILS(_PyObject_GetAttrId(list, &PyId_spam), AttributeError, "'list' object has no attribute 'spam'");
    FAILS(_PyObject_CallMethodId(list, &PyId_spam, NULL), AttributeError, "'list' object has no attribute 'spam'");
    FAILS(_PyObject_CallMethodId(NULL, &PyId_spam, NULL), SystemError, "null argument to internal routine");
    errno = ENOENT;
    FAILS(PyErr_SetFromErrno(PyExc_OSError), OSError, "(44, 'No such file')");
    return 0;
}

int test_dates(void) {
    PyObject *hour = NEW(PyDelta_FromDSU(0, 3600, 0));
    STEP(IS(hour, "datetime.timedelta(seconds=3600)"));
    PyObject *zone = NEW(PyTimeZone_FromOffset(hour));
    STEP(IS(zone, "datetime.timezone(datetime.timedelta(seconds=3600))") && PyTZInfo_Check(zone));
    PyObject *at =
        NEW(PyDateTimeAPI->DateTime_FromDateAndTime(2024, 2, 29, 1, 2, 3, 4, zone, PyDateTimeAPI->DateTimeType));
    STEP(at && PyDateTime_Check(at) && PyDate_Check(at) && PyDateTime_GET_YEAR(at) == 2024);
    STEP(PyDateTime_DATE_GET_MICROSECOND(at) == 4 && PyDateTime_DATE_GET_TZINFO(at) == zone);
    PyObject *text = NEW(PyObject_Str(at));
    STEP(text && IS(text, "'2024-02-29 01:02:03.000004+01:00'"));
    STEP(IS(NEW(PyObject_CallMethod(at, "isoformat", NULL)), "'2024-02-29T01:02:03.000004+01:00'"));
    PyObject *date = NEW(PyDate_FromDate(2024, 1, 2)), *time = NEW(PyTime_FromTime(10, 20, 30, 0));
    STEP(IS(date, "datetime.date(2024, 1, 2)") && IS(time, "datetime.time(10, 20, 30)"));
    STEP(IS(PyDateTime_TimeZone_UTC, "datetime.timezone.utc") && PyTime_Check(time));
    FAILS(PyDate_FromDate(2023, 2, 29), ValueError, "day 29 must be in range 1..28 for month 2 in year 2023");
    FAILS(PyTime_FromTime(24, 0, 0, 0), ValueError, "hour must be in 0..23, not 24");
    // The values are those of CPython, with TZ=UTC.
    PyObject *seconds = NEW(Py_BuildValue("(d)", -1.5)), *day = NEW(Py_BuildValue("(L)", 951782400LL));
    STEP(IS(NEW(PyDateTime_FromTimestamp(seconds)), "datetime.datetime(1969, 12, 31, 23, 59, 58, 500000)"));
    STEP(IS(NEW(PyDate_FromTimestamp(seconds)), "datetime.date(1969, 12, 31)"));
    STEP(IS(NEW(PyDateTime_FromTimestamp(day)), "datetime.datetime(2000, 2, 29, 0, 0)"));
    PyObject *zoned = NEW(Py_BuildValue("(dO)", 253402297199.25, zone)),
             *late = NEW(Py_BuildValue("(LO)", 253402297200LL, zone));
    text = NEW(PyObject_Str(NEW(PyDateTime_FromTimestamp(zoned))));
    STEP(text && IS(text, "'9999-12-31 23:59:59.250000+01:00'"));
    FAILS(PyDateTime_FromTimestamp(late), ValueError, "year is out of range");
    FAILS(PyDateTime_FromTimestamp(NEW(Py_BuildValue("(d)", Py_NAN))), ValueError,
          "timestamp out of range, or not a number");
    PyObject *ties = NEW(Py_BuildValue("(d)", 0.9999995)), *empty = NEW(PyTuple_New(0));
    STEP(IS(NEW(PyDateTime_FromTimestamp(ties)), "datetime.datetime(1970, 1, 1, 0, 0, 1)"));
    STEP(!PyDateTime_FromTimestamp(empty) && PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    PyObject *same = NEW(PyDate_FromDate(2024, 1, 2));
    STEP(same && PyObject_RichCompareBool(date, same, Py_EQ) == 1 && PyObject_Hash(date) == PyObject_Hash(same));
    // Two times of one hour that differ in fold are equal.
    PyObject *once = NEW(PyDateTimeAPI->Time_FromTime(10, 0, 0, 0, zone, PyDateTimeAPI->TimeType)),
             *again = NEW(PyDateTimeAPI->Time_FromTimeAndFold(10, 0, 0, 0, zone, 1, PyDateTimeAPI->TimeType));
    STEP(once && again && PyObject_RichCompareBool(once, again, Py_EQ) == 1);
    STEP(PyObject_Hash(once) == PyObject_Hash(again));
    STEP(IS(again, "datetime.time(10, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=3600)), fold=1)"));
    PyObject *little = NEW(PyDelta_FromDSU(0, 0, -1));
    STEP(little);
    PyObject *before = NEW(PyTimeZone_FromOffset(little));
    STEP(before && IS(NEW(PyObject_Str(before)), "'UTC-00:00:00.000001'"));
    return 0;
}

int test_threads(void) {
    PyThreadState *state = PyEval_SaveThread();
    STEP(state);
    PyEval_RestoreThread(state);
    PyEval_InitThreads();
    PyEval_AcquireThread(state);
    PyEval_ReleaseThread(state);
    PyGILState_Release(PyGILState_Ensure());
    STEP(PyGILState_Check() && PyGILState_GetThisThreadState() == state && PyThreadState_Get() == state);
    STEP(PyThreadState_GetUnchecked() == state && PyEval_ThreadsInitialized() && PyThreadState_GetID(state) == 1);
    STEP(PyThreadState_GetInterpreter(state) == PyInterpreterState_Get() &&
         PyInterpreterState_Main() == PyInterpreterState_Get());
    STEP(PyInterpreterState_GetID(PyInterpreterState_Get()) == 0 && !PyThreadState_GetFrame(state) &&
         !PyEval_GetFrame());
    STEP(PyErr_CheckSignals() == 0 && Py_IsInitialized() && !Py_IsFinalizing());
    PyMutex mutex = {0};
    PyMutex_Lock(&mutex);
    STEP(PyMutex_IsLocked(&mutex));
    PyMutex_Unlock(&mutex);
    STEP(!PyMutex_IsLocked(&mutex));
    PyThread_init_thread();
    PyThread_type_lock lock = PyThread_allocate_lock();
    STEP(lock && PyThread_get_thread_ident() == 1);
    const int first = PyThread_acquire_lock(lock, WAIT_LOCK), second = PyThread_acquire_lock(lock, NOWAIT_LOCK);
    const PyLockStatus third = PyThread_acquire_lock_timed(lock, 0, 0);
    PyThread_release_lock(lock);
    PyThread_free_lock(lock);
    STEP(first && !second && third == PY_LOCK_FAILURE);
    return 0;
}
