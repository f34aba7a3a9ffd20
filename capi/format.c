// PyUnicode_FromFormat and PyBytes_FromFormat.
//
//   % flags width .precision length conversion          flags: - at the left, 0 zeros; width and precision may be *
//
// The text is made of pieces, which are joined at the end. Width counts characters. Precision counts bytes for C strings (%s, and %V without
// an object), and characters for all other conversions.

#include <Python.h>
#include <stdbool.h>

struct spec {
    bool left, zero, type_of;
    Py_ssize_t width, precision;
    // The length as in C: 'l', 'q' for ll, 'z', 't', 'j'; 0 if there is none.
    char length;
};

static bool add(PyObject *pieces, PyObject *piece) {
    if (!piece) return false;
    const bool done = PyList_Append(pieces, piece) == 0;
    Py_DECREF(piece);
    return done;
}

static PyObject *repeated(char c, Py_ssize_t n) {
    PyObject *s = PyUnicode_New(n, (Py_UCS4)c);
    if (s && n > 0) memset(PyUnicode_DATA(s), c, (size_t)n);
    return s;
}

// Adds a string, padded with spaces. Takes over its reference.
static bool add_padded(PyObject *pieces, const struct spec *spec, PyObject *s) {
    if (!s) return false;
    if (spec->precision >= 0 && spec->precision < PyUnicode_GET_LENGTH(s)) {
        PyObject *part = PyUnicode_Substring(s, 0, spec->precision);
        Py_DECREF(s);
        if (!part) return false;
        s = part;
    }
    const Py_ssize_t fill = spec->width - PyUnicode_GET_LENGTH(s);
    if (fill <= 0) return add(pieces, s);
    if (spec->left) return add(pieces, s) && add(pieces, repeated(' ', fill));
    if (add(pieces, repeated(' ', fill))) return add(pieces, s);
    Py_DECREF(s);
    return false;
}

// The number of bytes, at least 1, of the character at the beginning of n bytes, and whether it is complete.
static Py_ssize_t character(const unsigned char *text, Py_ssize_t n, bool *is_whole) {
    const unsigned char first = text[0];
    const Py_ssize_t size = first < 0x80   ? 1
                            : first < 0xc2 ? 0
                            : first < 0xe0 ? 2
                            : first < 0xf0 ? 3
                            : first < 0xf5 ? 4
                                           : 0;
    Py_ssize_t good = 1;
    while (good < size && good < n && (text[good] & 0xc0) == 0x80) {
        const unsigned char second = text[1];
        if (good == 1 && ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) ||
                          (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)))
            break;
        good++;
    }
    *is_whole = good == size;
    return good;
}

// Decodes UTF-8 that may be invalid: bytes that are not a character become U+FFFD.
static PyObject *decoded(const char *text, Py_ssize_t n) {
    PyObject *s = PyUnicode_FromStringAndSize(text, n);
    if (s || !PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) return s;
    PyErr_Clear();
    // A wrong byte becomes three.
    char *fixed = n > PY_SSIZE_T_MAX / 3 ? NULL : PyMem_Malloc((size_t)n * 3), *to = fixed;
    if (!fixed) return PyErr_NoMemory();
    for (Py_ssize_t k = 0; k < n;) {
        bool is_whole;
        const Py_ssize_t size = character((const unsigned char *)text + k, n - k, &is_whole);
        const char *from = is_whole ? text + k : "\xef\xbf\xbd";
        const Py_ssize_t bytes = is_whole ? size : 3;
        memcpy(to, from, (size_t)bytes);
        to += bytes;
        k += size;
    }
    s = PyUnicode_FromStringAndSize(fixed, to - fixed);
    PyMem_Free(fixed);
    return s;
}

// The size without the last character, if the precision has cut it.
static Py_ssize_t whole_characters(const char *text, Py_ssize_t n) {
    Py_ssize_t k = n;
    while (k > 0 && n - k < 4 && ((unsigned char)text[k - 1] & 0xc0) == 0x80) k--;
    if (k == 0) return n;
    const unsigned char first = (unsigned char)text[k - 1];
    const int need = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    return n - (k - 1) < need && text[n] != 0 ? k - 1 : n;
}

