/* PyArg_Parse* and Py_BuildValue: arguments to C values, and back. */
#include "check.h"

/* One call of PyArg_ParseTuple with arguments that Py_BuildValue makes: the tuple is kept. */
#define ARGS(...) NEW(Py_BuildValue(__VA_ARGS__))
#define REFUSES(args, type, text, ...) \
    do { \
        PyObject *_args = (args); \
        STEP(_args && !PyArg_ParseTuple(_args, __VA_ARGS__) && SAYS(type, text)); \
    } while (0)

int test_numbers(void) {
    unsigned char b, B;
    short h;
    unsigned short H;
    int i, p;
    unsigned int I;
    long l;
    unsigned long k;
    long long L;
    unsigned long long K;
    Py_ssize_t n;
    float f;
    double d;
    PyObject *args =
        ARGS("(iiiiiiiiLLiddi)", 255, -1, -32768, -1, INT_MIN, -1, 7, -1, INT64_MIN, -1ll, -5, 0.5, 0.1, 3);
    STEP(args && PyArg_ParseTuple(args, "bBhHiIlkLKnfdp:f", &b, &B, &h, &H, &i, &I, &l, &k, &L, &K, &n, &f, &d, &p));
    STEP(b == 255 && B == 255 && h == -32768 && H == 65535 && i == INT_MIN && I == UINT_MAX && l == 7 &&
         k == ULONG_MAX);
    STEP(L == INT64_MIN && K == UINT64_MAX && n == -5 && f == 0.5f && d == 0.1 && p == 1);
    REFUSES(ARGS("(i)", -1), OverflowError, "unsigned byte integer is less than minimum", "b", &b);
    REFUSES(ARGS("(i)", 256), OverflowError, "unsigned byte integer is greater than maximum", "b", &b);
    REFUSES(ARGS("(i)", 40000), OverflowError, "signed short integer is greater than maximum", "h", &h);
    REFUSES(ARGS("(i)", -40000), OverflowError, "signed short integer is less than minimum", "h", &h);
    REFUSES(ARGS("(L)", 1ll << 40), OverflowError, "Python int too large to convert to C long", "i", &i);
    REFUSES(ARGS("(s)", "x"), TypeError, "'str' object cannot be interpreted as an integer", "i:f", &i);
    REFUSES(ARGS("(d)", 1.5), TypeError, "'float' object cannot be interpreted as an integer", "n", &n);
    REFUSES(ARGS("(s)", "x"), TypeError, "f() argument 1 must be int, not str", "k:f", &k);
    REFUSES(ARGS("(O)", Py_None), TypeError, "argument 1 must be int, not None", "K", &K);
    REFUSES(ARGS("(s)", "x"), TypeError, "must be real number, not str", "d:f", &d);
    return 0;
}

int test_text(void) {
    const char *s, *z, *y, *s2, *z2, *y2;
    Py_ssize_t ns, nz, ny;
    PyObject *args = ARGS("(szysz#y#)", "caf\u00e9", NULL, "raw", "text", "\0", (Py_ssize_t)1, "b\0b", (Py_ssize_t)3);
    STEP(args && PyArg_ParseTuple(args, "szys#z#y#", &s, &z, &y, &s2, &ns, &z2, &nz, &y2, &ny));
    STEP(strcmp(s, "caf\u00e9") == 0 && z == NULL && strcmp(y, "raw") == 0 && ns == 4 && nz == 1 && ny == 3 &&
         y2[2] == 'b' && z2[0] == 0 && s2[0] == 't');
    args = ARGS("(yO)", "bytes", Py_None);
    STEP(args && PyArg_ParseTuple(args, "s#z#", &s, &ns, &z, &nz) && ns == 5 && z == NULL && nz == 0);
    REFUSES(ARGS("(i)", 1), TypeError, "f() argument 1 must be str, not int", "s:f", &s);
    REFUSES(ARGS("(i)", 1), TypeError, "f() argument 1 must be str or None, not int", "z:f", &z);
    REFUSES(ARGS("(y)", "b"), TypeError, "argument 1 must be str, not bytes", "s", &s);
    REFUSES(ARGS("(s)", "x"), TypeError, "a bytes-like object is required, not 'str'", "y:f", &y);
    REFUSES(ARGS("(i)", 1), TypeError, "a bytes-like object is required, not 'int'", "s#:f", &s, &ns);
    REFUSES(ARGS("(s#)", "a\0b", (Py_ssize_t)3), ValueError, "embedded null character", "s", &s);
    REFUSES(ARGS("(y#)", "a\0b", (Py_ssize_t)3), ValueError, "embedded null byte", "y", &y);
    const Py_UCS4 lone[] = {0xd800, 0xd801};
    PyObject *surrogates = NEW(PyUnicode_FromKindAndData(4, lone, 2));
    STEP(surrogates);
    REFUSES(ARGS("(O)", surrogates), UnicodeEncodeError,
            "'utf-8' codec can't encode characters in position 0-1: surrogates not allowed", "s", &s);
    return 0;
}

