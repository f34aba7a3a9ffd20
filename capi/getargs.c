// PyArg_*: objects to variables of C, as a format says.
//
//   "sO!|i$p:name"      units, | before those that may be missing, $ before those that are given by name only
//                       : before the function's name, or ; before what is said instead of any complaint
//   "(ii)"              a unit that is a sequence of two
//
// A unit that can't be converted has either set an error, or left words in `wrong` that complain() puts into one: "f() argument 2, item 1 must
// be int, not str". What units before it have allocated is undone.

#include <Python.h>
#include <stdbool.h>

enum { MOST_LEVELS = 32, MOST_UNDO = 64, NEVER = INT_MAX };

// A converter to be called with NULL; or, without one, a pointer to a block of PyMem_Malloc.
struct undo {
    int (*convert)(PyObject *, void *);
    void *at;
};

struct parse {
    const char *format;
    va_list values;
    const char *name, *message;
    struct undo undo[MOST_UNDO];
    int undo_count;
    // Which item of which item is being converted, from 1 on.
    int levels[MOST_LEVELS], depth;
    char wrong[256];
};

static bool ends(char c) {
    return c == 0 || c == ':' || c == ';';
}

static bool is_letter(char c) {
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static void begin(struct parse *p, const char *format, va_list values) {
    p->format = format;
    va_copy(p->values, values);
    p->undo_count = p->depth = 0;
    p->wrong[0] = 0;
    const char *colon = strchr(format, ':'), *semicolon = strchr(format, ';');
    p->name = colon ? colon + 1 : NULL;
    p->message = !colon && semicolon ? semicolon + 1 : NULL;
}

// The function as messages name it.
#define CALLED(p) ((p)->name ? (p)->name : "function"), ((p)->name ? "()" : "")
#define PLURAL(n) ((n) == 1 ? "" : "s")

static int finish(struct parse *p, bool done) {
    while (p->undo_count > 0 && !done) {
        const struct undo *last = &p->undo[--p->undo_count];
        if (last->convert) {
            last->convert(NULL, last->at);
        } else {
            PyMem_Free(*(void **)last->at);
            *(void **)last->at = NULL;
        }
    }
    va_end(p->values);
    return done;
}

static bool note_undo(struct parse *p, int (*convert)(PyObject *, void *), void *at) {
    if (p->undo_count == MOST_UNDO) {
        PyErr_SetString(PyExc_SystemError, "too many units that have something to undo");
        return false;
    }
    p->undo[p->undo_count++] = (struct undo){convert, at};
    return true;
}

static const char *type_name(PyObject *o) {
    return o == Py_None ? "None" : Py_TYPE(o)->tp_name;
}

static bool must_be(struct parse *p, const char *expected, PyObject *given) {
    PyOS_snprintf(p->wrong, sizeof(p->wrong), "must be %.50s, not %.50s", expected, type_name(given));
    return false;
}

// The format is at fault: words in brackets are a SystemError.
static bool bad_unit(struct parse *p, const char *why) {
    PyOS_snprintf(p->wrong, sizeof(p->wrong), "%s", why);
    return false;
}

// Argument number `k` is wrong, unless that was said already.
static void complain(struct parse *p, Py_ssize_t k) {
    if (PyErr_Occurred()) return;
    PyObject *type = p->wrong[0] == '(' ? PyExc_SystemError : PyExc_TypeError;
    if (p->message) {
        PyErr_SetString(type, p->message);
        return;
    }
    char where[128];
    size_t n = 0;
    if (k > 0) n += (size_t)PyOS_snprintf(where, sizeof(where), " %zd", k);
    else where[0] = 0;
    for (int level = 0; level < p->depth && n < sizeof(where) - 20; level++) {
        n += (size_t)PyOS_snprintf(where + n, sizeof(where) - n, ", item %d", p->levels[level] - 1);
    }
    PyErr_Format(type, "%.200s%sargument%s %s", p->name ? p->name : "", p->name ? "() " : "", where, p->wrong);
}

// ---- units ----

static bool too(const char *kind, const char *how) {
    PyErr_Format(PyExc_OverflowError, "%s integer is %s", kind, how);
    return false;
}

// An int within bounds, to *v.
static bool bounded(PyObject *o, const char *kind, long least, long most, long *v) {
    *v = PyLong_AsLong(o);
    if (*v == -1 && PyErr_Occurred()) return false;
    return *v < least ? too(kind, "less than minimum") : *v > most ? too(kind, "greater than maximum") : true;
}

static bool masked(PyObject *o, unsigned long *v) {
    *v = PyLong_AsUnsignedLongMask(o);
    return *v != (unsigned long)-1 || !PyErr_Occurred();
}

static bool number_unit(struct parse *p, char unit, PyObject *o) {
    long v;
    unsigned long bits;
    switch (unit) {
    case 'b':
        if (!bounded(o, "unsigned byte", 0, UCHAR_MAX, &v)) return false;
        *va_arg(p->values, unsigned char *) = (unsigned char)v;
        return true;
    case 'h':
        if (!bounded(o, "signed short", SHRT_MIN, SHRT_MAX, &v)) return false;
        *va_arg(p->values, short *) = (short)v;
        return true;
    case 'i':
    case 'l':
        if (!bounded(o, "signed", LONG_MIN, LONG_MAX, &v)) return false;
        *va_arg(p->values, long *) = v;
        return true;
    case 'B':
        if (!masked(o, &bits)) return false;
        *va_arg(p->values, unsigned char *) = (unsigned char)bits;
        return true;
    case 'H':
        if (!masked(o, &bits)) return false;
        *va_arg(p->values, unsigned short *) = (unsigned short)bits;
        return true;
    case 'k':
        if (!PyLong_Check(o)) return must_be(p, "int", o);
        [[fallthrough]];
    case 'I':
        if (!masked(o, &bits)) return false;
        *va_arg(p->values, unsigned long *) = bits;
        return true;
    case 'n': {
        PyObject *whole = PyNumber_Index(o);
        if (!whole) return false;
        const Py_ssize_t n = PyLong_AsSsize_t(whole);
        Py_DECREF(whole);
        if (n == -1 && PyErr_Occurred()) return false;
        *va_arg(p->values, Py_ssize_t *) = n;
        return true;
    }
    case 'L': {
        const long long wide = PyLong_AsLongLong(o);
        if (wide == -1 && PyErr_Occurred()) return false;
        *va_arg(p->values, long long *) = wide;
        return true;
    }
    case 'K': {
        if (!PyLong_Check(o)) return must_be(p, "int", o);
        *va_arg(p->values, unsigned long long *) = PyLong_AsUnsignedLongLongMask(o);
        return true;
    }
    default: {
        const double number = PyFloat_AsDouble(o);
        if (number == -1 && PyErr_Occurred()) return false;
        if (unit == 'f') *va_arg(p->values, float *) = (float)number;
        else *va_arg(p->values, double *) = number;
        return true;
    }
    }
}

static bool takes(struct parse *p, char c) {
    if (*p->format != c) return false;
    p->format++;
    return true;
}

static int release(PyObject *none, void *view) {
    (void)none;
    PyBuffer_Release(view);
    return 1;
}

// s* z* y* w*: a view, which the caller releases.
static bool view_unit(struct parse *p, char unit, PyObject *o) {
    Py_buffer *view = va_arg(p->values, Py_buffer *);
    Py_ssize_t n;
    if (unit == 'z' && o == Py_None) {
        PyBuffer_FillInfo(view, NULL, NULL, 0, 1, PyBUF_SIMPLE);
    } else if ((unit == 's' || unit == 'z') && PyUnicode_Check(o)) {
        const char *text = PyUnicode_AsUTF8AndSize(o, &n);
        if (!text) return false;
        PyBuffer_FillInfo(view, o, (void *)text, n, 1, PyBUF_SIMPLE);
    } else if (PyObject_GetBuffer(o, view, unit == 'w' ? PyBUF_WRITABLE : PyBUF_SIMPLE) != 0) {
        if (unit != 'w') return false;
        PyErr_Clear();
        return must_be(p, "read-write bytes-like object", o);
    }
    if (!PyBuffer_IsContiguous(view, 'C')) {
        PyBuffer_Release(view);
        return must_be(p, "contiguous buffer", o);
    }
    if (note_undo(p, release, view)) return true;
    PyBuffer_Release(view);
    return false;
}

// s z y, with or without #: bytes that belong to the object.
static bool text_unit(struct parse *p, char unit, PyObject *o) {
    if (takes(p, '*')) return view_unit(p, unit, o);
    const char **text = va_arg(p->values, const char **);
    Py_ssize_t *size = takes(p, '#') ? va_arg(p->values, Py_ssize_t *) : NULL;
    Py_ssize_t n = 0;
    if (unit == 'z' && o == Py_None) {
        *text = NULL;
        if (size) *size = 0;
        return true;
    }
    if (unit != 'y' && PyUnicode_Check(o)) {
        *text = PyUnicode_AsUTF8AndSize(o, &n);
        if (!*text) return false;
    } else if ((unit == 'y' || size) && PyBytes_Check(o)) {
        *text = PyBytes_AS_STRING(o);
        n = PyBytes_GET_SIZE(o);
    } else if (unit == 'y' || size) {
        PyErr_Format(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", Py_TYPE(o)->tp_name);
        return false;
    } else {
        return must_be(p, unit == 'z' ? "str or None" : "str", o);
    }
    if (size) {
        *size = n;
    } else if (strlen(*text) != (size_t)n) {
        PyErr_SetString(PyExc_ValueError, unit == 'y' ? "embedded null byte" : "embedded null character");
        return false;
    }
    return true;
}

// The string in an encoding, as bytes; NULL with an error.
static PyObject *encoded(PyObject *o, const char *encoding) {
    if (encoding == NULL || strcmp(encoding, "utf-8") == 0 || strcmp(encoding, "utf8") == 0) return PyUnicode_AsUTF8String(o);
    if (strcmp(encoding, "latin-1") == 0 || strcmp(encoding, "iso-8859-1") == 0) return PyUnicode_AsLatin1String(o);
    if (strcmp(encoding, "ascii") == 0) return PyUnicode_AsASCIIString(o);
    PyErr_Format(PyExc_LookupError, "unknown encoding: %s", encoding);
    return NULL;
}

// The bytes of es# go to the caller's buffer, if there is one with enough room; otherwise all bytes go to a new block.
static bool put_encoded(struct parse *p, PyObject *o, PyObject *bytes, char **buffer, Py_ssize_t *size) {
    const Py_ssize_t n = PyBytes_GET_SIZE(bytes);
    if (!size && strlen(PyBytes_AS_STRING(bytes)) != (size_t)n) {
        return must_be(p, "encoded string without null bytes", o);
    }
    if (size && *buffer) {
        if (n + 1 > *size) {
            PyErr_Format(PyExc_ValueError, "encoded string too long (%zd, maximum length %zd)", n, *size - 1);
            return false;
        }
    } else {
        char *block = PyMem_Malloc((size_t)n + 1);
        if (!block) {
            PyErr_NoMemory();
            return false;
        }
        *buffer = block;
        if (!note_undo(p, NULL, buffer)) {
            PyMem_Free(block);
            return false;
        }
    }
    memcpy(*buffer, PyBytes_AS_STRING(bytes), (size_t)n + 1);
    if (size) *size = n;
    return true;
}

// es et, with or without #.
static bool encoded_unit(struct parse *p, PyObject *o) {
    const char *encoding = va_arg(p->values, const char *);
    const bool keeps_bytes = *p->format == 't';
    if (!takes(p, 's') && !takes(p, 't')) return bad_unit(p, "(unknown parser marker combination)");
    char **buffer = va_arg(p->values, char **);
    Py_ssize_t *size = takes(p, '#') ? va_arg(p->values, Py_ssize_t *) : NULL;
    PyObject *bytes;
    if (keeps_bytes && PyBytes_Check(o)) bytes = Py_NewRef(o);
    else if (PyUnicode_Check(o)) bytes = encoded(o, encoding);
    else return must_be(p, keeps_bytes ? "str, bytes or bytearray" : "str", o);
    if (!bytes) return false;
    const bool done = put_encoded(p, o, bytes, buffer, size);
    Py_DECREF(bytes);
    return done;
}

static bool object_unit(struct parse *p, PyObject *o) {
    if (takes(p, '!')) {
        PyTypeObject *type = va_arg(p->values, PyTypeObject *);
        if (!PyObject_TypeCheck(o, type)) return must_be(p, type->tp_name, o);
    } else if (takes(p, '&')) {
        int (*convert)(PyObject *, void *) = va_arg(p->values, int (*)(PyObject *, void *));
        void *at = va_arg(p->values, void *);
        const int answer = convert(o, at);
        if (!answer) return bad_unit(p, "(unspecified)");
        return answer != Py_CLEANUP_SUPPORTED || note_undo(p, convert, at);
    }
    *va_arg(p->values, PyObject **) = o;
    return true;
}

static bool simple_unit(struct parse *p, PyObject *o) {
    const char unit = *p->format++;
    switch (unit) {
    case 'b': case 'B': case 'h': case 'H': case 'i': case 'I': case 'l': case 'k':
    case 'n': case 'L': case 'K': case 'f': case 'd':
        return number_unit(p, unit, o);
    case 's': case 'z': case 'y':
        return text_unit(p, unit, o);
    case 'w':
        if (!takes(p, '*')) return bad_unit(p, "(invalid use of 'w' format character)");
        return view_unit(p, unit, o);
    case 'e':
        return encoded_unit(p, o);
    case 'O':
        return object_unit(p, o);
    case 'S':
        if (!PyBytes_Check(o)) return must_be(p, "bytes", o);
        *va_arg(p->values, PyObject **) = o;
        return true;
    case 'U':
        if (!PyUnicode_Check(o)) return must_be(p, "str", o);
        *va_arg(p->values, PyObject **) = o;
        return true;
    case 'c':
        if (!PyBytes_Check(o)) return must_be(p, "a byte string of length 1", o);
        if (PyBytes_GET_SIZE(o) != 1) {
            PyOS_snprintf(p->wrong, sizeof(p->wrong), "must be a byte string of length 1, not a bytes object of length %zd",
                          PyBytes_GET_SIZE(o));
            return false;
        }
        *va_arg(p->values, char *) = PyBytes_AS_STRING(o)[0];
        return true;
    case 'C':
        if (!PyUnicode_Check(o)) return must_be(p, "a unicode character", o);
        if (PyUnicode_GET_LENGTH(o) != 1) {
            PyOS_snprintf(p->wrong, sizeof(p->wrong), "must be a unicode character, not a string of length %zd",
                          PyUnicode_GET_LENGTH(o));
            return false;
        }
        *va_arg(p->values, int *) = (int)PyUnicode_READ_CHAR(o, 0);
        return true;
    case 'p': {
        const int truth = PyObject_IsTrue(o);
        if (truth < 0) return false;
        *va_arg(p->values, int *) = truth;
        return true;
    }
    default:
        return bad_unit(p, "(impossible<bad format char>)");
    }
}

// Units up to the bracket that closes, or to the end; `format` is behind the bracket that opens.
static int count_units(const char *format) {
    int n = 0, level = 0;
    for (; !ends(*format); format++) {
        if (*format == '(') {
            if (level++ == 0) n++;
        } else if (*format == ')') {
            if (level-- == 0) return n;
        } else if (level == 0 && is_letter(*format)) {
            if (*format == 'e' && is_letter(format[1])) format++;
            n++;
        }
    }
    return n;
}

static bool convert(struct parse *p, PyObject *o);

// The items of a sequence, one for each unit in the brackets.
static bool sequence_unit(struct parse *p, PyObject *o) {
    const int n = count_units(p->format);
    if (!PySequence_Check(o) || PyBytes_Check(o) || PyUnicode_Check(o)) {
        PyOS_snprintf(p->wrong, sizeof(p->wrong), "must be %d-item sequence, not %.50s", n, type_name(o));
        return false;
    }
    const Py_ssize_t size = PySequence_Size(o);
    if (size < 0) return false;
    if (size != n) {
        PyOS_snprintf(p->wrong, sizeof(p->wrong), "must be sequence of length %d, not %zd", n, size);
        return false;
    }
    if (p->depth == MOST_LEVELS) return bad_unit(p, "(sequences in sequences, too deep)");
    const int level = p->depth++;
    for (int k = 0; k < n; k++) {
        p->levels[level] = k + 1;
        PyObject *item = PySequence_GetItem(o, k);
        if (!item) {
            PyErr_Clear();
            return bad_unit(p, "is not retrievable");
        }
        // The sequence has a reference of its own.
        const bool done = convert(p, item);
        Py_DECREF(item);
        if (!done) return false;
    }
    p->depth = level;
    if (!takes(p, ')')) return bad_unit(p, "(a bracket is not closed)");
    return true;
}

static bool convert(struct parse *p, PyObject *o) {
    return takes(p, '(') ? sequence_unit(p, o) : simple_unit(p, o);
}

// Goes past a unit, and past the pointers that belong to it.
static bool skip(struct parse *p) {
    if (takes(p, '(')) {
        while (!ends(*p->format) && *p->format != ')') if (!skip(p)) return false;
        return takes(p, ')') || bad_unit(p, "(a bracket is not closed)");
    }
    const char unit = *p->format++;
    if (strchr("bBhHiIlknLKfdcCpSUszyweO", unit) == NULL) return bad_unit(p, "(impossible<bad format char>)");
    if (unit == 'e') {
        (void)va_arg(p->values, char *);
        p->format++;
    }
    if (unit == 'O' && *p->format == '!') {
        (void)va_arg(p->values, PyTypeObject *);
        p->format++;
    } else if (unit == 'O' && takes(p, '&')) {
        (void)va_arg(p->values, int (*)(PyObject *, void *));
    }
    (void)va_arg(p->values, void *);
    if (takes(p, '#')) (void)va_arg(p->values, Py_ssize_t *);
    else (void)takes(p, '*');
    return true;
}

// ---- by position ----

static int parse_tuple(PyObject *args, const char *format, va_list values) {
    if (!args || !PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "new style getargs format but argument is not a tuple");
        return 0;
    }
    struct parse p;
    begin(&p, format, values);
    const char *bar = format;
    while (!ends(*bar) && *bar != '|') bar++;
    const int most = count_units(format);
    const int least = *bar == '|' ? most - count_units(bar + 1) : most;
    const Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < least || n > most) {
        const int bound = n < least ? least : most;
        if (p.message) PyErr_SetString(PyExc_TypeError, p.message);
        else {
            PyErr_Format(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)", CALLED(&p),
                         least == most ? "exactly" : n < least ? "at least" : "at most", bound, PLURAL(bound), n);
        }
        return finish(&p, false);
    }
    for (Py_ssize_t k = 0; k < n; k++) {
        (void)takes(&p, '|');
        if (convert(&p, PyTuple_GET_ITEM(args, k))) continue;
        complain(&p, k + 1);
        return finish(&p, false);
    }
    return finish(&p, true);
}

