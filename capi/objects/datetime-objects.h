// What the files of the module datetime share.

#ifndef PYHEAP_DATETIME_OBJECTS_H
#define PYHEAP_DATETIME_OBJECTS_H

#include "objects.h"

#include <datetime.h>

// A fixed offset from UTC.
typedef struct {
    PyObject_HEAD
    PyObject *offset, *name; // a timedelta; a str or NULL
} Timezone;

// Modules on the heap don't see these names.
#pragma GCC visibility push(hidden)

extern PyTypeObject pyheap_date_type, pyheap_datetime_type, pyheap_time_type, pyheap_delta_type, pyheap_timezone_type;
// timezone.utc; NULL until the module is filled.
extern PyObject *pyheap_utc;

// Texts: functions for tp_str, tp_repr, and isoformat().
extern PyObject *pyheap_date_iso(PyObject *o);
extern PyObject *pyheap_time_iso(PyObject *o);
extern PyObject *pyheap_datetime_iso(PyObject *o);
extern PyObject *pyheap_datetime_str(PyObject *o);
extern PyObject *pyheap_date_repr(PyObject *o);
extern PyObject *pyheap_datetime_repr(PyObject *o);
extern PyObject *pyheap_time_repr(PyObject *o);
extern PyObject *pyheap_delta_repr(PyObject *o);
extern PyObject *pyheap_delta_str(PyObject *o);
extern PyObject *pyheap_timezone_repr(PyObject *o);
extern PyObject *pyheap_timezone_str(PyObject *o);

// The offset of a time from UTC, in microseconds: 1 if there is one, 0 if not, -1 with an error. `at` is what a zone of the program's own is
// asked for: a datetime, or None for a time.
extern int pyheap_utc_offset(PyObject *zone, PyObject *at, int64_t *microseconds);

// Order and hashes: functions for tp_richcompare and tp_hash.
extern PyObject *pyheap_date_compare(PyObject *a, PyObject *b, int operator);
extern PyObject *pyheap_datetime_compare(PyObject *a, PyObject *b, int operator);
extern PyObject *pyheap_time_compare(PyObject *a, PyObject *b, int operator);
extern PyObject *pyheap_delta_compare(PyObject *a, PyObject *b, int operator);
extern PyObject *pyheap_timezone_compare(PyObject *a, PyObject *b, int operator);
extern Py_hash_t pyheap_hash_by_text(PyObject *o);
extern Py_hash_t pyheap_datetime_hash(PyObject *o);
extern Py_hash_t pyheap_time_hash(PyObject *o);
extern Py_hash_t pyheap_timezone_hash(PyObject *o);

#pragma GCC visibility pop

#endif
