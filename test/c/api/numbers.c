/* Ints, floats, bools, and PyNumber_*. */
#include "check.h"

int test_long_from(void) {
    STEP(IS(NEW(PyLong_FromLong(-2147483647 - 1)), "-2147483648"));
    STEP(IS(NEW(PyLong_FromUnsignedLong(4294967295u)), "4294967295"));
    STEP(IS(NEW(PyLong_FromLongLong(INT64_MIN)), "-9223372036854775808"));
    STEP(IS(NEW(PyLong_FromUnsignedLongLong(UINT64_MAX)), "18446744073709551615"));
    STEP(IS(NEW(PyLong_FromSsize_t(-7)), "-7"));
    STEP(IS(NEW(PyLong_FromSize_t((size_t)-1)), "4294967295"));
    STEP(IS(NEW(PyLong_FromInt32(-5)), "-5"));
    STEP(IS(NEW(PyLong_FromUInt32(4000000000u)), "4000000000"));
    STEP(IS(NEW(PyLong_FromInt64(-5000000000)), "-5000000000"));
    STEP(IS(NEW(PyLong_FromUInt64(1ull << 63)), "9223372036854775808"));
    STEP(IS(NEW(PyLong_FromDouble(-2.9)), "-2"));
    STEP(IS(NEW(PyLong_FromDouble(1e20)), "100000000000000000000"));
    FAILS(PyLong_FromDouble(__builtin_nan("")), ValueError, "cannot convert float NaN to integer");
    FAILS(PyLong_FromDouble(__builtin_inf()), OverflowError, "cannot convert float infinity to integer");
    PyObject *o = NEW(PyLong_FromVoidPtr((void *)0xfffffff8));
    STEP(o && PyLong_AsVoidPtr(o) == (void *)0xfffffff8);
    /* Small ints exist once. */
    STEP(NEW(PyLong_FromLong(256)) == NEW(PyLong_FromLong(256)));
    return 0;
}

/* For bases that are powers of 2, reading and writing take time proportional to the number of digits. */
int test_many_digits(void) {
    const Py_ssize_t n = 300000;
    PyObject *digits = NEW(PyUnicode_New(n, 127));
    STEP(digits);
    memset(PyUnicode_DATA(digits), 'f', (size_t)n);
    PyObject *all = NEW(PyLong_FromUnicodeObject(digits, 16)), *one = NEW(PyLong_FromLong(1)),
             *bits = NEW(PyLong_FromSsize_t(4 * n));
    STEP(all && one && bits);
    PyObject *next = NEW(PyNumber_Add(all, one)), *power = NEW(PyNumber_Lshift(one, bits));
    STEP(next && power && PyObject_RichCompareBool(next, power, Py_EQ) == 1);
    PyObject *text = NEW(PyNumber_ToBase(all, 16));
    STEP(text && PyUnicode_GET_LENGTH(text) == n + 2 && PyUnicode_Tailmatch(text, digits, 2, n + 2, 1) == 1);
    return 0;
}

