/* Strings: the manual's chapter "Unicode Objects". Errors in UTF-8 and other encodings are always "strict".
 *
 *   ASCII     refcount | type | length | hash | state | characters, 0
 *   others    refcount | type | length | hash | state | UTF-8 length | UTF-8 | characters of 1, 2 or 4 bytes, 0
 *
 * In CPython, instances of types that are derived from str have their characters in another block.
 */
#ifndef Py_UNICODEOBJECT_H
#define Py_UNICODEOBJECT_H

#include "object.h"

typedef uint32_t Py_UCS4;
typedef uint16_t Py_UCS2;
typedef uint8_t Py_UCS1;

typedef struct {
    PyObject_HEAD
    Py_ssize_t length;
    Py_hash_t hash;
    struct {
        unsigned int interned : 2;
        /* The bytes of a character. */
        unsigned int kind : 3;
        /* The characters follow the header. Only strings of types that CPython derives from str are not compact. */
        unsigned int compact : 1;
        /* All characters are below U+0080. */
        unsigned int ascii : 1;
        unsigned int statically_allocated : 1;
        unsigned int : 24;
    } state;
} PyASCIIObject;

typedef struct {
    PyASCIIObject _base;
    Py_ssize_t utf8_length;
    char *utf8;
} PyCompactUnicodeObject;

/* A string of any layout. Only one that is not compact has the last field. */
typedef struct {
    PyCompactUnicodeObject _base;
    union {
        void *any;
        Py_UCS1 *latin1;
        Py_UCS2 *ucs2;
        Py_UCS4 *ucs4;
    } data;
} PyUnicodeObject;

enum PyUnicode_Kind { PyUnicode_1BYTE_KIND = 1, PyUnicode_2BYTE_KIND = 2, PyUnicode_4BYTE_KIND = 4 };

#define PyUnicode_Check(o) PyType_FastSubclass(Py_TYPE(o), Py_TPFLAGS_UNICODE_SUBCLASS)
#define PyUnicode_CheckExact(o) Py_IS_TYPE((o), &PyUnicode_Type)

/* ---- access to the characters without checks: the object must be a string ---- */

#define PyUnicode_GET_LENGTH(o) (((PyASCIIObject *)(o))->length)
#define PyUnicode_KIND(o) ((int)((PyASCIIObject *)(o))->state.kind)
#define PyUnicode_IS_ASCII(o) ((unsigned int)((PyASCIIObject *)(o))->state.ascii)
#define PyUnicode_IS_COMPACT(o) ((unsigned int)((PyASCIIObject *)(o))->state.compact)
#define PyUnicode_IS_COMPACT_ASCII(o) (PyUnicode_IS_ASCII(o) && PyUnicode_IS_COMPACT(o))
#define PyUnicode_CHECK_INTERNED(o) ((unsigned int)((PyASCIIObject *)(o))->state.interned)

static inline void *_PyUnicode_DATA(PyObject *o) {
    if (!PyUnicode_IS_COMPACT(o)) return ((PyUnicodeObject *)o)->data.any;
    return (char *)o + (PyUnicode_IS_ASCII(o) ? sizeof(PyASCIIObject) : sizeof(PyCompactUnicodeObject));
}
#define PyUnicode_DATA(o) _PyUnicode_DATA(_PyObject_CAST(o))
#define PyUnicode_1BYTE_DATA(o) ((Py_UCS1 *)PyUnicode_DATA(o))
#define PyUnicode_2BYTE_DATA(o) ((Py_UCS2 *)PyUnicode_DATA(o))
#define PyUnicode_4BYTE_DATA(o) ((Py_UCS4 *)PyUnicode_DATA(o))
#define PyUnicode_MAX_CHAR_VALUE(o) \
    ((Py_UCS4)(PyUnicode_IS_ASCII(o)    ? 0x7f \
               : PyUnicode_KIND(o) == 1 ? 0xff \
               : PyUnicode_KIND(o) == 2 ? 0xffff \
                                        : 0x10ffff))