PYHEAP_DEFINED int PyArg_VaParse(PyObject *args, const char *format, va_list values) {
    return parse_tuple(args, format, values);
}

PYHEAP_DEFINED int PyArg_ParseTuple(PyObject *args, const char *format, ...) {
    va_list values;
    va_start(values, format);
    const int done = parse_tuple(args, format, values);
    va_end(values);
    return done;
}

PYHEAP_DEFINED int PyArg_Parse(PyObject *args, const char *format, ...) {
    va_list values;
    va_start(values, format);
    struct parse p;
    begin(&p, format, values);
    const int n = count_units(format);
    int done = 0;
    if (n == 1) {
        done = args != NULL && convert(&p, args);
        if (!args) PyErr_SetString(PyExc_TypeError, "function takes at least one argument");
        if (!done) complain(&p, 0);
        done = finish(&p, done);
    } else {
        finish(&p, true);
        if (n > 1) done = parse_tuple(args, format, values);
        else if (args == NULL) done = 1;
        else PyErr_Format(PyExc_TypeError, "%.200s%s takes no arguments", CALLED(&p));
    }
    va_end(values);
    return done;
}

// ---- by position and by name ----

// What a call with names is checked against.
struct names {
    PY_CXX_CONST char *const *all;
    // How many there are, and how many at the begin have no name.
    int count, nameless;
    // Units from `least` on may be missing; from `most` on they are given by name only.
    int least, most;
    PyObject *dict;
    Py_ssize_t given, named;
};