int test_long_text(void) {
    char *end;
    STEP(IS(NEW(PyLong_FromString(" -0x_fF ", &end, 0)), "-255") && *end == 0);
    STEP(IS(NEW(PyLong_FromString("1_000", NULL, 10)), "1000"));
    STEP(IS(NEW(PyLong_FromString("zz", NULL, 36)), "1295"));
    STEP(IS(NEW(PyLong_FromString("0b101", NULL, 2)), "5"));
    STEP(IS(NEW(PyLong_FromString("0o17", NULL, 0)), "15"));
    STEP(IS(NEW(PyLong_FromString("00", NULL, 0)), "0"));
    STEP(IS(NEW(PyLong_FromString("123456789012345678901234567890", NULL, 10)), "123456789012345678901234567890"));
    STEP(IS(NEW(PyLong_FromString("-0xffffffffffffffffffffffff", NULL, 16)), "-79228162514264337593543950335"));
    STEP(IS(NEW(PyLong_FromString("0x123456789abcdef0123456789abcdef0123456789abcdef", NULL, 0)),
            "27898229935051914142968983831921934135401027036219428335"));
    STEP(IS(NEW(PyLong_FromString("7777777777_7777777777_7777777777", NULL, 8)), "1237940039285380274899124223"));
    STEP(IS(NEW(PyLong_FromString("vvvvvvvvvvvvvvvvvvvv", NULL, 32)), "1267650600228229401496703205375"));
    FAILS(PyLong_FromString("012", NULL, 0), ValueError, "invalid literal for int() with base 0: '012'");
    FAILS(PyLong_FromString("1__0", NULL, 10), ValueError, "invalid literal for int() with base 10: '1__0'");
    FAILS(PyLong_FromString("", NULL, 10), ValueError, "invalid literal for int() with base 10: ''");
    FAILS(PyLong_FromString("12x", &end, 10), ValueError, "invalid literal for int() with base 10: '12x'");
    STEP(*end == 'x');
    FAILS(PyLong_FromString("1", NULL, 37), ValueError, "int() arg 2 must be >= 2 and <= 36");
    PyObject *text = NEW(PyUnicode_FromString("0x1_0"));
    STEP(text);
    STEP(IS(NEW(PyLong_FromUnicodeObject(text, 16)), "16"));
    FAILS(PyLong_FromUnicodeObject(text, 10), ValueError, "invalid literal for int() with base 10: '0x1_0'");
    return 0;
}