int test_encoded(void) {
    char *es = NULL, *et = NULL, small[4], *given = small, *fresh = NULL;
    Py_ssize_t n = sizeof(small), m = 0;
    PyObject *args = ARGS("(syss)", "\u00e9", "\xe9", "abc", "defgh");
    STEP(args &&
         PyArg_ParseTuple(args, "esetes#es#", "latin-1", &es, "utf-8", &et, "ascii", &given, &n, NULL, &fresh, &m));
    const int right = strcmp(es, "\xe9") == 0 && strcmp(et, "\xe9") == 0 && n == 3 && strcmp(small, "abc") == 0 &&
                      m == 5 && strcmp(fresh, "defgh") == 0;
    PyMem_Free(es);
    PyMem_Free(et);
    PyMem_Free(fresh);
    STEP(right);
    n = 3;
    REFUSES(ARGS("(s)", "abc"), ValueError, "encoded string too long (3, maximum length 2)", "es#", "ascii", &given,
            &n);
    REFUSES(ARGS("(s)", "x"), LookupError, "unknown encoding: none", "es", "none", &es);
    REFUSES(ARGS("(i)", 1), TypeError, "argument 1 must be str, not int", "es", "ascii", &es);
    REFUSES(ARGS("(i)", 1), TypeError, "argument 1 must be str, bytes or bytearray, not int", "et", "ascii", &et);
    REFUSES(ARGS("(s#)", "a\0b", (Py_ssize_t)3), TypeError,
            "argument 1 must be encoded string without null bytes, not str", "es", "ascii", &es);
    /* What an earlier unit has allocated is freed when a later unit fails. */
    REFUSES(ARGS("(ss)", "abc", "x"), TypeError, "'str' object cannot be interpreted as an integer", "esi", "ascii",
            &es, &m);
    STEP(es == NULL);
    return 0;
}

static int cleaned;
static int half(PyObject *o, void *at) {
    if (o == NULL) {
        cleaned++;
        return 1;
    }
    const long v = PyLong_AsLong(o);
    if (v == -1 && PyErr_Occurred()) return 0;
    *(long *)at = v / 2;
    return Py_CLEANUP_SUPPORTED;
}

int test_objects(void) {
    PyObject *O, *S, *U, *list, *typed;
    char c;
    int C;
    long halved;
    PyObject *args = ARGS("(iys[i]iyCi)", 1, "b", "u", 5, 6, "q", 0x20ac, 9);
    STEP(args && PyArg_ParseTuple(args, "OSUO!OcCO&", &O, &S, &U, &PyList_Type, &list, &typed, &c, &C, half, &halved) &&
         halved == 4 && cleaned == 0);
    STEP(IS(O, "1") && IS(S, "b'b'") && IS(U, "'u'") && IS(list, "[5]") && c == 'q' && C == 0x20ac &&
         Py_REFCNT(list) == 1);
    REFUSES(ARGS("(i)", 1), TypeError, "argument 1 must be list, not int", "O!", &PyList_Type, &list);
    REFUSES(ARGS("(i)", 1), TypeError, "f() argument 1 must be bytes, not int", "S:f", &S);
    REFUSES(ARGS("(y)", "x"), TypeError, "f() argument 1 must be str, not bytes", "U:f", &U);
    REFUSES(ARGS("(y)", "xy"), TypeError,
            "argument 1 must be a byte string of length 1, not a bytes object of length 2", "c", &c);
    REFUSES(ARGS("(i)", 1), TypeError, "argument 1 must be a byte string of length 1, not int", "c", &c);
    REFUSES(ARGS("(s)", "xy"), TypeError, "argument 1 must be a unicode character, not a string of length 2", "C", &C);
    REFUSES(ARGS("(s)", "x"), TypeError, "'str' object cannot be interpreted as an integer", "O&", half, &halved);
    /* A converter that asks for it is called again, with NULL, when a later unit fails. */
    REFUSES(ARGS("(is)", 8, "x"), TypeError, "'str' object cannot be interpreted as an integer", "O&i", half, &halved,
            &C);
    STEP(cleaned == 1);
    cleaned = 0;
    REFUSES(ARGS("(i)", 1), SystemError, "argument 1 (impossible<bad format char>)", "Q", &O);
    return 0;
}