static bool bad_format(const char *why) {
    PyErr_SetString(PyExc_SystemError, why);
    return false;
}

// Reads | and $ before unit number k.
static bool read_marks(struct parse *p, struct names *n, int k) {
    if (takes(p, '|')) {
        if (n->least != NEVER) return bad_format("Invalid format string (| specified twice)");
        if (n->most != NEVER) return bad_format("Invalid format string ($ before |)");
        n->least = k;
    }
    if (takes(p, '$')) {
        if (n->most != NEVER) return bad_format("Invalid format string ($ specified twice)");
        if (k < n->nameless) return bad_format("Empty parameter name after $");
        n->most = k;
    }
    return true;
}

static bool too_many_by_position(struct parse *p, const struct names *n) {
    if (n->most == 0) PyErr_Format(PyExc_TypeError, "%.200s%s takes no positional arguments", CALLED(p));
    else {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", CALLED(p),
                     n->least != NEVER ? "at most" : "exactly", n->most, PLURAL(n->most), n->given);
    }
    return false;
}

// A unit without a name is missing: reads the rest of the format, to know how many there must be.
static bool too_few_by_position(struct parse *p, struct names *n, int k) {
    for (; k < n->count; k++) {
        if (!read_marks(p, n, k)) return false;
        if (n->most != NEVER || ends(*p->format)) break;
        if (!skip(p)) {
            complain(p, k + 1);
            return false;
        }
    }
    const int must = n->nameless < n->least ? n->nameless : n->least;
    PyErr_Format(PyExc_TypeError, "%.200s%s takes %s %d positional argument%s (%zd given)", CALLED(p),
                 must < k ? "at least" : "exactly", must, PLURAL(must), n->given);
    return false;
}

