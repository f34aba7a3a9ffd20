/* str and bytes, and encodings. */
#include "check.h"

int test_make(void) {
    PyObject *s = NEW(PyUnicode_New(3, 0x20ac));
    STEP(s && PyUnicode_GET_LENGTH(s) == 3 && PyUnicode_KIND(s) == PyUnicode_2BYTE_KIND && !PyUnicode_IS_ASCII(s));
    STEP(PyUnicode_WriteChar(s, 0, 'a') == 0 && PyUnicode_WriteChar(s, 1, 0x20ac) == 0 &&
         PyUnicode_WriteChar(s, 2, 0xe9) == 0);
    STEP(PyUnicode_READ_CHAR(s, 1) == 0x20ac && PyUnicode_ReadChar(s, 2) == 0xe9 && IS(s, "'a\u20ac\u00e9'"));
    STEP(PyUnicode_2BYTE_DATA(s)[1] == 0x20ac && PyUnicode_MAX_CHAR_VALUE(s) == 0xffff);
    STEP(PyUnicode_ReadChar(s, 3) == (Py_UCS4)-1 && SAYS(IndexError, "string index out of range"));
    FAILS_NUMBER(PyUnicode_WriteChar(s, 3, 'x'), IndexError, "string index out of range");
    PyObject *a = NEW(PyUnicode_New(4, 127));
    STEP(a && PyUnicode_Fill(a, 1, 10, 'z') == 3 && PyUnicode_READ_CHAR(a, 0) == 0 && PyUnicode_READ_CHAR(a, 3) == 'z');
    FAILS_NUMBER(PyUnicode_Fill(a, 0, 1, 0x100), ValueError,
                 "fill character is bigger than the string maximum character");
    PyUnicode_WRITE(PyUnicode_KIND(a), PyUnicode_DATA(a), 0, 'y');
    STEP(PyUnicode_IS_COMPACT_ASCII(a) && PyUnicode_1BYTE_DATA(a)[0] == 'y' &&
         PyUnicode_READ(1, PyUnicode_DATA(a), 1) == 'z');
    PyObject *from = NEW(PyUnicode_FromString("hello")), *to = NEW(PyUnicode_New(5, 127));
    STEP(from && to && PyUnicode_CopyCharacters(to, 1, from, 2, 2) == 2 && PyUnicode_READ_CHAR(to, 1) == 'l' &&
         PyUnicode_READ_CHAR(to, 2) == 'l');
    FAILS_NUMBER(PyUnicode_CopyCharacters(to, 9, from, 0, 1), IndexError, "string index out of range");
    FAILS(PyUnicode_New(-1, 0), SystemError, "Negative size passed to PyUnicode_New");
    FAILS(PyUnicode_New(1, 0x110000), SystemError, "invalid maximum character passed to PyUnicode_New");
    STEP(NEW(PyUnicode_New(0, 0)) == NEW(PyUnicode_FromString("")));
    const Py_UCS4 wide[] = {'a', 0x1f600, 'b'};
    PyObject *w = NEW(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, wide, 3));
    STEP(w && PyUnicode_KIND(w) == PyUnicode_4BYTE_KIND && PyUnicode_4BYTE_DATA(w)[1] == 0x1f600);
    STEP(IS(NEW(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, wide, 1)), "'a'"));
    FAILS(PyUnicode_FromKindAndData(3, wide, 1), SystemError, "invalid kind");
    STEP(IS(NEW(PyUnicode_FromOrdinal(0x263a)), "'\u263a'"));
    FAILS(PyUnicode_FromOrdinal(0x110000), ValueError, "chr() arg not in range(0x110000)");
    STEP(NEW(PyUnicode_FromObject(w)) == w);
    PyObject *i = NEW(PyLong_FromLong(3));
    FAILS(PyUnicode_FromObject(i), TypeError, "Can't convert 'int' object to str implicitly");
    STEP(PyUnicode_Check(s) && PyUnicode_CheckExact(s) && !PyUnicode_Check(i));
    return 0;
}

int test_intern(void) {
    PyObject *a = NEW(PyUnicode_InternFromString("a key of ours")),
             *b = NEW(PyUnicode_InternFromString("a key of ours"));
    STEP(a && a == b);
    PyObject *c = PyUnicode_FromString("a key of ours");
    const int is_new = c != a;
    PyUnicode_InternInPlace(&c);
    STEP(keep(c) == a && is_new);
    return 0;
}

