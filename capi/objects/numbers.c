// Ints as bytes, floats as bytes.

#include "objects.h"

int PyIndex_Check(PyObject *o) {
    const PyNumberMethods *number = Py_TYPE(o)->tp_as_number;
    return PyLong_Check(o) || (number && number->nb_index);
}

int _PyLong_Sign(PyObject *o) {
    int sign = 0;
    PyLong_GetSign(o, &sign);
    return sign;
}

// Stores the address of an int's digits. Returns their number.
static size_t digits_of(const PyLongObject *o, const digit **digits) {
    *digits = o->long_value.ob_digit;
    return o->long_value.lv_tag >> _PyLong_NON_SIZE_BITS;
}

int64_t _PyLong_NumBits(PyObject *o) {
    const digit *digits;
    const size_t n = digits_of((PyLongObject *)o, &digits);
    return n == 0 ? 0 : (int64_t)(n - 1) * PyLong_SHIFT + (32 - __builtin_clz(digits[n - 1]));
}

// Byte k of |value|, counted from the lowest.
static unsigned byte_at(const digit *digits, size_t n, size_t k) {
    const size_t bit = 8 * k, at = bit / PyLong_SHIFT, shift = bit % PyLong_SHIFT;
    if (at >= n) return 0;
    const uint64_t high = at + 1 < n ? digits[at + 1] : 0;
    return (unsigned)(((high << PyLong_SHIFT | digits[at]) >> shift) & 0xff);
}

// Writes n bytes of the value in two's complement. Returns whether all of the value fits, with its sign if is_signed.
static int write_bytes(const PyLongObject *o, unsigned char *bytes, size_t n, int little_endian, int is_signed) {
    const digit *digits;
    const size_t count = digits_of(o, &digits);
    const int is_negative = (o->long_value.lv_tag & _PyLong_SIGN_MASK) == 2;
    unsigned carry = 1, last = 0;
    for (size_t k = 0; k < n; k++) {
        unsigned byte = byte_at(digits, count, k);
        if (is_negative) {
            byte = (~byte & 0xff) + carry;
            carry = byte >> 8;
        }
        last = byte & 0xff;
        bytes[little_endian ? k : n - 1 - k] = (unsigned char)last;
    }
    const size_t bits = (size_t)_PyLong_NumBits((PyObject *)o);
    if (bits > 8 * n) return 0;
    if (!is_signed) return !is_negative;
    return count == 0 || (n > 0 && (last >> 7) == (unsigned)is_negative);
}

int _PyLong_AsByteArray(PyLongObject *o, unsigned char *bytes, size_t n, int little_endian, int is_signed,
                        int with_exceptions) {
    const char *why = NULL;
    if (!is_signed && (o->long_value.lv_tag & _PyLong_SIGN_MASK) == 2)
        why = "can't convert negative int to unsigned";
    else if (!write_bytes(o, bytes, n, little_endian, is_signed))
        why = "int too big to convert";
    if (why && with_exceptions) PyErr_SetString(PyExc_OverflowError, why);
    return why ? -1 : 0;
}

PyObject *_PyLong_FromByteArray(const unsigned char *bytes, size_t n, int little_endian, int is_signed) {
    // Written in hexadecimal, and read again: -x is the complement of x - 1.
    const int is_negative = is_signed && n > 0 && bytes[little_endian ? n - 1 : 0] >= 0x80;
    char *text = PyMem_Malloc(2 * n + 3);
    if (!text) return PyErr_NoMemory();
    char *to = text;
    *to++ = '0';
    for (size_t k = 0; k < n; k++) {
        unsigned byte = bytes[little_endian ? n - 1 - k : k];
        if (is_negative) byte = ~byte & 0xff;
        *to++ = "0123456789abcdef"[byte >> 4];
        *to++ = "0123456789abcdef"[byte & 15];
    }
    *to = 0;
    PyObject *value = PyLong_FromString(text, NULL, 16);
    PyMem_Free(text);
    if (!value || !is_negative) return value;
    PyObject *complement = PyNumber_Invert(value);
    Py_DECREF(value);
    return complement;
}

// The order of WebAssembly, which is "native", is little.
static int is_little(int flags) { return flags == -1 || (flags & Py_ASNATIVEBYTES_NATIVE_ENDIAN); }

PyObject *PyLong_FromNativeBytes(const void *bytes, size_t n, int flags) {
    return _PyLong_FromByteArray(bytes, n, is_little(flags),
                                 flags == -1 || !(flags & Py_ASNATIVEBYTES_UNSIGNED_BUFFER));
}

PyObject *PyLong_FromUnsignedNativeBytes(const void *bytes, size_t n, int flags) {
    return _PyLong_FromByteArray(bytes, n, is_little(flags), 0);
}

Py_ssize_t PyLong_AsNativeBytes(PyObject *o, void *bytes, Py_ssize_t n, int flags) {
    if (n < 0) {
        PyErr_SetString(PyExc_ValueError, "n_bytes must be non-negative");
        return -1;
    }
    PyObject *value;
    if (PyLong_Check(o)) {
        value = Py_NewRef(o);
    } else if (flags != -1 && (flags & Py_ASNATIVEBYTES_ALLOW_INDEX)) {
        value = PyNumber_Index(o);
    } else {
        PyErr_Format(PyExc_TypeError, "expect int, got %T", o);
        value = NULL;
    }
    if (!value) return -1;
    const int is_negative = _PyLong_Sign(value) < 0;
    if (is_negative && flags != -1 && (flags & Py_ASNATIVEBYTES_REJECT_NEGATIVE)) {
        Py_DECREF(value);
        PyErr_SetString(PyExc_ValueError, "Cannot convert negative int");
        return -1;
    }
    const int fits_signed = write_bytes((PyLongObject *)value, bytes, (size_t)n, is_little(flags), 1);
    const int64_t bits = _PyLong_NumBits(value);
    const int fits_unsigned = !is_negative && bits <= 8 * n;
    const int fits = fits_signed || ((flags & Py_ASNATIVEBYTES_UNSIGNED_BUFFER) && fits_unsigned);
    Py_DECREF(value);
    // As in CPython: an int of one digit has a word, unless fewer bytes were asked for and are enough, but perhaps for the sign.
    if (bits <= PyLong_SHIFT) {
        const Py_ssize_t word = sizeof n;
        return n <= 0 || n >= word ? word : fits ? n : fits_unsigned ? n + 1 : word;
    }
    const Py_ssize_t needed = (Py_ssize_t)(bits / 8) + 1;
    return fits && needed == n + 1 ? n : needed;
}

// ---- floats ----

static void put(const void *from, char *bytes, size_t n, int little_endian) {
    for (size_t k = 0; k < n; k++) bytes[little_endian ? k : n - 1 - k] = ((const char *)from)[k];
}

int PyFloat_Pack8(double x, char *bytes, int little_endian) {
    put(&x, bytes, 8, little_endian);
    return 0;
}

int PyFloat_Pack4(double x, char *bytes, int little_endian) {
    const float y = (float)x;
    if (isinf(y) && !isinf(x)) {
        PyErr_SetString(PyExc_OverflowError, "float too large to pack with f format");
        return -1;
    }
    put(&y, bytes, 4, little_endian);
    return 0;
}

double PyFloat_Unpack8(const char *bytes, int little_endian) {
    double x;
    put(bytes, (char *)&x, 8, little_endian);
    return x;
}

double PyFloat_Unpack4(const char *bytes, int little_endian) {
    float x;
    put(bytes, (char *)&x, 4, little_endian);
    return x;
}