int test_long_as(void) {
    PyObject *big = NEW(PyLong_FromString("1000000000000000000000000", NULL, 10)), *minus = NEW(PyLong_FromLong(-1));
    PyObject *most = NEW(PyLong_FromLong(LONG_MAX)), *least = NEW(PyLong_FromLong(LONG_MIN)),
             *text = NEW(PyUnicode_FromString("x"));
    PyObject *over = NEW(PyLong_FromLongLong(2147483648ll)), *under = NEW(PyLong_FromLongLong(-2147483649ll));
    STEP(big && minus && most && least && text && over && under);
    STEP(PyLong_AsLong(most) == LONG_MAX && PyLong_AsLong(least) == LONG_MIN && PyLong_AsLong(minus) == -1 &&
         !PyErr_Occurred());
    FAILS_NUMBER(PyLong_AsLong(over), OverflowError, "Python int too large to convert to C long");
    FAILS_NUMBER(PyLong_AsLong(under), OverflowError, "Python int too large to convert to C long");
    FAILS_NUMBER(PyLong_AsLong(text), TypeError, "'str' object cannot be interpreted as an integer");
    FAILS_NUMBER(PyLong_AsLong(NULL), SystemError, "bad argument to internal function");
    STEP(PyLong_AsInt(most) == INT_MAX);
    FAILS_NUMBER(PyLong_AsInt(over), OverflowError, "Python int too large to convert to C int");
    STEP(PyLong_AsLongLong(under) == -2147483649ll);
    FAILS_NUMBER(PyLong_AsLongLong(big), OverflowError, "int too big to convert");
    STEP(PyLong_AsSsize_t(most) == PY_SSIZE_T_MAX);
    FAILS_NUMBER(PyLong_AsSsize_t(over), OverflowError, "Python int too large to convert to C ssize_t");
    FAILS_NUMBER(PyLong_AsSsize_t(text), TypeError, "an integer is required");
    STEP(PyLong_AsUnsignedLong(over) == 2147483648u);
    STEP(PyLong_AsUnsignedLong(minus) == (unsigned long)-1 &&
         SAYS(OverflowError, "can't convert negative value to unsigned int"));
    STEP(PyLong_AsUnsignedLong(big) == (unsigned long)-1 &&
         SAYS(OverflowError, "Python int too large to convert to C unsigned long"));
    STEP(PyLong_AsSize_t(over) == 2147483648u);
    STEP(PyLong_AsSize_t(minus) == (size_t)-1 && SAYS(OverflowError, "can't convert negative value to size_t"));
    STEP(PyLong_AsSize_t(big) == (size_t)-1 && SAYS(OverflowError, "Python int too large to convert to C size_t"));
    STEP(PyLong_AsUnsignedLongLong(over) == 2147483648ull);
    STEP(PyLong_AsUnsignedLongLong(minus) == (unsigned long long)-1 &&
         SAYS(OverflowError, "can't convert negative int to unsigned"));
    STEP(PyLong_AsUnsignedLongLong(big) == (unsigned long long)-1 && SAYS(OverflowError, "int too big to convert"));
    /* 10 ** 24 modulo 2 ** 32 and 2 ** 64. */
    STEP(PyLong_AsUnsignedLongMask(big) == 0xa1000000u && PyLong_AsUnsignedLongMask(minus) == 0xffffffffu);
    STEP(PyLong_AsUnsignedLongLongMask(big) == 0x1bcecceda1000000ull && !PyErr_Occurred());
    STEP(PyLong_AsUnsignedLongMask(text) == (unsigned long)-1 &&
         SAYS(TypeError, "'str' object cannot be interpreted as an integer"));
    int overflow = 7;
    STEP(PyLong_AsLongAndOverflow(most, &overflow) == LONG_MAX && overflow == 0);
    STEP(PyLong_AsLongAndOverflow(over, &overflow) == -1 && overflow == 1);
    STEP(PyLong_AsLongAndOverflow(under, &overflow) == -1 && overflow == -1);
    STEP(PyLong_AsLongLongAndOverflow(under, &overflow) == -2147483649ll && overflow == 0);
    STEP(PyLong_AsLongLongAndOverflow(big, &overflow) == -1 && overflow == 1 && !PyErr_Occurred());
    STEP(PyLong_AsLongAndOverflow(text, &overflow) == -1 && overflow == 0 &&
         SAYS(TypeError, "'str' object cannot be interpreted as an integer"));
    int32_t i32;
    uint32_t u32;
    int64_t i64;
    uint64_t u64;
    STEP(PyLong_AsInt32(least, &i32) == 0 && i32 == INT32_MIN);
    FAILS_NUMBER(PyLong_AsInt32(over, &i32), OverflowError, "Python int too large to convert to C int32_t");
    STEP(PyLong_AsUInt32(over, &u32) == 0 && u32 == 2147483648u);
    FAILS_NUMBER(PyLong_AsUInt32(minus, &u32), ValueError, "Cannot convert negative int");
    STEP(PyLong_AsInt64(under, &i64) == 0 && i64 == -2147483649ll);
    STEP(PyLong_AsUInt64(over, &u64) == 0 && u64 == 2147483648ull);
    FAILS_NUMBER(PyLong_AsUInt64(big, &u64), OverflowError, "Python int too large to convert to C uint64_t");
    STEP(PyLong_AsDouble(big) == 1e24 && PyLong_AsDouble(minus) == -1 && !PyErr_Occurred());
    STEP(PyLong_AsDouble(text) == -1 && SAYS(TypeError, "an integer is required"));
    return 0;
}

int test_long_sign(void) {
    PyObject *zero = NEW(PyLong_FromLong(0)), *plus = NEW(PyLong_FromLongLong(1ll << 40)),
             *minus = NEW(PyLong_FromLong(-3));
    PyObject *text = NEW(PyUnicode_FromString("x"));
    STEP(zero && plus && minus && text);
    int sign;
    STEP(PyLong_GetSign(minus, &sign) == 0 && sign == -1 && PyLong_GetSign(plus, &sign) == 0 && sign == 1);
    STEP(PyLong_IsZero(zero) == 1 && PyLong_IsZero(minus) == 0);
    STEP(PyLong_IsPositive(plus) == 1 && PyLong_IsPositive(zero) == 0);
    STEP(PyLong_IsNegative(minus) == 1 && PyLong_IsNegative(zero) == 0);
    FAILS_NUMBER(PyLong_IsZero(text), TypeError, "expected int, got str");
    FAILS_NUMBER(PyLong_GetSign(text, &sign), TypeError, "expect int, got str");
    return 0;
}