int test_utf8(void) {
    PyObject *s = NEW(PyUnicode_FromString("z\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"));
    STEP(s && PyUnicode_GetLength(s) == 4 && PyUnicode_ReadChar(s, 3) == 0x1f600);
    Py_ssize_t n = 0;
    const char *text = PyUnicode_AsUTF8AndSize(s, &n);
    STEP(text && n == 10 && strcmp(text, "z\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80") == 0 && PyUnicode_AsUTF8(s) == text);
    PyObject *ascii = NEW(PyUnicode_FromStringAndSize("ab\0c", 4));
    STEP(ascii && PyUnicode_AsUTF8AndSize(ascii, &n) == PyUnicode_DATA(ascii) && n == 4);
    STEP(IS(NEW(PyUnicode_AsUTF8String(s)), "b'z\\xc3\\xa9\\xe2\\x82\\xac\\xf0\\x9f\\x98\\x80'"));
    STEP(IS(NEW(PyUnicode_DecodeUTF8("\xc3\xa9", 2, "strict")), "'\u00e9'"));
    FAILS(PyUnicode_FromString("\xff"), UnicodeDecodeError,
          "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte");
    FAILS(PyUnicode_FromString("a\xe2\x82"), UnicodeDecodeError,
          "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data");
    FAILS(PyUnicode_FromString("a\xe2\x28\xa1"), UnicodeDecodeError,
          "'utf-8' codec can't decode byte 0xe2 in position 1: invalid continuation byte");
    FAILS(PyUnicode_FromString("\xed\xa0\x80"), UnicodeDecodeError,
          "'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte");
    FAILS(PyUnicode_FromString("\xf0\x9f\x28"), UnicodeDecodeError,
          "'utf-8' codec can't decode bytes in position 0-1: invalid continuation byte");
    FAILS(PyUnicode_FromString("\xf4\x90\x80\x80"), UnicodeDecodeError,
          "'utf-8' codec can't decode byte 0xf4 in position 0: invalid continuation byte");
    FAILS(PyUnicode_FromString("\xc2"), UnicodeDecodeError,
          "'utf-8' codec can't decode byte 0xc2 in position 0: unexpected end of data");
    const Py_UCS4 lone[] = {'a', 0xd800, 0xdfff, 'b'};
    PyObject *bad = NEW(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, lone, 4)),
             *one = NEW(PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, lone, 2));
    STEP(bad && one);
    FAILS(PyUnicode_AsUTF8(one), UnicodeEncodeError,
          "'utf-8' codec can't encode character '\\ud800' in position 1: surrogates not allowed");
    FAILS(PyUnicode_AsUTF8String(bad), UnicodeEncodeError,
          "'utf-8' codec can't encode characters in position 1-2: surrogates not allowed");
    FAILS(PyUnicode_AsUTF8(Py_None), TypeError, "bad argument type for built-in operation");
    FAILS(PyUnicode_FromStringAndSize(NULL, 3), SystemError,
          "NULL string with positive size with NULL passed to PyUnicode_FromStringAndSize");
    FAILS(PyUnicode_FromStringAndSize("abc", -3), SystemError, "Negative size passed to PyUnicode_FromStringAndSize");
    return 0;
}

