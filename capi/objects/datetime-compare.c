// The order and the hashes of dates, times, time zones and timedeltas.
//
// Without a time zone, or with equal offsets from UTC, two times are in the order of their bytes, which begin with the highest. With
// different offsets they are in the order of the instants in UTC. A time with a zone and one without are never equal, and have no order.
// (CPython's Modules/_datetimemodule.c, datetime_richcompare and time_richcompare.)

#include "datetime-objects.h"

#include <stdint.h>

#define MICROSECONDS_PER_DAY 86400000000

// Microseconds since midnight.
static int64_t of_day(const unsigned char *data) {
    return ((int64_t)data[0] * 3600 + data[1] * 60 + data[2]) * 1000000 + _PyDateTime_MICROSECOND(data + 3);
}

// Days since the first one of the calendar, for a year, a month and a day.
static int64_t days_of(const unsigned char *data) {
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    const int year = data[0] << 8 | data[1], past = year - 1;
    const int is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return (int64_t)past * 365 + past / 4 - past / 100 + past / 400 + before[data[2] - 1] + (data[2] > 2 && is_leap) +
           data[3] - 1;
}

// Microseconds since the beginning of the calendar, for the bytes of a datetime.
static int64_t of_calendar(const unsigned char *data) {
    return days_of(data) * MICROSECONDS_PER_DAY + of_day(data + 4);
}

static PyObject *order(int difference, int operator) { Py_RETURN_RICHCOMPARE(difference, 0, operator); }

// What two times need to be compared: the bytes, and what they mean in microseconds.
typedef struct {
    PyObject *zone, *asked;
    const unsigned char *data;
    int64_t local;
} Moment;

// The greatest multiple of `step` that is not above `value`.
static int64_t whole(int64_t value, int64_t step) {
    const int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

// As in CPython, an offset counts in steps of `step` microseconds: for times, without a part of a second.
static PyObject *compare_moments(const Moment *a, const Moment *b, size_t bytes, int64_t step, const char *what,
                                 int operator) {
    int64_t of_a = 0, of_b = 0;
    int has_a = 0, has_b = 0;
    if (a->zone != b->zone) {
        has_a = pyheap_utc_offset(a->zone, a->asked, &of_a);
        has_b = has_a < 0 ? -1 : pyheap_utc_offset(b->zone, b->asked, &of_b);
        if (has_b < 0) return NULL;
    }
    if (has_a == has_b && of_a == of_b) return order(memcmp(a->data, b->data, bytes), operator);
    if (has_a && has_b) {
        const int64_t difference = (a->local - whole(of_a, step)) - (b->local - whole(of_b, step));
        return order(difference < 0 ? -1 : difference > 0, operator);
    }
    if (operator == Py_EQ || operator == Py_NE) return PyBool_FromLong(operator == Py_NE);
    PyErr_Format(PyExc_TypeError, "can't compare offset-naive and offset-aware %s", what);
    return NULL;
}

// A date has no order with a datetime, which is a date, too.
static int is_date_alone(PyObject *o) {
    return PyObject_TypeCheck(o, &pyheap_date_type) && !PyObject_TypeCheck(o, &pyheap_datetime_type);
}

PyObject *pyheap_date_compare(PyObject *a, PyObject *b, int operator) {
    if (!is_date_alone(a) || !is_date_alone(b)) Py_RETURN_NOTIMPLEMENTED;
    return order(memcmp(((PyDateTime_Date *)a)->data, ((PyDateTime_Date *)b)->data, 4), operator);
}

static Moment moment_of_datetime(PyObject *o) {
    const PyDateTime_DateTime *at = (PyDateTime_DateTime *)o;
    return (Moment){at->tzinfo, o, at->data, of_calendar(at->data)};
}

static Moment moment_of_time(PyObject *o) {
    const PyDateTime_Time *at = (PyDateTime_Time *)o;
    return (Moment){at->tzinfo, Py_None, at->data, of_day(at->data)};
}

PyObject *pyheap_datetime_compare(PyObject *a, PyObject *b, int operator) {
    if (!PyObject_TypeCheck(a, &pyheap_datetime_type) || !PyObject_TypeCheck(b, &pyheap_datetime_type))
        Py_RETURN_NOTIMPLEMENTED;
    const Moment x = moment_of_datetime(a), y = moment_of_datetime(b);
    return compare_moments(&x, &y, 10, 1, "datetimes", operator);
}

PyObject *pyheap_time_compare(PyObject *a, PyObject *b, int operator) {
    if (!PyObject_TypeCheck(a, &pyheap_time_type) || !PyObject_TypeCheck(b, &pyheap_time_type))
        Py_RETURN_NOTIMPLEMENTED;
    const Moment x = moment_of_time(a), y = moment_of_time(b);
    return compare_moments(&x, &y, 6, 1000000, "times", operator);
}

PyObject *pyheap_delta_compare(PyObject *a, PyObject *b, int operator) {
    if (!PyObject_TypeCheck(a, &pyheap_delta_type) || !PyObject_TypeCheck(b, &pyheap_delta_type))
        Py_RETURN_NOTIMPLEMENTED;
    const PyDateTime_Delta *x = (PyDateTime_Delta *)a, *y = (PyDateTime_Delta *)b;
    int difference = x->days < y->days ? -1 : x->days > y->days;
    if (difference == 0)
        difference = x->seconds != y->seconds ? x->seconds - y->seconds : x->microseconds - y->microseconds;
    return order(difference, operator);
}

PyObject *pyheap_timezone_compare(PyObject *a, PyObject *b, int operator) {
    if (!Py_IS_TYPE(a, &pyheap_timezone_type) || !Py_IS_TYPE(b, &pyheap_timezone_type) ||
        (operator != Py_EQ && operator != Py_NE))
        Py_RETURN_NOTIMPLEMENTED;
    return pyheap_delta_compare(((Timezone *)a)->offset, ((Timezone *)b)->offset, operator);
}

// ---- hashes: those of equal objects are equal ----

Py_hash_t pyheap_hash_by_text(PyObject *o) {
    PyObject *text = PyObject_Str(o);
    const Py_hash_t hash = text ? PyObject_Hash(text) : -1;
    Py_XDECREF(text);
    return hash;
}

// With an offset, the instant counts; without one, the text, which does not show the fold, in which equal times can differ.
static Py_hash_t hash_of(PyObject *o, const Moment *moment) {
    int64_t offset = 0;
    const int has = pyheap_utc_offset(moment->zone, moment->asked, &offset);
    if (has <= 0) return has < 0 ? -1 : pyheap_hash_by_text(o);
    PyObject *instant = PyLong_FromLongLong(moment->local - offset);
    const Py_hash_t hash = instant ? PyObject_Hash(instant) : -1;
    Py_XDECREF(instant);
    return hash;
}

Py_hash_t pyheap_datetime_hash(PyObject *o) {
    const Moment moment = moment_of_datetime(o);
    return hash_of(o, &moment);
}

Py_hash_t pyheap_time_hash(PyObject *o) {
    const Moment moment = moment_of_time(o);
    return hash_of(o, &moment);
}

Py_hash_t pyheap_timezone_hash(PyObject *o) { return pyheap_hash_by_text(((Timezone *)o)->offset); }
