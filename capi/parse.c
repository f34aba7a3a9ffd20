// Reading a format: undoing, complaints, units that are sequences. parse.h has the picture.

#include "parse.h"

PYHEAP_HIDDEN void pyheap_begin(struct parse *p, const char *format, va_list values) {
    p->format = format;
    va_copy(p->values, values);
    p->undo_count = p->depth = 0;
    p->wrong[0] = 0;
    const char *colon = strchr(format, ':'), *semicolon = strchr(format, ';');
    p->name = colon ? colon + 1 : NULL;
    p->message = !colon && semicolon ? semicolon + 1 : NULL;
}

PYHEAP_HIDDEN int pyheap_finish(struct parse *p, bool done) {
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

PYHEAP_HIDDEN bool pyheap_note_undo(struct parse *p, int (*convert)(PyObject *, void *), void *at) {
    if (p->undo_count == MOST_UNDO) {
        PyErr_SetString(PyExc_SystemError, "too many units that have something to undo");
        return false;
    }
    p->undo[p->undo_count++] = (struct undo){convert, at};
    return true;
}

static const char *type_name(PyObject *o) { return o == Py_None ? "None" : Py_TYPE(o)->tp_name; }

PYHEAP_HIDDEN bool pyheap_must_be(struct parse *p, const char *expected, PyObject *given) {
    PyOS_snprintf(p->wrong, sizeof(p->wrong), "must be %.50s, not %.50s", expected, type_name(given));
    return false;
}

// Notes `why` a unit can't be converted. Text in brackets says that the format itself is wrong: the error is then a SystemError.
PYHEAP_HIDDEN bool pyheap_bad_unit(struct parse *p, const char *why) {
    PyOS_snprintf(p->wrong, sizeof(p->wrong), "%s", why);
    return false;
}

// Raises the error for argument number `k`, unless one is set already.
PYHEAP_HIDDEN void pyheap_complain(struct parse *p, Py_ssize_t k) {
    if (PyErr_Occurred()) return;
    PyObject *type = p->wrong[0] == '(' ? PyExc_SystemError : PyExc_TypeError;
    if (p->message) {
        PyErr_SetString(type, p->message);
        return;
    }
    char where[128];
    size_t n = 0;
    if (k > 0)
        n += (size_t)PyOS_snprintf(where, sizeof(where), " %zd", k);
    else
        where[0] = 0;
    for (int level = 0; level < p->depth && n < sizeof(where) - 20; level++) {
        n += (size_t)PyOS_snprintf(where + n, sizeof(where) - n, ", item %d", p->levels[level] - 1);
    }
    PyErr_Format(type, "%.200s%sargument%s %s", p->name ? p->name : "", p->name ? "() " : "", where, p->wrong);
}

PYHEAP_HIDDEN int pyheap_count_units(const char *format) {
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

// Converts the items of a sequence, one for each unit in the brackets.
static bool sequence_unit(struct parse *p, PyObject *o) {
    const int n = pyheap_count_units(p->format);
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
    if (p->depth == MOST_LEVELS) return pyheap_bad_unit(p, "(sequences in sequences, too deep)");
    const int level = p->depth++;
    for (int k = 0; k < n; k++) {
        p->levels[level] = k + 1;
        PyObject *item = PySequence_GetItem(o, k);
        if (!item) {
            PyErr_Clear();
            return pyheap_bad_unit(p, "is not retrievable");
        }
        // The sequence still holds a reference.
        const bool done = pyheap_convert(p, item);
        Py_DECREF(item);
        if (!done) return false;
    }
    p->depth = level;
    if (!takes(p, ')')) return pyheap_bad_unit(p, "(a bracket is not closed)");
    return true;
}

PYHEAP_HIDDEN bool pyheap_convert(struct parse *p, PyObject *o) {
    return takes(p, '(') ? sequence_unit(p, o) : pyheap_simple_unit(p, o);
}

// Skips a unit, and the pointers that belong to it.
PYHEAP_HIDDEN bool pyheap_skip(struct parse *p) {
    if (takes(p, '(')) {
        while (!ends(*p->format) && *p->format != ')')
            if (!pyheap_skip(p)) return false;
        return takes(p, ')') || pyheap_bad_unit(p, "(a bracket is not closed)");
    }
    const char unit = *p->format++;
    if (strchr("bBhHiIlknLKfdcCpSUszyweO", unit) == NULL) return pyheap_bad_unit(p, "(impossible<bad format char>)");
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
    if (takes(p, '#'))
        (void)va_arg(p->values, Py_ssize_t *);
    else
        (void)takes(p, '*');
    return true;
}