int test_other_encodings(void) {
    PyObject *s = NEW(PyUnicode_DecodeLatin1("a\xe9", 2, NULL));
    STEP(s && IS(s, "'a\u00e9'") && IS(NEW(PyUnicode_AsLatin1String(s)), "b'a\\xe9'"));
    FAILS(PyUnicode_AsASCIIString(s), UnicodeEncodeError,
          "'ascii' codec can't encode character '\\xe9' in position 1: ordinal not in range(128)");
    STEP(IS(NEW(PyUnicode_DecodeASCII("abc", 3, NULL)), "'abc'"));
    FAILS(PyUnicode_DecodeASCII("a\xe9", 2, NULL), UnicodeDecodeError,
          "'ascii' codec can't decode byte 0xe9 in position 1: ordinal not in range(128)");
    /* A handler of errors is looked up when there is an error. */
    STEP(IS(NEW(PyUnicode_DecodeUTF8("abc", 3, "replace")), "'abc'"));
    FAILS(PyUnicode_DecodeUTF8("a\xff", 2, "replace"), LookupError, "unknown error handler name 'replace'");
    FAILS(PyUnicode_DecodeASCII("a\xe9", 2, "ignore"), LookupError, "unknown error handler name 'ignore'");
    FAILS(PyUnicode_DecodeASCII("a\xe9", 2, "strict"), UnicodeDecodeError,
          "'ascii' codec can't decode byte 0xe9 in position 1: ordinal not in range(128)");
    STEP(IS(NEW(PyUnicode_DecodeLatin1("a\xe9", 2, "surrogateescape")), "'a\u00e9'"));
    PyObject *wide = NEW(PyUnicode_FromString("a\u1234\u1235"));
    FAILS(PyUnicode_AsLatin1String(wide), UnicodeEncodeError,
          "'latin-1' codec can't encode characters in position 1-2: ordinal not in range(256)");
    Py_UCS4 buffer[4], *copy;
    STEP(PyUnicode_AsUCS4(wide, buffer, 4, 1) == buffer && buffer[1] == 0x1234 && buffer[3] == 0);
    FAILS(PyUnicode_AsUCS4(wide, buffer, 3, 1), SystemError, "string is longer than the buffer");
    copy = PyUnicode_AsUCS4Copy(wide);
    STEP(copy && copy[2] == 0x1235 && copy[3] == 0);
    PyMem_Free(copy);
    return 0;
}

int test_together(void) {
    PyObject *a = NEW(PyUnicode_FromString("one")), *b = NEW(PyUnicode_FromString("\u20ac")),
             *i = NEW(PyLong_FromLong(3));
    STEP(a && b && i);
    STEP(IS(NEW(PyUnicode_Concat(a, b)), "'one\u20ac'"));
    FAILS(PyUnicode_Concat(a, i), TypeError, "can only concatenate str (not \"int\") to str");
    FAILS(PyUnicode_Concat(i, a), TypeError, "must be str, not int");
    PyObject *grown = Py_NewRef(a);
    PyUnicode_Append(&grown, b);
    STEP(grown);
    PyUnicode_AppendAndDel(&grown, Py_NewRef(a));
    STEP(IS(keep(grown), "'one\u20acone'"));
    PyObject *lost = Py_NewRef(a);
    PyUnicode_Append(&lost, i);
    STEP(!lost && SAYS(SystemError, "bad argument to internal function"));
    PyObject *items = NEW(Py_BuildValue("[OOO]", a, b, a)), *comma = NEW(PyUnicode_FromString(", ")),
             *mixed = NEW(Py_BuildValue("(Oi)", a, 3));
    STEP(items && comma && mixed);
    STEP(IS(NEW(PyUnicode_Join(comma, items)), "'one, \u20ac, one'") &&
         IS(NEW(PyUnicode_Join(NULL, items)), "'one \u20ac one'"));
    FAILS(PyUnicode_Join(comma, mixed), TypeError, "sequence item 1: expected str instance, int found");
    FAILS(PyUnicode_Join(i, items), TypeError, "separator: expected str instance, int found");
    FAILS(PyUnicode_Join(comma, i), TypeError, "can only join an iterable");
    PyObject *text = NEW(PyUnicode_FromString("  a b  c ")), *csv = NEW(PyUnicode_FromString("a,,b")),
             *sep = NEW(PyUnicode_FromString(",")), *none = NEW(PyUnicode_FromString(""));
    STEP(text && csv && sep && none);
    STEP(IS(NEW(PyUnicode_Split(text, NULL, -1)), "['a', 'b', 'c']") &&
         IS(NEW(PyUnicode_Split(text, NULL, 1)), "['a', 'b  c ']"));
    STEP(IS(NEW(PyUnicode_Split(csv, sep, -1)), "['a', '', 'b']") &&
         IS(NEW(PyUnicode_Split(csv, sep, 1)), "['a', ',b']"));
    FAILS(PyUnicode_Split(csv, none, -1), ValueError, "empty separator");
    FAILS(PyUnicode_Split(csv, i, -1), TypeError, "must be str, not int");
    STEP(IS(NEW(PyUnicode_Replace(csv, sep, comma, -1)), "'a, , b'") &&
         IS(NEW(PyUnicode_Replace(csv, sep, comma, 1)), "'a, ,b'"));
    STEP(IS(NEW(PyUnicode_Replace(a, none, sep, -1)), "',o,n,e,'") &&
         IS(NEW(PyUnicode_Replace(a, none, sep, 2)), "',o,ne'"));
    STEP(IS(NEW(PyUnicode_Substring(a, 1, 9)), "'ne'") && IS(NEW(PyUnicode_Substring(a, 2, 1)), "''"));
    FAILS(PyUnicode_Substring(a, -1, 2), IndexError, "string index out of range");
    return 0;
}