static inline Py_UCS4 PyUnicode_READ(int kind, const void *data, Py_ssize_t index) {
    if (kind == PyUnicode_1BYTE_KIND) return ((const Py_UCS1 *)data)[index];
    return kind == PyUnicode_2BYTE_KIND ? ((const Py_UCS2 *)data)[index] : ((const Py_UCS4 *)data)[index];
}

static inline void PyUnicode_WRITE(int kind, void *data, Py_ssize_t index, Py_UCS4 c) {
    if (kind == PyUnicode_1BYTE_KIND)
        ((Py_UCS1 *)data)[index] = (Py_UCS1)c;
    else if (kind == PyUnicode_2BYTE_KIND)
        ((Py_UCS2 *)data)[index] = (Py_UCS2)c;
    else
        ((Py_UCS4 *)data)[index] = c;
}

/* Returns 0. All strings are ready as soon as they are made. */
#define PyUnicode_READY(o) ((void)(o), 0)
#define PyUnicode_READ_CHAR(o, index) PyUnicode_READ(PyUnicode_KIND(o), PyUnicode_DATA(o), (index))

/* ---- making: a new reference; NULL with an error ---- */

/* n characters, none above `largest`. They are U+0000 until they are written. */
PyAPI_FUNC(PyObject *) PyUnicode_New(Py_ssize_t n, Py_UCS4 largest);
/* From UTF-8. */
PyAPI_FUNC(PyObject *) PyUnicode_FromString(const char *text);
PyAPI_FUNC(PyObject *) PyUnicode_FromStringAndSize(const char *text, Py_ssize_t n);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeUTF8(const char *text, Py_ssize_t n, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeLatin1(const char *text, Py_ssize_t n, const char *errors);
/* `encoding` names UTF-8, Latin-1 or ASCII; NULL means UTF-8. */
Py_LOCAL_FUNC(PyObject *) PyUnicode_Decode(const char *text, Py_ssize_t n, const char *encoding, const char *errors);
PyAPI_FUNC(PyObject *) PyUnicode_DecodeASCII(const char *text, Py_ssize_t n, const char *errors);
/* From n characters of `kind` bytes each. */
PyAPI_FUNC(PyObject *) PyUnicode_FromKindAndData(int kind, const void *data, Py_ssize_t n);
PyAPI_FUNC(PyObject *) PyUnicode_FromOrdinal(int c);
PyAPI_FUNC(PyObject *) PyUnicode_FromObject(PyObject *o);
/* The interned string with this text. */
PyAPI_FUNC(PyObject *) PyUnicode_InternFromString(const char *text);
PyAPI_FUNC(void) PyUnicode_InternInPlace(PyObject **o);

/* Conversions as in printf: %c %d %i %u %x %X %o with l ll z t j, %p %s. For objects: %A %U %V %S %R %T %N. */
Py_LOCAL_FUNC(PyObject *) PyUnicode_FromFormat(const char *format, ...);
Py_LOCAL_FUNC(PyObject *) PyUnicode_FromFormatV(const char *format, va_list values);

/* ---- reading ---- */

PyAPI_FUNC(Py_ssize_t) PyUnicode_GetLength(PyObject *o);
/* (Py_UCS4)-1 with an error. */
PyAPI_FUNC(Py_UCS4) PyUnicode_ReadChar(PyObject *o, Py_ssize_t index);
/* Only the string's maker may have a reference to it. 0, or the number of characters; -1 with an error. */
PyAPI_FUNC(int) PyUnicode_WriteChar(PyObject *o, Py_ssize_t index, Py_UCS4 c);
PyAPI_FUNC(Py_ssize_t) PyUnicode_Fill(PyObject *o, Py_ssize_t start, Py_ssize_t n, Py_UCS4 c);
PyAPI_FUNC(Py_ssize_t)
    PyUnicode_CopyCharacters(PyObject *to, Py_ssize_t to_start, PyObject *from, Py_ssize_t from_start, Py_ssize_t n);
PyAPI_FUNC(PyObject *) PyUnicode_Substring(PyObject *o, Py_ssize_t start, Py_ssize_t end);
/* UTF-8 that belongs to the string; NULL with an error. If size is not NULL, *size becomes its length. */
PyAPI_FUNC(const char *) PyUnicode_AsUTF8(PyObject *o);
PyAPI_FUNC(const char *) PyUnicode_AsUTF8AndSize(PyObject *o, Py_ssize_t *size);
/* A bytes object, a new reference. */
PyAPI_FUNC(PyObject *) PyUnicode_AsUTF8String(PyObject *o);
PyAPI_FUNC(PyObject *) PyUnicode_AsLatin1String(PyObject *o);
PyAPI_FUNC(PyObject *) PyUnicode_AsASCIIString(PyObject *o);
Py_LOCAL_FUNC(PyObject *) PyUnicode_AsEncodedString(PyObject *o, const char *encoding, const char *errors);
/* AsUCS4 writes to a buffer of n characters and returns it. AsUCS4Copy makes a buffer; free it with PyMem_Free. */
PyAPI_FUNC(Py_UCS4 *) PyUnicode_AsUCS4(PyObject *o, Py_UCS4 *buffer, Py_ssize_t n, int with_null);
PyAPI_FUNC(Py_UCS4 *) PyUnicode_AsUCS4Copy(PyObject *o);

/* ---- joining and splitting: a new reference; NULL with an error ---- */

PyAPI_FUNC(PyObject *) PyUnicode_Concat(PyObject *a, PyObject *b);
/* Replaces *a by *a + b, or by NULL with an error, and takes over the old reference in *a. AndDel takes over b, too. */
PyAPI_FUNC(void) PyUnicode_Append(PyObject **a, PyObject *b);
PyAPI_FUNC(void) PyUnicode_AppendAndDel(PyObject **a, PyObject *b);
PyAPI_FUNC(PyObject *) PyUnicode_Join(PyObject *separator, PyObject *items);
PyAPI_FUNC(PyObject *) PyUnicode_Split(PyObject *o, PyObject *separator, Py_ssize_t most);
PyAPI_FUNC(PyObject *) PyUnicode_Replace(PyObject *o, PyObject *old, PyObject *fresh, Py_ssize_t most);

/* ---- searching: -1 with an error; but Find and FindChar: -1 if nothing is found, -2 with an error ---- */

PyAPI_FUNC(int) PyUnicode_Contains(PyObject *o, PyObject *part);
PyAPI_FUNC(Py_ssize_t) PyUnicode_Find(PyObject *o, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction);
PyAPI_FUNC(Py_ssize_t) PyUnicode_FindChar(PyObject *o, Py_UCS4 c, Py_ssize_t start, Py_ssize_t end, int direction);
PyAPI_FUNC(Py_ssize_t) PyUnicode_Count(PyObject *o, PyObject *part, Py_ssize_t start, Py_ssize_t end);
PyAPI_FUNC(int) PyUnicode_Tailmatch(PyObject *o, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction);
PyAPI_FUNC(int) PyUnicode_Compare(PyObject *a, PyObject *b);
PyAPI_FUNC(int) PyUnicode_Equal(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyUnicode_RichCompare(PyObject *a, PyObject *b, int op);
/* These can't fail. The text of the first is Latin-1. */
PyAPI_FUNC(int) PyUnicode_CompareWithASCIIString(PyObject *o, const char *text);
PyAPI_FUNC(int) PyUnicode_EqualToUTF8(PyObject *o, const char *text);
PyAPI_FUNC(int) PyUnicode_EqualToUTF8AndSize(PyObject *o, const char *text, Py_ssize_t n);

#endif