int test_counts(void) {
    int a = 1, b = 2, c = 3;
    PyObject *none = NEW(PyTuple_New(0)), *one = ARGS("(i)", 7), *three = ARGS("(iii)", 7, 8, 9),
             *nested = ARGS("(i(ii))", 1, 2, 3);
    STEP(none && one && three && nested);
    STEP(PyArg_ParseTuple(none, "") && PyArg_ParseTuple(one, "i|ii", &a, &b, &c) && a == 7 && b == 2);
    STEP(PyArg_ParseTuple(nested, "i(ii)", &a, &b, &c) && a == 1 && b == 2 && c == 3);
    REFUSES(one, TypeError, "f() takes exactly 0 arguments (1 given)", ":f");
    REFUSES(one, TypeError, "f() takes exactly 2 arguments (1 given)", "ii:f", &a, &b);
    REFUSES(three, TypeError, "function takes at most 2 arguments (3 given)", "i|i", &a, &b);
    REFUSES(none, TypeError, "function takes at least 1 argument (0 given)", "i|i", &a, &b);
    REFUSES(none, TypeError, "my words", "i;my words", &a);
    REFUSES(ARGS("(s)", "x"), TypeError, "my words", "O!;my words", &PyList_Type, &none);
    REFUSES(ARGS("(i(is))", 1, 2, "x"), TypeError, "'str' object cannot be interpreted as an integer", "i(ii):f", &a,
            &b, &c);
    PyObject *o;
    REFUSES(ARGS("(i(is))", 1, 2, "x"), TypeError, "f() argument 2, item 1 must be list, not str", "i(iO!):f", &a, &b,
            &PyList_Type, &o);
    REFUSES(ARGS("(i(i))", 1, 2), TypeError, "f() argument 2 must be sequence of length 2, not 1", "i(ii):f", &a, &b,
            &c);
    REFUSES(ARGS("(ii)", 1, 2), TypeError, "f() argument 2 must be 2-item sequence, not int", "i(ii):f", &a, &b, &c);
    STEP(!PyArg_ParseTuple(Py_None, "i", &a) &&
         SAYS(SystemError, "new style getargs format but argument is not a tuple"));
    return 0;
}

static int va_parse(PyObject *args, const char *format, ...) {
    va_list values;
    va_start(values, format);
    const int answer = PyArg_VaParse(args, format, values);
    va_end(values);
    return answer;
}

static int va_parse_named(PyObject *args, PyObject *dict, const char *format, char **names, ...) {
    va_list values;
    va_start(values, names);
    const int answer = PyArg_VaParseTupleAndKeywords(args, dict, format, names, values);
    va_end(values);
    return answer;
}

