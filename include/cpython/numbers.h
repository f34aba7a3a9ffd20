/* Numbers: what ints, floats and complex numbers consist of. */
#ifndef Py_CPYTHON_NUMBERS_H
#define Py_CPYTHON_NUMBERS_H

#include "../floatobject.h"
#include "../longobject.h"

/* ---- ints ---- */

typedef uint32_t digit;
typedef int32_t sdigit;
typedef uint64_t twodigits;
typedef int64_t stwodigits;
#define PyLong_SHIFT 30
#define PyLong_BASE ((digit)1 << PyLong_SHIFT)
#define PyLong_MASK ((digit)(PyLong_BASE - 1))

/* Bits 0 and 1 of lv_tag: 0 positive, 1 zero, 2 negative. The number of digits begins at bit 3. */
typedef struct {
    uintptr_t lv_tag;
    digit ob_digit[1];
} _PyLongValue;
struct _longobject {
    PyObject_HEAD
    _PyLongValue long_value;
};
typedef struct _longobject PyLongObject;

#define _PyLong_SIGN_MASK 3
#define _PyLong_NON_SIZE_BITS 3
static inline int _PyLong_IsCompact(const PyLongObject *o) {
    return o->long_value.lv_tag < (2 << _PyLong_NON_SIZE_BITS);
}
static inline Py_ssize_t _PyLong_CompactValue(const PyLongObject *o) {
    return (1 - (Py_ssize_t)(o->long_value.lv_tag & _PyLong_SIGN_MASK)) * (Py_ssize_t)o->long_value.ob_digit[0];
}
#define PyLong_AS_LONG(o) PyLong_AsLong(_PyObject_CAST(o))
#define PyLong_AsPid PyLong_AsLong
#define PyLong_FromPid PyLong_FromLong
PyAPI_FUNC(int) PyUnstable_Long_IsCompact(const PyLongObject *o);
PyAPI_FUNC(Py_ssize_t) PyUnstable_Long_CompactValue(const PyLongObject *o);
PyAPI_FUNC(PyObject *) PyLong_GetInfo(void);
#define Py_ASNATIVEBYTES_DEFAULTS (-1)
#define Py_ASNATIVEBYTES_BIG_ENDIAN 0
#define Py_ASNATIVEBYTES_LITTLE_ENDIAN 1
#define Py_ASNATIVEBYTES_NATIVE_ENDIAN 3
#define Py_ASNATIVEBYTES_UNSIGNED_BUFFER 4
#define Py_ASNATIVEBYTES_REJECT_NEGATIVE 8
#define Py_ASNATIVEBYTES_ALLOW_INDEX 16
PyAPI_FUNC(Py_ssize_t) PyLong_AsNativeBytes(PyObject *o, void *bytes, Py_ssize_t n, int flags);
PyAPI_FUNC(PyObject *) PyLong_FromNativeBytes(const void *bytes, size_t n, int flags);
PyAPI_FUNC(PyObject *) PyLong_FromUnsignedNativeBytes(const void *bytes, size_t n, int flags);
PyAPI_FUNC(PyObject *) _PyLong_FromByteArray(const unsigned char *bytes, size_t n, int little_endian, int is_signed);
PyAPI_FUNC(int) _PyLong_AsByteArray(PyLongObject *o, unsigned char *bytes, size_t n, int little_endian, int is_signed,
                                    int with_exceptions);
PyAPI_FUNC(int) _PyLong_Sign(PyObject *o);
PyAPI_FUNC(int64_t) _PyLong_NumBits(PyObject *o);
PyAPI_FUNC(PyObject *) _PyLong_Copy(PyLongObject *o);
PyAPI_FUNC(PyObject *) _PyLong_GCD(PyObject *a, PyObject *b);
PyAPI_DATA(unsigned char) _PyLong_DigitValue[256];

/* ---- floats ---- */

PyAPI_FUNC(PyObject *) PyFloat_GetInfo(void);
PyAPI_FUNC(int) PyFloat_Pack2(double x, char *bytes, int little_endian);
PyAPI_FUNC(int) PyFloat_Pack4(double x, char *bytes, int little_endian);
PyAPI_FUNC(int) PyFloat_Pack8(double x, char *bytes, int little_endian);
PyAPI_FUNC(double) PyFloat_Unpack2(const char *bytes, int little_endian);
PyAPI_FUNC(double) PyFloat_Unpack4(const char *bytes, int little_endian);
PyAPI_FUNC(double) PyFloat_Unpack8(const char *bytes, int little_endian);
PyAPI_FUNC(Py_hash_t) _Py_HashDouble(PyObject *o, double x);

PyAPI_FUNC(double) PyOS_string_to_double(const char *text, char **end, PyObject *overflow);
/* Free the text with PyMem_Free. */
PyAPI_FUNC(char *) PyOS_double_to_string(double x, char format, int precision, int flags, int *kind);
#define Py_DTSF_SIGN 0x01
#define Py_DTSF_ADD_DOT_0 0x02
#define Py_DTSF_ALT 0x04
#define Py_DTSF_NO_NEG_0 0x08
#define Py_DTST_FINITE 0
#define Py_DTST_INFINITE 1
#define Py_DTST_NAN 2
PyAPI_FUNC(unsigned long) PyOS_strtoul(const char *text, char **end, int base);
PyAPI_FUNC(long) PyOS_strtol(const char *text, char **end, int base);
PyAPI_FUNC(int) PyOS_mystricmp(const char *a, const char *b);
PyAPI_FUNC(int) PyOS_mystrnicmp(const char *a, const char *b, Py_ssize_t n);
#define PyOS_stricmp PyOS_mystricmp
#define PyOS_strnicmp PyOS_mystrnicmp

/* ---- complex numbers ---- */

typedef struct {
    double real;
    double imag;
} Py_complex;
typedef struct {
    PyObject_HEAD
    Py_complex cval;
} PyComplexObject;
PyAPI_DATA(PyTypeObject) PyComplex_Type;
#define PyComplex_Check(o) PyObject_TypeCheck((o), &PyComplex_Type)
#define PyComplex_CheckExact(o) Py_IS_TYPE((o), &PyComplex_Type)
PyAPI_FUNC(PyObject *) PyComplex_FromCComplex(Py_complex value);
PyAPI_FUNC(PyObject *) PyComplex_FromDoubles(double real, double imaginary);
PyAPI_FUNC(Py_complex) PyComplex_AsCComplex(PyObject *o);
PyAPI_FUNC(double) PyComplex_RealAsDouble(PyObject *o);
PyAPI_FUNC(double) PyComplex_ImagAsDouble(PyObject *o);

PyAPI_FUNC(int) PyIndex_Check(PyObject *o);

#endif