// The argument for unit k, a reference that stays where it is; NULL if there is none, or with an error.
static PyObject *argument(PyObject *args, struct names *n, int k) {
    if (k < n->given) return PyTuple_GET_ITEM(args, k);
    if (n->named == 0 || k < n->nameless) return NULL;
    PyObject *value = NULL;
    if (PyDict_GetItemStringRef(n->dict, n->all[k], &value) == 1) {
        n->named--;
        Py_DECREF(value);
    }
    return value;
}

// Arguments by name are left over: one that was given by position, too, or one that nobody asked for.
static bool left_over(struct parse *p, const struct names *n) {
    for (int k = n->nameless; k < n->given; k++) {
        const int twice = PyDict_ContainsString(n->dict, n->all[k]);
        if (twice < 0) return false;
        if (!twice) continue;
        PyErr_Format(PyExc_TypeError, "argument for %.200s%s given by name ('%s') and position (%d)", CALLED(p), n->all[k], k + 1);
        return false;
    }
    Py_ssize_t at = 0;
    PyObject *key;
    while (PyDict_Next(n->dict, &at, &key, NULL)) {
        if (!PyUnicode_Check(key)) {
            PyErr_SetString(PyExc_TypeError, "keywords must be strings");
            return false;
        }
        int k = n->nameless;
        while (k < n->count && !PyUnicode_EqualToUTF8(key, n->all[k])) k++;
        if (k < n->count) continue;
        PyErr_Format(PyExc_TypeError, "%.200s%s got an unexpected keyword argument '%S'", p->name ? p->name : "this function",
                     p->name ? "()" : "", key);
        return false;
    }
    PyErr_Format(PyExc_TypeError, "invalid keyword argument for %.200s%s", p->name ? p->name : "this function", p->name ? "()" : "");
    return false;
}