int test_others(void) {
    int a = 0, b = 0;
    PyObject *two = ARGS("(ii)", 7, 8), *seven = NEW(PyLong_FromLong(7)), *o = NULL, *q = NULL;
    STEP(two && seven);
    STEP(va_parse(two, "ii", &a, &b) && a == 7 && b == 8);
    STEP(PyArg_Parse(seven, "i", &b) && b == 7 && PyArg_Parse(two, "(ii)", &a, &b) && b == 8);
    STEP(!PyArg_Parse(seven, "O!:f", &PyList_Type, &o) && SAYS(TypeError, "f() argument must be list, not int"));
    STEP(PyArg_UnpackTuple(two, "f", 1, 3, &o, &q, NULL) && IS(o, "7") && IS(q, "8"));
    STEP(!PyArg_UnpackTuple(two, "f", 3, 3, &o, &q, &o) && SAYS(TypeError, "f expected 3 arguments, got 2"));
    STEP(!PyArg_UnpackTuple(two, "f", 3, 4, &o, &q, &o, &q) &&
         SAYS(TypeError, "f expected at least 3 arguments, got 2"));
    STEP(!PyArg_UnpackTuple(two, NULL, 0, 1, &o) &&
         SAYS(TypeError, "unpacked tuple should have at most 1 element, but has 2"));
    STEP(!PyArg_UnpackTuple(seven, "f", 0, 1, &o) &&
         SAYS(SystemError, "PyArg_UnpackTuple() argument list is not a tuple"));
    PyObject *d = ARGS("{s:i}", "a", 1), *e = ARGS("{i:i}", 1, 1);
    STEP(d && e && PyArg_ValidateKeywordArguments(d) && !PyArg_ValidateKeywordArguments(e) &&
         SAYS(TypeError, "keywords must be strings"));
    return 0;
}

int test_keywords(void) {
    static char *names[] = {"a", "b", "c", NULL}, *nameless[] = {"", "b", NULL};
    int a = -1, b = -1, c = -1;
    PyObject *none = NEW(PyTuple_New(0)), *one = ARGS("(i)", 1), *two = ARGS("(ii)", 1, 2),
             *three = ARGS("(iii)", 1, 2, 3);
    PyObject *by_b = ARGS("{s:i}", "b", 20), *by_c = ARGS("{s:i}", "c", 30),
             *by_ac = ARGS("{s:i,s:i}", "a", 10, "c", 30), *by_x = ARGS("{s:i}", "x", 5), *by_a = ARGS("{s:i}", "a", 5);
    STEP(none && one && two && three && by_b && by_c && by_ac && by_x && by_a);
    STEP(PyArg_ParseTupleAndKeywords(one, by_c, "i|ii:f", names, &a, &b, &c) && a == 1 && b == -1 && c == 30);
    STEP(PyArg_ParseTupleAndKeywords(none, by_ac, "i|i$i:f", names, &a, &b, &c) && a == 10 && b == -1 && c == 30);
    STEP(PyArg_ParseTupleAndKeywords(two, NULL, "ii|i", names, &a, &b, &c) && a == 1 && b == 2);
    STEP(va_parse_named(one, by_b, "ii|i", names, &a, &b, &c) && b == 20);
    STEP(PyArg_ParseTupleAndKeywords(one, by_b, "i|i", nameless, &a, &b) && b == 20);
#define NAMED(args, dict, format, list, type, text) \
    STEP(!PyArg_ParseTupleAndKeywords(args, dict, format, list, &a, &b, &c) && SAYS(type, text))
    NAMED(one, by_a, "i|ii:f", names, TypeError, "argument for f() given by name ('a') and position (1)");
    NAMED(one, by_x, "i|ii:f", names, TypeError, "f() got an unexpected keyword argument 'x'");
    NAMED(one, by_x, "i|ii", names, TypeError, "this function got an unexpected keyword argument 'x'");
    NAMED(none, by_b, "ii|i:f", names, TypeError, "f() missing required argument 'a' (pos 1)");
    NAMED(one, by_c, "ii|i:f", names, TypeError, "f() missing required argument 'b' (pos 2)");
    NAMED(three, by_b, "iii:f", names, TypeError, "f() takes at most 3 arguments (4 given)");
    NAMED(three, NULL, "i|$ii:f", names, TypeError, "f() takes at most 1 positional argument (3 given)");
    NAMED(three, NULL, "ii$i:f", names, TypeError, "f() takes exactly 2 positional arguments (3 given)");
    NAMED(one, NULL, "|$iii:f", names, TypeError, "f() takes no positional arguments");
    NAMED(none, by_b, "i|i:f", nameless, TypeError, "f() takes at least 1 positional argument (0 given)");
    NAMED(one, by_c, "i|i:f", names, SystemError, "More keyword list entries (3) than format specifiers (2)");
    NAMED(three, NULL, "iiii:f", names, SystemError,
          "more argument specifiers than keyword list entries (remaining format:'i:f')");
    PyObject *word = ARGS("{s:s}", "b", "x");
    STEP(word);
    NAMED(one, word, "ii|i:f", names, TypeError, "'str' object cannot be interpreted as an integer");
    NAMED(NULL, NULL, "i", names, SystemError, "bad argument to internal function");
    return 0;
}