int test_checks(void) {
    PyObject *i = NEW(PyLong_FromLong(3)), *f = NEW(PyFloat_FromDouble(2.5)), *b = NEW(PyBool_FromLong(5));
    STEP(i && f && b);
    STEP(PyLong_Check(i) && PyLong_Check(b) && !PyLong_Check(f));
    STEP(PyLong_CheckExact(i) && !PyLong_CheckExact(b));
    STEP(PyBool_Check(b) && !PyBool_Check(i));
    STEP(PyFloat_Check(f) && !PyFloat_Check(i) && PyFloat_CheckExact(f) && !PyFloat_CheckExact(b));
    STEP(b == Py_True && NEW(PyBool_FromLong(0)) == Py_False);
    STEP(PyInt_Check(i) && PyInt_AsLong(i) == 3 && PyInt_AS_LONG(i) == 3 && NEW(PyInt_FromLong(3)) == i);
    STEP(PyNumber_Check(i) && PyNumber_Check(f) && !PyNumber_Check(Py_None) && !PyNumber_Check(NULL));
    return 0;
}

static PyObject *nan_of(void) { Py_RETURN_NAN; }
static PyObject *inf_of(void) { Py_RETURN_INF(-1.0); }

int test_float(void) {
    PyObject *f = NEW(PyFloat_FromDouble(0.1)), *i = NEW(PyLong_FromLong(-1));
    STEP(f && i && PyFloat_AsDouble(f) == 0.1 && PyFloat_AS_DOUBLE(f) == 0.1);
    STEP(PyFloat_AsDouble(i) == -1 && !PyErr_Occurred());
    STEP(PyFloat_AsDouble(Py_None) == -1 && SAYS(TypeError, "must be real number, not NoneType"));
    STEP(PyFloat_AsDouble(NULL) == -1 && SAYS(TypeError, "bad argument type for built-in operation"));
    PyObject *text = NEW(PyUnicode_FromString(" 1_0.5e-1 ")), *word = NEW(PyBytes_FromString("-inf")),
             *bad = NEW(PyUnicode_FromString("1.5e"));
    STEP(text && word && bad);
    STEP(IS(NEW(PyFloat_FromString(text)), "1.05") && IS(NEW(PyFloat_FromString(word)), "-inf"));
    FAILS(PyFloat_FromString(bad), ValueError, "could not convert string to float: '1.5e'");
    FAILS(PyFloat_FromString(i), TypeError, "float() argument must be a string or a real number, not 'int'");
    STEP(PyFloat_GetMax() == 0x1.fffffffffffffp1023 && PyFloat_GetMin() == 0x1p-1022);
    STEP(IS(NEW(nan_of()), "nan") && IS(NEW(inf_of()), "-inf"));
    return 0;
}