static bool add_text(PyObject *pieces, struct spec spec, const char *text) {
    Py_ssize_t n = spec.precision < 0 ? (Py_ssize_t)strlen(text) : (Py_ssize_t)strnlen(text, (size_t)spec.precision);
    if (n == spec.precision) n = whole_characters(text, n);
    spec.precision = -1;
    return add_padded(pieces, &spec, decoded(text, n));
}

static bool add_digits(PyObject *pieces, struct spec spec, const char *prefix, const char *digits) {
    Py_ssize_t n = (Py_ssize_t)strlen(digits), zeros = spec.precision > n ? spec.precision - n : 0;
    const Py_ssize_t least = (Py_ssize_t)strlen(prefix) + n;
    if (spec.zero && spec.precision < 0 && spec.width > least) zeros = spec.width - least;
    if (zeros > PY_SSIZE_T_MAX - least) {
        PyErr_NoMemory();
        return false;
    }
    PyObject *whole = PyUnicode_New(least + zeros, 127);
    if (!whole) return false;
    char *to = PyUnicode_DATA(whole);
    to = memcpy(to, prefix, strlen(prefix)) + strlen(prefix);
    memset(to, '0', (size_t)zeros);
    memcpy(to + zeros, digits, (size_t)n);
    spec.precision = -1;
    return add_padded(pieces, &spec, whole);
}

static bool add_number(PyObject *pieces, const struct spec *spec, char conversion, va_list *values) {
    const bool is_signed = conversion == 'd' || conversion == 'i';
    unsigned long long v;
    bool negative = false;
    if (spec->length == 'q' || spec->length == 'j')
        v = va_arg(*values, unsigned long long);
    else if (is_signed)
        v = (unsigned long long)va_arg(*values, int);
    else
        v = va_arg(*values, unsigned);
    if (is_signed && (long long)v < 0) {
        negative = true;
        v = 0 - v;
    }
    char digits[32];
    const char *format = conversion == 'x' ? "%llx" : conversion == 'X' ? "%llX" : conversion == 'o' ? "%llo" : "%llu";
    snprintf(digits, sizeof(digits), format, v);
    return add_digits(pieces, *spec, negative ? "-" : "", digits);
}

// %T is the name of the object's type, %N the name of a type.
static PyObject *type_name(PyTypeObject *type) { return PyUnicode_FromString(type->tp_name); }

static bool add_object(PyObject *pieces, const struct spec *spec, char conversion, va_list *values) {
    PyObject *o = va_arg(*values, PyObject *);
    switch (conversion) {
    case 'V': {
        const char *otherwise = va_arg(*values, const char *);
        return o ? add_padded(pieces, spec, Py_NewRef(o)) : add_text(pieces, *spec, otherwise);
    }
    case 'U': return add_padded(pieces, spec, Py_NewRef(o));
    case 'S': return add_padded(pieces, spec, PyObject_Str(o));
    case 'R': return add_padded(pieces, spec, PyObject_Repr(o));
    case 'A': return add_padded(pieces, spec, PyObject_ASCII(o));
    case 'T': return add_padded(pieces, spec, type_name(Py_TYPE(o)));
    default: return add_padded(pieces, spec, type_name((PyTypeObject *)o));
    }
}

static bool read_number(const char **at, va_list *values, Py_ssize_t *n, const char *what) {
    *n = 0;
    if (**at == '*') {
        ++*at;
        *n = va_arg(*values, int);
        return true;
    }
    for (; **at >= '0' && **at <= '9'; ++*at) {
        const Py_ssize_t digit = **at - '0';
        if (*n > (PY_SSIZE_T_MAX - digit) / 10) {
            PyErr_Format(PyExc_ValueError, "%s too big", what);
            return false;
        }
        *n = *n * 10 + digit;
    }
    return true;
}