int test_looking(void) {
    PyObject *s = NEW(PyUnicode_FromString("abcabc")), *bc = NEW(PyUnicode_FromString("bc")),
             *x = NEW(PyUnicode_FromString("x")), *i = NEW(PyLong_FromLong(3));
    STEP(s && bc && x && i);
    STEP(PyUnicode_Contains(s, bc) == 1 && PyUnicode_Contains(s, x) == 0);
    FAILS_NUMBER(PyUnicode_Contains(s, i), TypeError, "'in <string>' requires string as left operand, not int");
    STEP(PyUnicode_Find(s, bc, 0, 6, 1) == 1 && PyUnicode_Find(s, bc, 0, 6, -1) == 4 &&
         PyUnicode_Find(s, bc, 2, 5, 1) == -1);
    STEP(PyUnicode_Find(s, bc, -2, 6, 1) == 4 && !PyErr_Occurred());
    STEP(PyUnicode_Find(s, i, 0, 6, 1) == -2 && SAYS(TypeError, "must be str, not int"));
    STEP(PyUnicode_FindChar(s, 'c', 0, 6, 1) == 2 && PyUnicode_FindChar(s, 'c', 0, 6, -1) == 5 &&
         PyUnicode_FindChar(s, 'x', 0, 6, 1) == -1);
    STEP(PyUnicode_Count(s, bc, 0, 6) == 2 && PyUnicode_Count(s, bc, 2, 6) == 1);
    STEP(PyUnicode_Tailmatch(s, bc, 0, 6, 1) == 1 && PyUnicode_Tailmatch(s, bc, 0, 6, -1) == 0 &&
         PyUnicode_Tailmatch(s, bc, 1, 6, -1) == 1);
    STEP(PyUnicode_Compare(s, bc) == -1 && PyUnicode_Compare(bc, s) == 1 && PyUnicode_Compare(s, s) == 0);
    STEP(PyUnicode_Compare(s, i) == -1 && SAYS(TypeError, "Can't compare str and int"));
    STEP(PyUnicode_CompareWithASCIIString(bc, "bc") == 0 && PyUnicode_CompareWithASCIIString(bc, "b") == 1 &&
         PyUnicode_CompareWithASCIIString(bc, "bcd") == -1);
    STEP(PyUnicode_Equal(s, s) == 1 && PyUnicode_Equal(s, bc) == 0);
    FAILS_NUMBER(PyUnicode_Equal(s, i), TypeError, "second argument must be str, not int");
    PyObject *euro = NEW(PyUnicode_FromString("\u20acx"));
    STEP(euro && PyUnicode_EqualToUTF8(euro, "\u20acx") == 1 && PyUnicode_EqualToUTF8(euro, "\u20acy") == 0 &&
         PyUnicode_EqualToUTF8(s, "abcabc"));
    STEP(PyUnicode_EqualToUTF8AndSize(euro, "\u20acxyz", 4) == 1 &&
         PyUnicode_EqualToUTF8AndSize(euro, "\u20acx", 3) == 0);
    STEP(NEW(PyUnicode_RichCompare(s, bc, Py_LT)) == Py_True &&
         NEW(PyUnicode_RichCompare(s, i, Py_EQ)) == Py_NotImplemented);
    STEP(PyUnicode_GetLength(i) == -1 && SAYS(TypeError, "bad argument type for built-in operation"));
    return 0;
}