int test_operators(void) {
    PyObject *a = NEW(PyLong_FromLong(17)), *b = NEW(PyLong_FromLong(5)), *f = NEW(PyFloat_FromDouble(2.5)),
             *n = NEW(PyLong_FromLong(-17));
    STEP(a && b && f && n);
    STEP(IS(NEW(PyNumber_Add(a, b)), "22") && IS(NEW(PyNumber_Subtract(a, f)), "14.5") &&
         IS(NEW(PyNumber_Multiply(a, b)), "85"));
    STEP(IS(NEW(PyNumber_FloorDivide(n, b)), "-4") && IS(NEW(PyNumber_TrueDivide(a, b)), "3.4") &&
         IS(NEW(PyNumber_Remainder(n, b)), "3"));
    STEP(IS(NEW(PyNumber_Divide(a, b)), "3"));
    STEP(IS(NEW(PyNumber_Divmod(n, b)), "(-4, 3)") && IS(NEW(PyNumber_Power(b, b, Py_None)), "3125") &&
         IS(NEW(PyNumber_Power(a, a, b)), "2"));
    STEP(IS(NEW(PyNumber_Negative(a)), "-17") && IS(NEW(PyNumber_Positive(a)), "17") &&
         IS(NEW(PyNumber_Absolute(n)), "17"));
    STEP(IS(NEW(PyNumber_Invert(a)), "-18") && IS(NEW(PyNumber_Lshift(a, b)), "544") &&
         IS(NEW(PyNumber_Rshift(a, b)), "0"));
    STEP(IS(NEW(PyNumber_And(a, b)), "1") && IS(NEW(PyNumber_Or(a, b)), "21") && IS(NEW(PyNumber_Xor(a, b)), "20"));
    PyObject *zero = NEW(PyLong_FromLong(0)), *text = NEW(PyUnicode_FromString("x"));
    STEP(zero && text);
    FAILS(PyNumber_Divmod(a, zero), ZeroDivisionError, "division by zero");
    FAILS(PyNumber_Subtract(text, a), TypeError, "unsupported operand type(s) for -: 'str' and 'int'");
    FAILS(PyNumber_MatrixMultiply(a, b), TypeError, "unsupported operand type(s) for @: 'int' and 'int'");
    FAILS(PyNumber_Divmod(text, a), TypeError, "unsupported operand type(s) for divmod(): 'str' and 'int'");
    FAILS(PyNumber_Invert(f), TypeError, "bad operand type for unary ~: 'float'");
    FAILS(PyNumber_Absolute(text), TypeError, "bad operand type for abs(): 'str'");
    FAILS(PyNumber_Add(NULL, a), SystemError, "null argument to internal routine");
    return 0;
}

int test_in_place(void) {
    PyObject *a = NEW(PyLong_FromLong(17)), *b = NEW(PyLong_FromLong(5)), *text = NEW(PyUnicode_FromString("x"));
    STEP(a && b && text);
    STEP(IS(NEW(PyNumber_InPlaceAdd(a, b)), "22") && IS(NEW(PyNumber_InPlaceSubtract(a, b)), "12"));
    STEP(IS(NEW(PyNumber_InPlaceMultiply(a, b)), "85") && IS(NEW(PyNumber_InPlaceFloorDivide(a, b)), "3"));
    STEP(IS(NEW(PyNumber_InPlaceTrueDivide(a, b)), "3.4") && IS(NEW(PyNumber_InPlaceRemainder(a, b)), "2"));
    STEP(IS(NEW(PyNumber_InPlacePower(b, b, Py_None)), "3125") && IS(NEW(PyNumber_InPlaceLshift(a, b)), "544"));
    STEP(IS(NEW(PyNumber_InPlaceRshift(a, b)), "0") && IS(NEW(PyNumber_InPlaceAnd(a, b)), "1"));
    STEP(IS(NEW(PyNumber_InPlaceXor(a, b)), "20") && IS(NEW(PyNumber_InPlaceOr(a, b)), "21"));
    FAILS(PyNumber_InPlaceMatrixMultiply(a, b), TypeError, "unsupported operand type(s) for @=: 'int' and 'int'");
    FAILS(PyNumber_InPlaceSubtract(text, a), TypeError, "unsupported operand type(s) for -=: 'str' and 'int'");
    FAILS(PyNumber_InPlacePower(text, a, Py_None), TypeError, "unsupported operand type(s) for **=: 'str' and 'int'");
    /* Objects that can change themselves do so, and are the result. */
    PyObject *list = NEW(Py_BuildValue("[i]", 1)), *more = NEW(Py_BuildValue("(ii)", 2, 3));
    STEP(list && more);
    STEP(NEW(PyNumber_InPlaceAdd(list, more)) == list && NEW(PyNumber_InPlaceAdd(list, list)) == list &&
         IS(list, "[1, 2, 3, 1, 2, 3]"));
    FAILS(PyNumber_InPlaceAdd(list, a), TypeError, "'int' object is not iterable");
    PyObject *two = NEW(PyLong_FromLong(2)), *short_list = NEW(Py_BuildValue("[i]", 7));
    STEP(two && short_list && NEW(PyNumber_InPlaceMultiply(short_list, two)) == short_list && IS(short_list, "[7, 7]"));
    PyObject *set = NEW(PySet_New(list)), *other = NEW(PySet_New(more));
    STEP(set && other);
    STEP(NEW(PyNumber_InPlaceAnd(set, other)) == set && PySet_Size(set) == 2);
    STEP(NEW(PyNumber_InPlaceSubtract(set, other)) == set && PySet_Size(set) == 0);
    STEP(NEW(PyNumber_InPlaceOr(set, other)) == set && PySet_Size(set) == 2);
    STEP(NEW(PyNumber_InPlaceXor(set, other)) == set && PySet_Size(set) == 0);
    PyObject *d = NEW(Py_BuildValue("{s:i}", "a", 1)), *e = NEW(Py_BuildValue("{s:i}", "b", 2));
    STEP(d && e && NEW(PyNumber_InPlaceOr(d, e)) == d && IS(d, "{'a': 1, 'b': 2}"));
    return 0;
}