static PyObject *doubled(void *at) { return PyLong_FromLong(2 * *(int *)at); }

static PyObject *va_build(const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *o = Py_VaBuildValue(format, values);
    va_end(values);
    return o;
}

int test_build(void) {
    int five = 5;
    PyObject *list = NEW(PyList_New(0));
    STEP(list);
    STEP(NEW(Py_BuildValue("")) == Py_None && IS(NEW(Py_BuildValue("i", 3)), "3") &&
         IS(NEW(Py_BuildValue("(i)", 3)), "(3,)") && IS(NEW(Py_BuildValue("()")), "()"));
    STEP(IS(NEW(Py_BuildValue("bBhHiIlk", -1, 255, -2, 65535, -3, 4000000000u, -4L, 4000000000ul)),
            "(-1, 255, -2, 65535, -3, 4000000000, -4, 4000000000)"));
    STEP(IS(NEW(Py_BuildValue("LKndfpp", INT64_MIN, UINT64_MAX, (Py_ssize_t)-5, 0.5, 1.5, 1, 0)),
            "(-9223372036854775808, 18446744073709551615, -5, 0.5, 1.5, True, False)"));
    STEP(IS(NEW(Py_BuildValue("szUyC", "a", NULL, "b", "c", 0x20ac)), "('a', None, 'b', b'c', '\u20ac')"));
    STEP(IS(NEW(Py_BuildValue("s#z#U#y#c", "abc", (Py_ssize_t)2, "abc", (Py_ssize_t)1, "abc", (Py_ssize_t)0, "a\0b",
                              (Py_ssize_t)3, 'x')),
            "('ab', 'a', '', b'a\\x00b', b'x')"));
    SAME_COUNT(list, STEP(IS(NEW(Py_BuildValue("OSN", list, list, Py_NewRef(list))), "([], [], [])"));
               Py_DECREF(kept[--kept_count]));
    STEP(IS(NEW(Py_BuildValue("O&", doubled, &five)), "10"));
    STEP(IS(NEW(Py_BuildValue("{s:i, s:(ii), s:[s,{}]}", "a", 1, "b", 2, 3, "c", "d")),
            "{'a': 1, 'b': (2, 3), 'c': ['d', {}]}"));
    STEP(IS(NEW(va_build("[ii]", 1, 2)), "[1, 2]"));
    /* On failure all values are taken: the reference of N is released. */
    SAME_COUNT(list, STEP(!Py_BuildValue("ONsN", NULL, Py_NewRef(list), "x", Py_NewRef(list)) &&
                          SAYS(SystemError, "NULL object passed to Py_BuildValue")));
    SAME_COUNT(list, STEP(!Py_BuildValue("[sN]", "\xff", Py_NewRef(list)) &&
                          PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)));
    PyErr_Clear();
    STEP(!Py_BuildValue("{O:i}", list, 1) &&
         SAYS(TypeError, "cannot use 'list' as a dict key (unhashable type: 'list')"));
    PyErr_SetString(PyExc_ValueError, "before");
    STEP(!Py_BuildValue("(O)", NULL) && SAYS(ValueError, "before"));
    FAILS(Py_BuildValue("?", 1), SystemError, "bad format char passed to Py_BuildValue");
    FAILS(Py_BuildValue("(i", 1), SystemError, "unmatched paren in format");
    FAILS(Py_BuildValue("{i}", 1), SystemError, "Bad dict format");
    return 0;
}