int test_format(void) {
    STEP(IS(NEW(PyUnicode_FromFormat("%d|%5d|%-5d|%05d|%i|%u", -1, 42, 42, -42, 7, 4000000000u)),
            "'-1|   42|42   |-0042|7|4000000000'"));
    STEP(IS(NEW(PyUnicode_FromFormat("%ld %lld %zd %llu %x %X %o %.3d %%", -1L, -5000000000ll, (Py_ssize_t)-3,
                                     UINT64_MAX, 255, 255, 8, 5)),
            "'-1 -5000000000 -3 18446744073709551615 ff FF 10 005 %'"));
    STEP(IS(NEW(PyUnicode_FromFormat("%s|%.2s|%5s|%-5s|%*s|%c", "abc", "abc", "ab", "ab", 4, "x", 0x20ac)),
            "'abc|ab|   ab|ab   |   x|\u20ac'"));
    STEP(IS(NEW(PyUnicode_FromFormat("%s %.4s", "\u20ac\xff", "\u20ac\u20ac")), "'\u20ac\ufffd \u20ac'"));
    STEP(IS(NEW(PyUnicode_FromFormat("%p", (void *)0x12ab)), "'0x12ab'"));
    PyObject *s = NEW(PyUnicode_FromString("\u00e9'")), *i = NEW(PyLong_FromLong(3));
    STEP(s && i);
    STEP(IS(NEW(PyUnicode_FromFormat("%S %R %.1U %5S", i, i, s, i)), "'3 3 \u00e9     3'"));
    STEP(IS(NEW(PyUnicode_FromFormat("%A", s)), "'\"\\\\xe9\\'\"'"));
    STEP(IS(NEW(PyUnicode_FromFormat("%V %V", s, "x", NULL, "o")), "\"\u00e9' o\""));
    STEP(IS(NEW(PyUnicode_FromFormat("%T %N", i, Py_TYPE(i))), "'int int'"));
    FAILS(PyUnicode_FromFormat("%c", 0x110000), OverflowError, "character argument not in range(0x110000)");
    FAILS(PyUnicode_FromFormat("a %y"), SystemError, "invalid format string: %y");
    FAILS(PyUnicode_FromFormat("\u20ac"), ValueError,
          "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII byte: 0xe2");
    FAILS(PyUnicode_FromFormat("%2147483648d", 1), ValueError, "width too big");
    FAILS(PyUnicode_FromFormat("%.99999999999d", 1), ValueError, "precision too big");
    STEP(IS(NEW(PyBytes_FromFormat("%d %s %c%%", 3, "abc", 'x')), "b'3 abc x%'"));
    STEP(IS(NEW(PyBytes_FromFormat("")), "b''"));
    return 0;
}

static PyObject *format_v(const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *s = PyUnicode_FromFormatV(format, values);
    va_end(values);
    return s;
}

static PyObject *bytes_v(const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *s = PyBytes_FromFormatV(format, values);
    va_end(values);
    return s;
}

static int print_v(char *to, size_t n, const char *format, ...) {
    va_list values;
    va_start(values, format);
    const int written = PyOS_vsnprintf(to, n, format, values);
    va_end(values);
    return written;
}

int test_format_v(void) {
    STEP(IS(NEW(format_v("%d", 3)), "'3'") && IS(NEW(bytes_v("%d", 3)), "b'3'"));
    char buffer[4];
    STEP(print_v(buffer, sizeof(buffer), "%d", 12345) == 5 && strcmp(buffer, "123") == 0);
    STEP(PyOS_snprintf(buffer, sizeof(buffer), "%s", "ab") == 2 && strcmp(buffer, "ab") == 0);
    return 0;
}