int test_conversions(void) {
    PyObject *text = NEW(PyUnicode_FromString(" 12 ")), *bytes = NEW(PyBytes_FromString("-7")),
             *f = NEW(PyFloat_FromDouble(-2.7));
    PyObject *big = NEW(PyLong_FromString("1000000000000000000000000", NULL, 10)), *minus = NEW(PyLong_FromLong(-5)),
             *many = NEW(PyLong_FromLong(255));
    PyObject *word = NEW(PyUnicode_FromString("x"));
    STEP(text && bytes && f && big && minus && many && word);
    STEP(IS(NEW(PyNumber_Long(text)), "12") && IS(NEW(PyNumber_Long(bytes)), "-7") && IS(NEW(PyNumber_Long(f)), "-2"));
    STEP(NEW(PyNumber_Long(big)) == big && IS(NEW(PyNumber_Int(Py_True)), "1"));
    FAILS(PyNumber_Long(word), ValueError, "invalid literal for int() with base 10: 'x'");
    FAILS(PyNumber_Long(Py_None), TypeError,
          "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'");
    STEP(IS(NEW(PyNumber_Float(text)), "12.0") && IS(NEW(PyNumber_Float(many)), "255.0") &&
         NEW(PyNumber_Float(f)) == f);
    FAILS(PyNumber_Float(Py_None), TypeError, "float() argument must be a string or a real number, not 'NoneType'");
    STEP(NEW(PyNumber_Index(big)) == big);
    FAILS(PyNumber_Index(f), TypeError, "'float' object cannot be interpreted as an integer");
    STEP(PyNumber_AsSsize_t(minus, NULL) == -5 && PyNumber_AsSsize_t(big, NULL) == PY_SSIZE_T_MAX);
    FAILS_NUMBER(PyNumber_AsSsize_t(big, PyExc_IndexError), IndexError, "cannot fit 'int' into an index-sized integer");
    STEP(IS(NEW(PyNumber_ToBase(many, 16)), "'0xff'") && IS(NEW(PyNumber_ToBase(minus, 2)), "'-0b101'"));
    STEP(IS(NEW(PyNumber_ToBase(many, 8)), "'0o377'") && IS(NEW(PyNumber_ToBase(many, 10)), "'255'"));
    STEP(IS(NEW(PyNumber_ToBase(big, 16)), "'0xd3c21bcecceda1000000'") &&
         IS(NEW(PyNumber_ToBase(big, 8)), "'0o323604157166316664100000000'"));
    FAILS(PyNumber_ToBase(many, 7), SystemError, "PyNumber_ToBase: base must be 2, 8, 10 or 16");
    return 0;
}