static bool parse_all(struct parse *p, PyObject *args, struct names *n) {
    for (int k = 0; k < n->count; k++) {
        if (!read_marks(p, n, k)) return false;
        if (n->most == k && k < n->given) return too_many_by_position(p, n);
        if (ends(*p->format)) {
            PyErr_Format(PyExc_SystemError, "More keyword list entries (%d) than format specifiers (%d)", n->count, k);
            return false;
        }
        PyObject *o = argument(args, n, k);
        if (o) {
            if (convert(p, o)) continue;
            complain(p, k + 1);
            return false;
        }
        if (PyErr_Occurred()) return false;
        if (k < n->least) {
            if (k < n->nameless) return too_few_by_position(p, n, k);
            PyErr_Format(PyExc_TypeError, "%.200s%s missing required argument '%s' (pos %d)", CALLED(p), n->all[k], k + 1);
            return false;
        }
        if (n->named == 0) return true;
        if (!skip(p)) {
            complain(p, k + 1);
            return false;
        }
    }
    if (!ends(*p->format) && *p->format != '|' && *p->format != '$') {
        PyErr_Format(PyExc_SystemError, "more argument specifiers than keyword list entries (remaining format:'%s')", p->format);
        return false;
    }
    return n->named == 0 || left_over(p, n);
}

