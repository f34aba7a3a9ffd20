/* Strings: making and changing them, the writer of older versions, encodings, codecs, names of files, and classes of characters. */
#ifndef Py_CPYTHON_TEXT_H
#define Py_CPYTHON_TEXT_H

#include "../unicodeobject.h"
#include "../unicodewriter.h"

#include <wchar.h>

typedef wchar_t Py_UNICODE;
#define Py_UNICODE_SIZE 4
PyAPI_DATA(PyTypeObject) PyUnicodeIter_Type;

/* ---- making and changing ---- */

PyAPI_FUNC(PyObject *) PyUnicode_FromEncodedObject(PyObject *o, const char *encoding, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_FromWideChar(const wchar_t *text, Py_ssize_t n);
PyAPI_FUNC(int) PyUnicode_Resize(PyObject **o, Py_ssize_t n);
PyAPI_FUNC(void) PyUnicode_InternImmortal(PyObject **o);
PyAPI_FUNC(PyObject *) PyUnicode_Format(PyObject *format, PyObject *args);
PyAPI_FUNC(PyObject *) PyUnicode_RSplit(PyObject *o, PyObject *separator, Py_ssize_t most);
PyAPI_FUNC(PyObject *) PyUnicode_Splitlines(PyObject *o, int keep_ends);
PyAPI_FUNC(PyObject *) PyUnicode_Partition(PyObject *o, PyObject *separator);
PyAPI_FUNC(PyObject *) PyUnicode_RPartition(PyObject *o, PyObject *separator);
PyAPI_FUNC(PyObject *) PyUnicode_Translate(PyObject *o, PyObject *table, const char *errors);
PyAPI_FUNC(int) PyUnicode_IsIdentifier(PyObject *o);
PyAPI_FUNC(const char *) PyUnicode_GetDefaultEncoding(void);
PyAPI_FUNC(PyObject *) _PyUnicode_JoinArray(PyObject *separator, PyObject *const *items, Py_ssize_t n);
PyAPI_FUNC(int) _PyUnicode_EqualToASCIIString(PyObject *o, const char *text);
PyAPI_FUNC(int) PyUnicodeWriter_WriteWideChar(PyUnicodeWriter *writer, const wchar_t *text, Py_ssize_t n);
PyAPI_FUNC(int) PyUnicodeWriter_DecodeUTF8Stateful(PyUnicodeWriter *writer, const char *text, Py_ssize_t n,
                                                   const char *errors, Py_ssize_t *consumed);

/* The string writer of older versions of CPython. Programs use its fields. */
typedef struct {
    PyObject *buffer;
    void *data;
    int kind;
    Py_UCS4 maxchar;
    Py_ssize_t size;
    Py_ssize_t pos;
    Py_ssize_t min_length;
    Py_UCS4 min_char;
    unsigned char overallocate;
    unsigned char readonly;
} _PyUnicodeWriter;
PyAPI_FUNC(void) _PyUnicodeWriter_Init(_PyUnicodeWriter *writer);
PyAPI_FUNC(int) _PyUnicodeWriter_PrepareInternal(_PyUnicodeWriter *writer, Py_ssize_t n, Py_UCS4 largest);
PyAPI_FUNC(int) _PyUnicodeWriter_WriteChar(_PyUnicodeWriter *writer, Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicodeWriter_WriteStr(_PyUnicodeWriter *writer, PyObject *text);
PyAPI_FUNC(int)
    _PyUnicodeWriter_WriteSubstring(_PyUnicodeWriter *writer, PyObject *text, Py_ssize_t start, Py_ssize_t end);
PyAPI_FUNC(int) _PyUnicodeWriter_WriteASCIIString(_PyUnicodeWriter *writer, const char *text, Py_ssize_t n);
PyAPI_FUNC(int) _PyUnicodeWriter_WriteLatin1String(_PyUnicodeWriter *writer, const char *text, Py_ssize_t n);
PyAPI_FUNC(PyObject *) _PyUnicodeWriter_Finish(_PyUnicodeWriter *writer);
PyAPI_FUNC(void) _PyUnicodeWriter_Dealloc(_PyUnicodeWriter *writer);
#define _PyUnicodeWriter_Prepare(writer, n, largest) \
    ((n) == 0 || ((largest) <= (writer)->maxchar && (n) <= (writer)->size - (writer)->pos) \
         ? 0 \
         : _PyUnicodeWriter_PrepareInternal((writer), (n), (largest)))

/* ---- encodings ---- */

PyAPI_FUNC(Py_ssize_t) PyUnicode_AsWideChar(PyObject *o, wchar_t *to, Py_ssize_t n);
/* Free the text with PyMem_Free. */
PyAPI_FUNC(wchar_t *) PyUnicode_AsWideCharString(PyObject *o, Py_ssize_t *n);
PyAPI_FUNC(PyObject *) PyUnicode_AsUTF16String(PyObject *o);
PyAPI_FUNC(PyObject *) PyUnicode_AsUTF32String(PyObject *o);
PyAPI_FUNC(PyObject *) PyUnicode_AsUnicodeEscapeString(PyObject *o);
PyAPI_FUNC(PyObject *) PyUnicode_AsRawUnicodeEscapeString(PyObject *o);
PyAPI_FUNC(PyObject *)
    PyUnicode_DecodeUTF8Stateful(const char *text, Py_ssize_t n, const char *errors, Py_ssize_t *consumed);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF7(const char *text, Py_ssize_t n, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF16(const char *text, Py_ssize_t n, const char *errors, int *order);
PyAPI_FUNC(PyObject *)
    PyUnicode_DecodeUTF16Stateful(const char *text, Py_ssize_t n, const char *errors, int *order, Py_ssize_t *consumed);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF32(const char *text, Py_ssize_t n, const char *errors, int *order);
PyAPI_FUNC(PyObject *)
    PyUnicode_DecodeUTF32Stateful(const char *text, Py_ssize_t n, const char *errors, int *order, Py_ssize_t *consumed);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUnicodeEscape(const char *text, Py_ssize_t n, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeRawUnicodeEscape(const char *text, Py_ssize_t n, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeLocale(const char *text, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeLocaleAndSize(const char *text, Py_ssize_t n, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_EncodeLocale(PyObject *o, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeFSDefault(const char *text);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeFSDefaultAndSize(const char *text, Py_ssize_t n);
PyAPI_FUNC(PyObject *) PyUnicode_EncodeFSDefault(PyObject *o);
/* Converters for O& of PyArg_ParseTuple: of a file's name to bytes, and to a str. */
PyAPI_FUNC(int) PyUnicode_FSConverter(PyObject *o, void *result);
PyAPI_FUNC(int) PyUnicode_FSDecoder(PyObject *o, void *result);
PyAPI_FUNC(PyObject *) PyOS_FSPath(PyObject *path);
PyAPI_FUNC(wchar_t *) Py_DecodeLocale(const char *text, size_t *n);
PyAPI_FUNC(char *) Py_EncodeLocale(const wchar_t *text, size_t *error_at);

PyAPI_FUNC(int) PyCodec_Register(PyObject *search);
PyAPI_FUNC(int) PyCodec_KnownEncoding(const char *encoding);
PyAPI_FUNC(PyObject *) PyCodec_Encode(PyObject *o, const char *encoding, const char *errors);
PyAPI_FUNC(PyObject *) PyCodec_Decode(PyObject *o, const char *encoding, const char *errors);
PyAPI_FUNC(PyObject *) PyCodec_Encoder(const char *encoding);
PyAPI_FUNC(PyObject *) PyCodec_Decoder(const char *encoding);
PyAPI_FUNC(PyObject *) PyCodec_LookupError(const char *name);
PyAPI_FUNC(int) PyCodec_RegisterError(const char *name, PyObject *error);
PyAPI_FUNC(PyObject *) PyCodec_StrictErrors(PyObject *error);

/* ---- classes of characters ---- */

PyAPI_DATA(const unsigned char) _Py_ascii_whitespace[];
PyAPI_FUNC(int) _PyUnicode_IsLowercase(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_IsUppercase(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_IsTitlecase(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_IsWhitespace(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_IsLinebreak(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_IsDecimalDigit(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_IsDigit(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_IsNumeric(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_IsPrintable(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_IsAlpha(Py_UCS4 c);
PyAPI_FUNC(Py_UCS4) _PyUnicode_ToLowercase(Py_UCS4 c);
PyAPI_FUNC(Py_UCS4) _PyUnicode_ToUppercase(Py_UCS4 c);
PyAPI_FUNC(Py_UCS4) _PyUnicode_ToTitlecase(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_ToDecimalDigit(Py_UCS4 c);
PyAPI_FUNC(int) _PyUnicode_ToDigit(Py_UCS4 c);
PyAPI_FUNC(double) _PyUnicode_ToNumeric(Py_UCS4 c);
static inline int Py_UNICODE_ISSPACE(Py_UCS4 c) {
    return c < 128 ? _Py_ascii_whitespace[c] : _PyUnicode_IsWhitespace(c);
}
static inline int Py_UNICODE_ISALNUM(Py_UCS4 c) {
    return _PyUnicode_IsAlpha(c) || _PyUnicode_IsDecimalDigit(c) || _PyUnicode_IsDigit(c) || _PyUnicode_IsNumeric(c);
}
#define Py_UNICODE_ISLOWER(c) _PyUnicode_IsLowercase(c)
#define Py_UNICODE_ISUPPER(c) _PyUnicode_IsUppercase(c)
#define Py_UNICODE_ISTITLE(c) _PyUnicode_IsTitlecase(c)
#define Py_UNICODE_ISLINEBREAK(c) _PyUnicode_IsLinebreak(c)
#define Py_UNICODE_ISDECIMAL(c) _PyUnicode_IsDecimalDigit(c)
#define Py_UNICODE_ISDIGIT(c) _PyUnicode_IsDigit(c)
#define Py_UNICODE_ISNUMERIC(c) _PyUnicode_IsNumeric(c)
#define Py_UNICODE_ISPRINTABLE(c) _PyUnicode_IsPrintable(c)
#define Py_UNICODE_ISALPHA(c) _PyUnicode_IsAlpha(c)
#define Py_UNICODE_TOLOWER(c) _PyUnicode_ToLowercase(c)
#define Py_UNICODE_TOUPPER(c) _PyUnicode_ToUppercase(c)
#define Py_UNICODE_TOTITLE(c) _PyUnicode_ToTitlecase(c)
#define Py_UNICODE_TODECIMAL(c) _PyUnicode_ToDecimalDigit(c)
#define Py_UNICODE_TODIGIT(c) _PyUnicode_ToDigit(c)
#define Py_UNICODE_TONUMERIC(c) _PyUnicode_ToNumeric(c)
#define Py_UNICODE_REPLACEMENT_CHARACTER ((Py_UCS4)0xFFFD)
#define Py_UNICODE_IS_SURROGATE(c) (0xD800 <= (c) && (c) <= 0xDFFF)
#define Py_UNICODE_IS_HIGH_SURROGATE(c) (0xD800 <= (c) && (c) <= 0xDBFF)
#define Py_UNICODE_IS_LOW_SURROGATE(c) (0xDC00 <= (c) && (c) <= 0xDFFF)
#define Py_UNICODE_JOIN_SURROGATES(high, low) \
    (((((Py_UCS4)(high) & 0x03FF) << 10) | ((Py_UCS4)(low) & 0x03FF)) + 0x10000)
#define Py_UNICODE_HIGH_SURROGATE(c) (0xD800 - (0x10000 >> 10) + ((c) >> 10))
#define Py_UNICODE_LOW_SURROGATE(c) (0xDC00 + ((c) & 0x3FF))

PyAPI_DATA(const unsigned int) _Py_ctype_table[256];
PyAPI_DATA(const unsigned char) _Py_ctype_tolower[256];
PyAPI_DATA(const unsigned char) _Py_ctype_toupper[256];
#define Py_ISLOWER(c) (_Py_ctype_table[Py_CHARMASK(c)] & 0x01)
#define Py_ISUPPER(c) (_Py_ctype_table[Py_CHARMASK(c)] & 0x02)
#define Py_ISALPHA(c) (_Py_ctype_table[Py_CHARMASK(c)] & 0x03)
#define Py_ISDIGIT(c) (_Py_ctype_table[Py_CHARMASK(c)] & 0x04)
#define Py_ISXDIGIT(c) (_Py_ctype_table[Py_CHARMASK(c)] & 0x08)
#define Py_ISALNUM(c) (_Py_ctype_table[Py_CHARMASK(c)] & 0x07)
#define Py_ISSPACE(c) (_Py_ctype_table[Py_CHARMASK(c)] & 0x10)
#define Py_TOLOWER(c) (_Py_ctype_tolower[Py_CHARMASK(c)])
#define Py_TOUPPER(c) (_Py_ctype_toupper[Py_CHARMASK(c)])
PyAPI_DATA(const char *) Py_hexdigits;

#endif
