/* Functions that read a format, and convert objects as it says. getargs.c and keywords.c use them.
 *
 *   "sO!|i$p:name"      units; | before the units that may be missing, $ before the units that can be given by name only
 *                       : before the function's name, or ; before a message that replaces all others
 *   "(ii)"              a unit that is a sequence of two
 *
 * A conversion that fails sets an error, or writes a text to `wrong`. From that text pyheap_complain makes the error: "f() argument 2,
 * item 1 must be int, not str". Everything that the units before it allocated is then freed.
 */
#ifndef PYHEAP_PARSE_H
#define PYHEAP_PARSE_H

#include <Python.h>
#include <stdbool.h>

enum { MOST_LEVELS = 32, MOST_UNDO = 64, NEVER = INT_MAX };

// What to do on failure: call a converter with NULL; or, if there is none, free a block of PyMem_Malloc.
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
    // The path to the item that is being converted: item numbers, which count from 1, the outermost first.
    int levels[MOST_LEVELS], depth;
    char wrong[256];
};

static inline bool ends(char c) { return c == 0 || c == ':' || c == ';'; }

static inline bool is_letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

static inline bool takes(struct parse *p, char c) {
    if (*p->format != c) return false;
    p->format++;
    return true;
}

// The function's name in messages.
#define CALLED(p) ((p)->name ? (p)->name : "function"), ((p)->name ? "()" : "")
#define PLURAL(n) ((n) == 1 ? "" : "s")

/* Starts reading the format at its beginning. */
PYHEAP_HIDDEN void pyheap_begin(struct parse *p, const char *format, va_list values);
/* Returns `done`. If it is false, frees everything that was allocated for the arguments. */
PYHEAP_HIDDEN int pyheap_finish(struct parse *p, bool done);
PYHEAP_HIDDEN bool pyheap_note_undo(struct parse *p, int (*convert)(PyObject *, void *), void *at);
/* These two write the message, and return false. */
PYHEAP_HIDDEN bool pyheap_must_be(struct parse *p, const char *expected, PyObject *given);
PYHEAP_HIDDEN bool pyheap_bad_unit(struct parse *p, const char *why);
/* Raises the error for argument number k. */
PYHEAP_HIDDEN void pyheap_complain(struct parse *p, Py_ssize_t k);

/* These read the format's next unit: the first converts an object, the second skips the unit. */
PYHEAP_HIDDEN bool pyheap_convert(struct parse *p, PyObject *o);
PYHEAP_HIDDEN bool pyheap_skip(struct parse *p);
/* Converts the next unit, which is not a sequence. */
PYHEAP_HIDDEN bool pyheap_simple_unit(struct parse *p, PyObject *o);
/* The number of units up to the closing bracket, or to the end. `format` points after the opening bracket. */
PYHEAP_HIDDEN int pyheap_count_units(const char *format);

#endif