static bool read_names(struct names *n) {
    while (n->all[n->nameless] && !*n->all[n->nameless]) n->nameless++;
    for (n->count = n->nameless; n->all[n->count]; n->count++) {
        if (!*n->all[n->count]) return bad_format("Empty keyword parameter name");
    }
    return true;
}

PYHEAP_DEFINED int PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format,
                                                 PY_CXX_CONST char *const *names, va_list values) {
    if (!args || !PyTuple_Check(args) || (keywords && !PyDict_Check(keywords)) || !format || !names) {
        PyErr_BadInternalCall();
        return 0;
    }
    struct names n = {.all = names, .least = NEVER, .most = NEVER, .dict = keywords, .given = PyTuple_GET_SIZE(args)};
    n.named = keywords ? PyDict_GET_SIZE(keywords) : 0;
    if (!read_names(&n)) return 0;
    struct parse p;
    begin(&p, format, values);
    if (n.given + n.named > n.count) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at most %d %sargument%s (%zd given)", CALLED(&p), n.count,
                     n.given == 0 ? "keyword " : "", PLURAL(n.count), n.given + n.named);
        return finish(&p, false);
    }
    return finish(&p, parse_all(&p, args, &n));
}

PYHEAP_DEFINED int PyArg_ParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format,
                                               PY_CXX_CONST char *const *names, ...) {
    va_list values;
    va_start(values, names);
    const int done = PyArg_VaParseTupleAndKeywords(args, keywords, format, names, values);
    va_end(values);
    return done;
}

