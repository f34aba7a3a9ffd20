// Calls of the functions for numbers: abstract.h, longobject.h, floatobject.h, cpython/numbers.h.

#include "calls.h"

static void show_operators(void) {
    FOR_XY(ANY, FEW, NEW(PyNumber_Add(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_Subtract(x, y)))
    FOR_XY(TAME, FEW_TAME, NEW(PyNumber_Multiply(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_MatrixMultiply(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_FloorDivide(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_TrueDivide(x, y)))
    FOR_XY(NOT_FORMATS, FEW, NEW(PyNumber_Remainder(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_Divmod(x, y)))
    FOR_XY(TAME, FEW_TAME, NEW(PyNumber_Power(x, y, Py_None)))
    FOR_XY(TAME, FEW_TAME, NEW(PyNumber_Lshift(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_Rshift(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_And(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_Xor(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_Or(x, y)))
    FOR_XYZ(INTS, FEW_TAME, FEW_TAME, NEW(PyNumber_Power(x, y, z)))
}

static void show_in_place(void) {
    FOR_XY(ANY, FEW, NEW(PyNumber_InPlaceAdd(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_InPlaceSubtract(x, y)))
    FOR_XY(TAME, FEW_TAME, NEW(PyNumber_InPlaceMultiply(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_InPlaceMatrixMultiply(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_InPlaceFloorDivide(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_InPlaceTrueDivide(x, y)))
    FOR_XY(NOT_FORMATS, FEW, NEW(PyNumber_InPlaceRemainder(x, y)))
    FOR_XY(TAME, FEW_TAME, NEW(PyNumber_InPlacePower(x, y, Py_None)))
    FOR_XY(TAME, FEW_TAME, NEW(PyNumber_InPlaceLshift(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_InPlaceRshift(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_InPlaceAnd(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_InPlaceXor(x, y)))
    FOR_XY(ANY, FEW, NEW(PyNumber_InPlaceOr(x, y)))
}

static void show_one(void) {
    FOR_X(ANY, NUM(PyNumber_Check(x)))
    FOR_X(ANY, NUM(PyIndex_Check(x)))
    FOR_X(ANY, NEW(PyNumber_Negative(x)))
    FOR_X(ANY, NEW(PyNumber_Positive(x)))
    FOR_X(ANY, NEW(PyNumber_Absolute(x)))
    FOR_X(ANY, NEW(PyNumber_Invert(x)))
    FOR_X(ANY, NEW(PyNumber_Long(x)))
    FOR_X(ANY, NEW(PyNumber_Float(x)))
    FOR_X(ANY, NEW(PyNumber_Index(x)))
    FOR_X(ANY, NUM(PyNumber_AsSsize_t(x, PyExc_OverflowError)))
    FOR_X(ANY, NUM(PyNumber_AsSsize_t(x, PyExc_IndexError)))
    FOR_X(ANY, NUM(PyNumber_AsSsize_t(x, NULL)))
    for (int base = 2; base <= 16; base++)
        if (base == 2 || base == 8 || base == 10 || base == 16) FOR_X(ANY, NEW(PyNumber_ToBase(x, base)))
}

static void show_ints(void) {
    FOR_X(ANY, NUM(PyLong_AsLong(x)))
    FOR_X(ANY, NUM(PyLong_AsInt(x)))
    FOR_X(ANY, NUM(PyLong_AsLongLong(x)))
    FOR_X(ANY, NUM(PyLong_AsSsize_t(x)))
    FOR_X(ANY, NUM(PyLong_AsSize_t(x)))
    FOR_X(ANY, NUM(PyLong_AsUnsignedLong(x)))
    FOR_X(ANY, NUM(PyLong_AsUnsignedLongLong(x)))
    FOR_X(ANY, NUM(PyLong_AsUnsignedLongMask(x)))
    FOR_X(ANY, NUM(PyLong_AsUnsignedLongLongMask(x)))
    FOR_X(ANY, NUM((uintptr_t)PyLong_AsVoidPtr(x)))
    FOR_X(ANY, REAL(PyLong_AsDouble(x)))
    FOR_X(ANY, {
        int over = 5;
        NUM(PyLong_AsLongAndOverflow(x, &over));
        NUM(over);
        over = 5;
        NUM(PyLong_AsLongLongAndOverflow(x, &over));
        NUM(over);
        int sign = 5;
        NUM(PyLong_GetSign(x, &sign));
        NUM(sign);
        /* Numbers for which an error was raised are not shown: they have no meaning. */
        int32_t i32 = 5;
        PLACE(PyLong_AsInt32(x, &i32), i32);
        uint32_t u32 = 5;
        PLACE(PyLong_AsUInt32(x, &u32), u32);
        int64_t i64 = 5;
        PLACE(PyLong_AsInt64(x, &i64), i64);
        uint64_t u64 = 5;
        PLACE(PyLong_AsUInt64(x, &u64), u64);
    })
    FOR_X(ANY, NUM(PyLong_IsPositive(x)))
    FOR_X(ANY, NUM(PyLong_IsNegative(x)))
    FOR_X(ANY, NUM(PyLong_IsZero(x)))
    FOR_X(INTS, NUM(_PyLong_Sign(x)))
    FOR_X(INTS, NUM(_PyLong_NumBits(x)))
    for (int base = -1; base <= 37; base++) {
        snprintf(numbers, sizeof numbers, ", %d", base);
        static const char *const ints[] = {
            "12", "-0x1F", " 0b11", "0o17 ", "1_000", "1__0", "",  "z",  "12345678901234567890123", "+ 1", "0",
            "00", "007",   "0x",    "_1",    "1_",    "9a",   "-", "1 2"};
        for (size_t k = 0; k < Py_ARRAY_LENGTH(ints); k++) {
            s = ints[k];
            snprintf(numbers, sizeof numbers, "\"%s\", %d", s, base);
            NEW(PyLong_FromString(s, NULL, base));
            char *end = NULL;
            NEW(PyLong_FromString(s, &end, base));
            NUM(end ? end - s : -1);
        }
        numbers[0] = 0;
        FOR_X(STRINGS, {
            snprintf(numbers, sizeof numbers, ", %d", base);
            NEW(PyLong_FromUnicodeObject(x, base));
        })
    }
}

static const long long wholes[] = {0,           1,          -1,         255,        256,        257,
                                   -5,          -6,         65535,      2147483647, 2147483648, -2147483648,
                                   -2147483649, 4294967295, 4294967296, INT64_MAX,  INT64_MIN};

static void show_from_c(void) {
    for (size_t k = 0; k < Py_ARRAY_LENGTH(wholes); k++) {
        const long long n = wholes[k];
        snprintf(numbers, sizeof numbers, "%lld", n);
        NEW(PyLong_FromLong((long)n));
        NEW(PyLong_FromUnsignedLong((unsigned long)n));
        NEW(PyLong_FromLongLong(n));
        NEW(PyLong_FromUnsignedLongLong((unsigned long long)n));
        NEW(PyLong_FromSsize_t((Py_ssize_t)n));
        NEW(PyLong_FromSize_t((size_t)n));
        NEW(PyLong_FromInt32((int32_t)n));
        NEW(PyLong_FromUInt32((uint32_t)n));
        NEW(PyLong_FromInt64(n));
        NEW(PyLong_FromUInt64((uint64_t)n));
        NEW(PyLong_FromVoidPtr((void *)(uintptr_t)n));
        NEW(PyBool_FromLong((long)n));
        NEW(PyFloat_FromDouble((double)n));
        for (int size = 1; size <= 8; size *= 2)
            for (int flags = -1; flags <= 7; flags++) {
                snprintf(numbers, sizeof numbers, "%lld, %d, %d", n, size, flags);
                NEW(PyLong_FromNativeBytes(&n, (size_t)size, flags));
                NEW(PyLong_FromUnsignedNativeBytes(&n, (size_t)size, flags));
            }
        for (int flags = 0; flags < 4; flags++) {
            snprintf(numbers, sizeof numbers, "%lld, %d", n, flags);
            NEW(_PyLong_FromByteArray((const unsigned char *)&n, 8, flags & 1, flags >> 1));
        }
        numbers[0] = 0;
    }
    static const double reals[] = {0,    -0.0,         0.5,    1.5,    -1.5,     2.5,       1e15,
                                   1e22, 4294967296.5, -1e300, 5e-324, HUGE_VAL, -HUGE_VAL, NAN};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(reals); k++) {
        snprintf(numbers, sizeof numbers, "%g", reals[k]);
        const double real = reals[k];
        NEW(PyLong_FromDouble(real));
        NEW(PyFloat_FromDouble(real));
        for (int little = 0; little < 2; little++) {
            char bytes[8] = {0};
            NUM(PyFloat_Pack8(real, bytes, little));
            REAL(PyFloat_Unpack8(bytes, little));
            NEW(PyBytes_FromStringAndSize(bytes, 8));
            NUM(PyFloat_Pack4(real, bytes, little));
            REAL(PyFloat_Unpack4(bytes, little));
            NEW(PyBytes_FromStringAndSize(bytes, 4));
        }
    }
    numbers[0] = 0;
    REAL(PyFloat_GetMax());
    REAL(PyFloat_GetMin());
}

static void show_bytes(void) {
    for (int flags = -1; flags <= 31; flags++)
        for (int size = 0; size <= 20; size += size < 2 ? 1 : 3)
            FOR_X(TAME, {
                unsigned char bytes[20];
                memset(bytes, 0x55, sizeof bytes);
                snprintf(numbers, sizeof numbers, ", %d, %d", size, flags);
                if (flags >= 0 || PyLong_Check(x)) {
                    NUM(PyLong_AsNativeBytes(x, bytes, size, flags));
                    NEW(PyBytes_FromStringAndSize((char *)bytes, size));
                }
                if (PyLong_Check(x) && size && flags >= 0 && flags < 8) {
                    NUM(_PyLong_AsByteArray((PyLongObject *)x, bytes, (size_t)size, flags & 1, flags >> 1 & 1,
                                            flags >> 2));
                    if (!(flags >> 2)) NEW(PyBytes_FromStringAndSize((char *)bytes, size));
                }
            })
}

static void show_floats(void) {
    FOR_X(ANY, NEW(PyFloat_FromString(x)))
    FOR_X(ANY, REAL(PyFloat_AsDouble(x)))
    static const char *const reals[] = {"1.5", " 2e3 ", "1_0.5", "1__0",  "inf",   "-Infinity", "nan",
                                        "",    ".",     "1e",    "0x1p3", "1e400", "+.5"};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(reals); k++) {
        x = PyUnicode_FromString(reals[k]);
        NEW(PyFloat_FromString(x));
        NEW(PyNumber_Float(x));
        NEW(PyNumber_Long(x));
        end_arguments();
    }
}

MODULE(calls_numbers, show_operators(), show_in_place(), show_one(), show_ints(), show_from_c(), show_bytes(),
       show_floats())