int test_bytes(void) {
    PyObject *b = NEW(PyBytes_FromString("abc")), *made = NEW(PyBytes_FromStringAndSize(NULL, 2)),
             *s = NEW(PyUnicode_FromString("x"));
    STEP(b && made && s);
    memcpy(PyBytes_AS_STRING(made), "hi", 2);
    STEP(IS(made, "b'hi'") && PyBytes_GET_SIZE(made) == 2 && PyBytes_Size(b) == 3 &&
         strcmp(PyBytes_AsString(b), "abc") == 0);
    STEP(PyBytes_Check(b) && PyBytes_CheckExact(b) && !PyBytes_Check(s));
    FAILS(PyBytes_AsString(s), TypeError, "expected bytes, str found");
    FAILS_NUMBER(PyBytes_Size(s), TypeError, "expected bytes, str found");
    FAILS(PyBytes_FromStringAndSize("a", -1), SystemError, "Negative size passed to PyBytes_FromStringAndSize");
    char *data;
    Py_ssize_t n;
    PyObject *zero = NEW(PyBytes_FromStringAndSize("a\0b", 3));
    STEP(zero && PyBytes_AsStringAndSize(zero, &data, &n) == 0 && n == 3 && data[2] == 'b');
    FAILS_NUMBER(PyBytes_AsStringAndSize(zero, &data, NULL), ValueError, "embedded null byte");
    PyObject *items = NEW(Py_BuildValue("[ii]", 65, 255)), *wrong = NEW(Py_BuildValue("(i)", 256)),
             *i = NEW(PyLong_FromLong(3));
    STEP(items && wrong && i);
    STEP(IS(NEW(PyBytes_FromObject(items)), "b'A\\xff'") && NEW(PyBytes_FromObject(b)) == b);
    FAILS(PyBytes_FromObject(wrong), ValueError, "bytes must be in range(0, 256)");
    FAILS(PyBytes_FromObject(i), TypeError, "cannot convert 'int' object to bytes");
    FAILS(PyBytes_FromObject(s), TypeError, "cannot convert 'str' object to bytes");
    PyObject *grown = Py_NewRef(b);
    PyBytes_Concat(&grown, made);
    STEP(grown);
    PyBytes_ConcatAndDel(&grown, Py_NewRef(b));
    STEP(IS(keep(grown), "b'abchiabc'"));
    PyObject *lost = Py_NewRef(b);
    PyBytes_Concat(&lost, s);
    STEP(!lost && SAYS(TypeError, "can't concat str to bytes"));
    PyObject *parts = NEW(Py_BuildValue("[OO]", b, made)), *comma = NEW(PyBytes_FromString(", "));
    STEP(parts && comma && IS(NEW(PyBytes_Join(comma, parts)), "b'abc, hi'"));
    PyObject *shrunk = PyBytes_FromStringAndSize("abcdef", 6), *larger = PyBytes_FromString("x");
    const int failed = (shrunk && _PyBytes_Resize(&shrunk, 3) != 0) || (larger && _PyBytes_Resize(&larger, 300) != 0);
    keep(shrunk);
    keep(larger);
    STEP(shrunk && larger && !failed && IS(shrunk, "b'abc'") && PyBytes_GET_SIZE(larger) == 300 &&
         PyBytes_AS_STRING(larger)[0] == 'x');
    PyObject *shared = Py_NewRef(b), *shorter = Py_NewRef(b);
    const int is_shorter = _PyBytes_Resize(&shorter, 2) == 0;
    keep(shorter);
    FAILS_NUMBER(_PyBytes_Resize(&shared, 9), SystemError, "bad argument to internal function");
    STEP(!shared && is_shorter && IS(shorter, "b'ab'") && IS(b, "b'abc'"));
    return 0;
}

int test_old_strings(void) {
    PyObject *s = NEW(PyString_FromString("ab")), *t = NEW(PyString_FromStringAndSize("cd\0", 3));
    STEP(s && t && PyString_Check(s) && PyString_Size(t) == 3 && PyString_GET_SIZE(t) == 3 &&
         strcmp(PyString_AsString(s), "ab") == 0);
    STEP(PyString_AS_STRING(t)[1] == 'd');
    PyObject *both = Py_NewRef(s);
    PyString_Concat(&both, t);
    STEP(both);
    PyString_ConcatAndDel(&both, Py_NewRef(s));
    const int failed = both && _PyString_Resize(&both, 4) != 0;
    STEP(keep(both) && !failed && IS(both, "b'abcd'"));
    return 0;
}