PYHEAP_DEFINED int PyArg_ValidateKeywordArguments(PyObject *keywords) {
    if (!PyDict_Check(keywords)) {
        PyErr_BadInternalCall();
        return 0;
    }
    Py_ssize_t at = 0;
    PyObject *key;
    while (PyDict_Next(keywords, &at, &key, NULL)) {
        if (PyUnicode_Check(key)) continue;
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
        return 0;
    }
    return 1;
}

// ---- without a format ----

PYHEAP_DEFINED int PyArg_UnpackTuple(PyObject *args, const char *name, Py_ssize_t least, Py_ssize_t most, ...) {
    if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return 0;
    }
    const Py_ssize_t n = PyTuple_GET_SIZE(args);
    if (n < least || n > most) {
        const Py_ssize_t bound = n < least ? least : most;
        const char *how = least == most ? "" : n < least ? "at least " : "at most ";
        if (name) PyErr_Format(PyExc_TypeError, "%.200s expected %s%zd argument%s, got %zd", name, how, bound, PLURAL(bound), n);
        else PyErr_Format(PyExc_TypeError, "unpacked tuple should have %s%zd element%s, but has %zd", how, bound, PLURAL(bound), n);
        return 0;
    }
    va_list values;
    va_start(values, most);
    for (Py_ssize_t k = 0; k < n; k++) *va_arg(values, PyObject **) = PyTuple_GET_ITEM(args, k);
    va_end(values);
    return 1;
}
