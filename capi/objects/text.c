// Classes of characters, the writer of older versions, and what else C does with strings.

#include "objects.h"

#define SPACE(c) [c] = 1
const unsigned char _Py_ascii_whitespace[128] = {
    SPACE(9), SPACE(10), SPACE(11), SPACE(12), SPACE(13), SPACE(28), SPACE(29), SPACE(30), SPACE(31), SPACE(32),
};

int _PyUnicode_IsWhitespace(Py_UCS4 c) {
    if (c < 128) return _Py_ascii_whitespace[c];
    return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

int _PyUnicode_IsLinebreak(Py_UCS4 c) {
    return (c >= 10 && c <= 13) || (c >= 28 && c <= 30) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// The host knows the classes of Unicode: 0 lower, 1 upper, 2 title, 3 alpha, 4 decimal, 5 digit, 6 numeric, 7 printable.
extern int pyheap_is_character(unsigned class, unsigned c);
// The simple mapping to lower, upper or title case.
extern unsigned pyheap_to_case(unsigned class, unsigned c);

int _PyUnicode_IsLowercase(Py_UCS4 c) { return pyheap_is_character(0, c); }
int _PyUnicode_IsUppercase(Py_UCS4 c) { return pyheap_is_character(1, c); }
int _PyUnicode_IsTitlecase(Py_UCS4 c) { return pyheap_is_character(2, c); }
int _PyUnicode_IsAlpha(Py_UCS4 c) { return pyheap_is_character(3, c); }
int _PyUnicode_IsDecimalDigit(Py_UCS4 c) { return pyheap_is_character(4, c); }
int _PyUnicode_IsDigit(Py_UCS4 c) { return pyheap_is_character(5, c); }
int _PyUnicode_IsNumeric(Py_UCS4 c) { return pyheap_is_character(6, c); }
int _PyUnicode_IsPrintable(Py_UCS4 c) { return pyheap_is_character(7, c); }
Py_UCS4 _PyUnicode_ToLowercase(Py_UCS4 c) { return pyheap_to_case(0, c); }
Py_UCS4 _PyUnicode_ToUppercase(Py_UCS4 c) { return pyheap_to_case(1, c); }
Py_UCS4 _PyUnicode_ToTitlecase(Py_UCS4 c) { return pyheap_to_case(2, c); }

// The classes of ASCII, as cpython/text.h says: 1 lower, 2 upper, 4 digit, 8 hexadecimal digit, 16 space.
const unsigned int _Py_ctype_table[256] = {
    ['a' ... 'f'] = 9,  ['g' ... 'z'] = 1, ['A' ... 'F'] = 10, ['G' ... 'Z'] = 2,
    ['0' ... '9'] = 12, [9 ... 13] = 16,   [' '] = 16,
};

#define FOUR(f, c) f(c), f((c) + 1), f((c) + 2), f((c) + 3)
#define SIXTEEN(f, c) FOUR(f, c), FOUR(f, (c) + 4), FOUR(f, (c) + 8), FOUR(f, (c) + 12)
#define SIXTY_FOUR(f, c) SIXTEEN(f, c), SIXTEEN(f, (c) + 16), SIXTEEN(f, (c) + 32), SIXTEEN(f, (c) + 48)
#define ALL(f) SIXTY_FOUR(f, 0), SIXTY_FOUR(f, 64), SIXTY_FOUR(f, 128), SIXTY_FOUR(f, 192)
#define LOWER(c) ((c) + ((c) >= 'A' && (c) <= 'Z') * 32)
#define UPPER(c) ((c) - ((c) >= 'a' && (c) <= 'z') * 32)
const unsigned char _Py_ctype_tolower[256] = {ALL(LOWER)};
const unsigned char _Py_ctype_toupper[256] = {ALL(UPPER)};
const char *Py_hexdigits = "0123456789abcdef";

// ---- strings ----

// Appends o[start:end] to the list.
static int append_part(PyObject *parts, PyObject *o, Py_ssize_t start, Py_ssize_t end) {
    PyObject *part = PyUnicode_Substring(o, start, end);
    const int done = part ? PyList_Append(parts, part) : -1;
    Py_XDECREF(part);
    return done;
}

// The words from the end on, which white space separates; what is left after `most` of them is one word.
static PyObject *words_from_end(PyObject *o, Py_ssize_t most) {
    PyObject *parts = PyList_New(0);
    Py_ssize_t end = PyUnicode_GET_LENGTH(o);
    int failed = !parts;
    while (!failed) {
        while (end > 0 && _PyUnicode_IsWhitespace(PyUnicode_READ_CHAR(o, end - 1))) end--;
        if (end == 0) break;
        Py_ssize_t start = most == 0 ? 0 : end;
        while (start > 0 && !_PyUnicode_IsWhitespace(PyUnicode_READ_CHAR(o, start - 1))) start--;
        failed = append_part(parts, o, start, end) < 0;
        if (most-- == 0) break;
        end = start;
    }
    if (failed || PyList_Reverse(parts) < 0) Py_CLEAR(parts);
    return parts;
}

PyObject *PyUnicode_RSplit(PyObject *o, PyObject *separator, Py_ssize_t most) {
    PyObject *wrong = !PyUnicode_Check(o) ? o : separator && !PyUnicode_Check(separator) ? separator : NULL;
    if (wrong) {
        PyErr_Format(PyExc_TypeError, "must be str, not %.100s", Py_TYPE(wrong)->tp_name);
        return NULL;
    }
    if (!separator) return words_from_end(o, most);
    const Py_ssize_t width = PyUnicode_GET_LENGTH(separator);
    if (width == 0) {
        PyErr_SetString(PyExc_ValueError, "empty separator");
        return NULL;
    }
    PyObject *parts = PyList_New(0);
    Py_ssize_t end = PyUnicode_GET_LENGTH(o);
    int failed = !parts;
    while (!failed && most-- != 0) {
        const Py_ssize_t at = PyUnicode_Find(o, separator, 0, end, -1);
        failed = at == -2;
        if (at < 0) break;
        failed = append_part(parts, o, at + width, end) < 0;
        end = at;
    }
    if (failed || append_part(parts, o, 0, end) < 0 || PyList_Reverse(parts) < 0) Py_CLEAR(parts);
    return parts;
}

PyObject *PyUnicode_FromEncodedObject(PyObject *o, const char *encoding, const char *errors) {
    Py_buffer view;
    if (PyUnicode_Check(o)) {
        PyErr_SetString(PyExc_TypeError, "decoding str is not supported");
        return NULL;
    }
    if (!PyObject_CheckBuffer(o)) {
        PyErr_Format(PyExc_TypeError, "decoding to str: need a bytes-like object, %.80s found", Py_TYPE(o)->tp_name);
        return NULL;
    }
    if (PyObject_GetBuffer(o, &view, PyBUF_SIMPLE) < 0) return NULL;
    PyObject *text = PyUnicode_Decode(view.buf, view.len, encoding, errors);
    PyBuffer_Release(&view);
    return text;
}

// ---- the writer of older versions: its `data` is a writer of today ----

static PyUnicodeWriter *inside(_PyUnicodeWriter *writer) {
    if (!writer->data) writer->data = PyUnicodeWriter_Create(0);
    return writer->data;
}

void _PyUnicodeWriter_Init(_PyUnicodeWriter *writer) { memset(writer, 0, sizeof(*writer)); }

int _PyUnicodeWriter_WriteChar(_PyUnicodeWriter *writer, Py_UCS4 c) {
    return inside(writer) ? PyUnicodeWriter_WriteChar(writer->data, c) : -1;
}

int _PyUnicodeWriter_WriteStr(_PyUnicodeWriter *writer, PyObject *text) {
    return inside(writer) ? PyUnicodeWriter_WriteStr(writer->data, text) : -1;
}

int _PyUnicodeWriter_WriteSubstring(_PyUnicodeWriter *writer, PyObject *text, Py_ssize_t start, Py_ssize_t end) {
    return inside(writer) ? PyUnicodeWriter_WriteSubstring(writer->data, text, start, end) : -1;
}

int _PyUnicodeWriter_WriteASCIIString(_PyUnicodeWriter *writer, const char *text, Py_ssize_t n) {
    return inside(writer) ? PyUnicodeWriter_WriteASCII(writer->data, text, n) : -1;
}

PyObject *_PyUnicodeWriter_Finish(_PyUnicodeWriter *writer) {
    PyUnicodeWriter *inner = inside(writer);
    writer->data = NULL;
    return inner ? PyUnicodeWriter_Finish(inner) : NULL;
}

void _PyUnicodeWriter_Dealloc(_PyUnicodeWriter *writer) {
    PyUnicodeWriter_Discard(writer->data);
    writer->data = NULL;
}