/* A type whose instances have four bytes that can be written. */
typedef struct {
    PyObject_HEAD
    char bytes[4];
    int views;
} Bytes4;
static int get_bytes(PyObject *o, Py_buffer *view, int flags) {
    ((Bytes4 *)o)->views++;
    return PyBuffer_FillInfo(view, o, ((Bytes4 *)o)->bytes, 4, 0, flags);
}
static void release_bytes(PyObject *o, Py_buffer *view) {
    (void)view;
    ((Bytes4 *)o)->views--;
}
static PyBufferProcs bytes4_buffer = {get_bytes, release_bytes};
static PyTypeObject Bytes4Type = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "arguments.Bytes4",
    .tp_basicsize = sizeof(Bytes4),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_buffer = &bytes4_buffer,
};

int prepare(void) { return PyType_Ready(&Bytes4Type) == 0; }

int test_buffers(void) {
    Bytes4 *four = PyObject_New(Bytes4, &Bytes4Type);
    STEP(four);
    memcpy(four->bytes, "abcd", 4);
    four->views = 0;
    PyObject *o = NEW((PyObject *)four), *bytes = NEW(PyBytes_FromString("xyz")), *i = NEW(PyLong_FromLong(1));
    STEP(bytes && i && PyObject_CheckBuffer(o) && PyObject_CheckBuffer(bytes) && !PyObject_CheckBuffer(i));
    Py_buffer view, second, third, fourth;
    SAME_COUNT(bytes, {
        STEP(PyObject_GetBuffer(bytes, &view, PyBUF_FULL_RO) == 0);
        const int is_right = view.len == 3 && view.readonly && view.obj == bytes && view.shape[0] == 3 &&
                             view.strides[0] == 1 && strcmp(view.format, "B") == 0;
        const int is_dense = PyBuffer_IsContiguous(&view, 'C') && PyBuffer_IsContiguous(&view, 'A');
        PyBuffer_Release(&view);
        STEP(is_right && is_dense && view.obj == NULL);
        PyBuffer_Release(&view);
    });
    FAILS_NUMBER(PyObject_GetBuffer(bytes, &view, PyBUF_WRITABLE), BufferError, "Object is not writable.");
    FAILS_NUMBER(PyObject_GetBuffer(i, &view, PyBUF_SIMPLE), TypeError, "a bytes-like object is required, not 'int'");
    Py_ssize_t shape[2] = {2, 3}, by_row[2] = {3, 1}, by_column[2] = {1, 2};
    view = (Py_buffer){.len = 6, .itemsize = 1, .ndim = 2, .shape = shape, .strides = by_row};
    STEP(PyBuffer_IsContiguous(&view, 'C') && !PyBuffer_IsContiguous(&view, 'F'));
    view.strides = by_column;
    STEP(!PyBuffer_IsContiguous(&view, 'C') && PyBuffer_IsContiguous(&view, 'F') && PyBuffer_IsContiguous(&view, 'A'));
    PyObject *args = NEW(Py_BuildValue("(OsOO)", bytes, "caf\u00e9", Py_None, o));
    STEP(args && PyArg_ParseTuple(args, "y*s*z*w*", &view, &second, &third, &fourth));
    const int are_right = view.len == 3 && second.len == 5 && third.buf == NULL && third.obj == NULL &&
                          fourth.len == 4 && !fourth.readonly && four->views == 1;
    ((char *)fourth.buf)[0] = 'A';
    PyBuffer_Release(&view);
    PyBuffer_Release(&second);
    PyBuffer_Release(&third);
    PyBuffer_Release(&fourth);
    STEP(are_right && four->bytes[0] == 'A' && four->views == 0);
    REFUSES(ARGS("(O)", bytes), TypeError, "argument 1 must be read-write bytes-like object, not bytes", "w*", &view);
    REFUSES(ARGS("(s)", "x"), TypeError, "a bytes-like object is required, not 'str'", "y*", &view);
    /* A view from an earlier unit is released when a later unit fails. */
    REFUSES(ARGS("(Os)", o, "x"), TypeError, "'str' object cannot be interpreted as an integer", "y*i", &view, &i);
    STEP(four->views == 0);
    return 0;
}
