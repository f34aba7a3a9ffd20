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

extern PyTypeObject pyheap_timezone_type;
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
extern PyObject *pyheap_timezone_repr(PyObject *o);
extern PyObject *pyheap_timezone_str(PyObject *o);

#pragma GCC visibility pop

#endif