int test_encodings_by_name(void) {
    PyObject *s = NEW(PyUnicode_FromString("caf\u00e9"));
    STEP(s && IS(NEW(PyUnicode_AsEncodedString(s, NULL, NULL)), "b'caf\\xc3\\xa9'") &&
         IS(NEW(PyUnicode_AsEncodedString(s, "Latin_1", NULL)), "b'caf\\xe9'"));
    FAILS(PyUnicode_AsEncodedString(s, "ascii", NULL), UnicodeEncodeError,
          "'ascii' codec can't encode character '\\xe9' in position 3: ordinal not in range(128)");
    STEP(IS(NEW(PyUnicode_AsEncodedString(s, "latin-1", "replace")), "b'caf\\xe9'"));
    FAILS(PyUnicode_AsEncodedString(s, "ascii", "replace"), LookupError, "unknown error handler name 'replace'");
    FAILS(PyUnicode_AsEncodedString(s, "utf-16", NULL), LookupError, "unknown encoding: utf-16");
    STEP(IS(NEW(PyUnicode_Decode("caf\xc3\xa9", 5, "UTF8", "strict")), "'caf\u00e9'") &&
         IS(NEW(PyUnicode_Decode("\xe9", 1, "iso-8859-1", NULL)), "'\u00e9'"));
    STEP(IS(NEW(PyUnicode_Decode("ab", 2, "us-ascii", NULL)), "'ab'"));
    FAILS(PyUnicode_Decode("ab", 2, "utf", NULL), LookupError, "unknown encoding: utf");
    return 0;
}

int test_unicode_writer(void) {
    PyUnicodeWriter *writer = PyUnicodeWriter_Create(0);
    PyObject *list = NEW(Py_BuildValue("[is]", 1, "a")), *word = NEW(PyUnicode_FromString("h\u00e9llo"));
    const int ok =
        writer && list && word && PyUnicodeWriter_WriteChar(writer, 0x1f600) == 0 &&
        PyUnicodeWriter_WriteUTF8(writer, "\u20ac.", -1) == 0 && PyUnicodeWriter_WriteUTF8(writer, "abc", 1) == 0 &&
        PyUnicodeWriter_WriteASCII(writer, " b ", -1) == 0 &&
        PyUnicodeWriter_WriteUCS4(writer, (const Py_UCS4[]){0xe9, 0x20}, 2) == 0 &&
        PyUnicodeWriter_WriteStr(writer, word) == 0 && PyUnicodeWriter_WriteRepr(writer, list) == 0 &&
        PyUnicodeWriter_WriteRepr(writer, NULL) == 0 && PyUnicodeWriter_WriteSubstring(writer, word, 1, 3) == 0 &&
        PyUnicodeWriter_Format(writer, "<%d>", 5) == 0;
    if (!ok) {
        PyUnicodeWriter_Discard(writer);
        return __LINE__;
    }
    PyObject *s = NEW(PyUnicodeWriter_Finish(writer));
    STEP(s && PyUnicode_EqualToUTF8(s, "\U0001f600\u20ac.a b \u00e9 h\u00e9llo[1, 'a']<NULL>\u00e9l<5>"));
    STEP(IS(NEW(PyUnicodeWriter_Finish(PyUnicodeWriter_Create(100))), "''"));
    return 0;
}

/* A text that can't be written leaves the writer unchanged. */
int test_unicode_writer_errors(void) {
    STEP(!PyUnicodeWriter_Create(-1) && SAYS(ValueError, "length must be positive"));
    PyUnicodeWriter_Discard(NULL);
    PyObject *word = NEW(PyUnicode_FromString("word")), *list = NEW(PyList_New(0));
    PyUnicodeWriter *writer = word && list ? PyUnicodeWriter_Create(3) : NULL;
    if (!writer) return __LINE__;
    const int fails =
        PyUnicodeWriter_WriteChar(writer, 0x110000) == -1 && SAYS(ValueError, "character must be in range(0x110000)") &&
        PyUnicodeWriter_WriteUTF8(writer, "ab\xff", -1) == -1 && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError) &&
        PyUnicodeWriter_WriteUCS4(writer, NULL, -1) == -1 && SAYS(ValueError, "size must be positive") &&
        PyUnicodeWriter_WriteSubstring(writer, list, 0, 0) == -1 && SAYS(TypeError, "expect str, not list") &&
        PyUnicodeWriter_WriteSubstring(writer, word, -1, 0) == -1 && SAYS(ValueError, "invalid start argument") &&
        PyUnicodeWriter_WriteSubstring(writer, word, 3, 2) == -1 && SAYS(ValueError, "invalid start argument") &&
        PyUnicodeWriter_WriteSubstring(writer, word, 3, 5) == -1 && SAYS(ValueError, "invalid end argument");
    PyObject *s = NEW(PyUnicodeWriter_Finish(writer));
    STEP(fails && IS(s, "''"));
    return 0;
}