static bool read_spec(const char **at, va_list *values, struct spec *to) {
    struct spec spec = {.precision = -1};
    for (;; ++*at) {
        if (**at == '-')
            spec.left = true;
        else if (**at == '0')
            spec.zero = true;
        else if (**at == '#')
            spec.type_of = true;
        else
            break;
    }
    if (!read_number(at, values, &spec.width, "width")) return false;
    if (spec.width < 0) {
        spec.left = true;
        spec.width = -spec.width;
    }
    if (**at == '.') {
        ++*at;
        if (!read_number(at, values, &spec.precision, "precision")) return false;
    }
    if (**at == 'l' && (*at)[1] == 'l') {
        spec.length = 'q';
        *at += 2;
    } else if (**at != 0 && strchr("lztj", **at)) {
        spec.length = *(*at)++;
    }
    if (spec.left) spec.zero = false;
    *to = spec;
    return true;
}

// Adds the text for the conversion at *at, which points after the %.
static bool add_conversion(PyObject *pieces, const char **at, va_list *values) {
    const char *begin = *at;
    struct spec spec;
    if (!read_spec(at, values, &spec)) return false;
    const char conversion = *(*at)++;
    switch (conversion) {
    case '%': return add(pieces, PyUnicode_FromOrdinal('%'));
    case 'c': {
        const int c = va_arg(*values, int);
        if (c < 0 || c > 0x10ffff) {
            PyErr_SetString(PyExc_OverflowError, "character argument not in range(0x110000)");
            return false;
        }
        return add_padded(pieces, &spec, PyUnicode_FromOrdinal(c));
    }
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o': return add_number(pieces, &spec, conversion, values);
    case 'p': {
        char digits[24];
        snprintf(digits, sizeof(digits), "%lx", (unsigned long)va_arg(*values, void *));
        return add_digits(pieces, spec, "0x", digits);
    }
    case 's': return add_text(pieces, spec, va_arg(*values, const char *));
    case 'U':
    case 'V':
    case 'S':
    case 'R':
    case 'A':
    case 'T':
    case 'N': return add_object(pieces, &spec, conversion, values);
    default:
        PyErr_Clear();
        PyObject *rest = PyUnicode_FromString(begin - 1);
        if (rest) {
            PyErr_Format(PyExc_SystemError, "invalid format string: %U", rest);
            Py_DECREF(rest);
        }
        return false;
    }
}

static bool add_all(PyObject *pieces, const char *format, va_list *values) {
    for (const char *at = format; *at != 0;) {
        const char *next = at;
        while (*next != 0 && *next != '%') {
            if ((unsigned char)*next >= 0x80) {
                PyErr_Format(
                    PyExc_ValueError,
                    "PyUnicode_FromFormatV() expects an ASCII-encoded format string, got a non-ASCII byte: 0x%02x",
                    (unsigned char)*next);
                return false;
            }
            next++;
        }
        if (next != at && !add(pieces, PyUnicode_FromStringAndSize(at, next - at))) return false;
        if (*next == 0) return true;
        at = next + 1;
        if (!add_conversion(pieces, &at, values)) return false;
    }
    return true;
}

PYHEAP_DEFINED PyObject *PyUnicode_FromFormatV(const char *format, va_list values) {
    PyObject *pieces = PyList_New(0), *empty = PyUnicode_New(0, 0), *text = NULL;
    if (pieces && empty) {
        va_list copy;
        va_copy(copy, values);
        if (add_all(pieces, format, &copy)) text = PyUnicode_Join(empty, pieces);
        va_end(copy);
    }
    Py_XDECREF(pieces);
    Py_XDECREF(empty);
    return text;
}

PYHEAP_DEFINED PyObject *PyUnicode_FromFormat(const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *text = PyUnicode_FromFormatV(format, values);
    va_end(values);
    return text;
}

// The formats of PyBytes_FromFormat are a subset of printf's.
PYHEAP_DEFINED PyObject *PyBytes_FromFormatV(const char *format, va_list values) {
    va_list copy;
    va_copy(copy, values);
    const int n = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    PyObject *bytes = PyBytes_FromStringAndSize(NULL, n);
    if (bytes && n > 0) vsnprintf(PyBytes_AS_STRING(bytes), (size_t)n + 1, format, values);
    return bytes;
}

PYHEAP_DEFINED PyObject *PyBytes_FromFormat(const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *bytes = PyBytes_FromFormatV(format, values);
    va_end(values);
    return bytes;
}
