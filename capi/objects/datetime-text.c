// The texts of dates, times, time zones and timedeltas: those of isoformat(), str() and repr().

#include "datetime-objects.h"

static int64_t microseconds_of(const PyDateTime_Delta *delta) {
    return ((int64_t)delta->days * 86400 + delta->seconds) * 1000000 + delta->microseconds;
}

// As CPython's call_tzinfo_method.
static int check_offset(PyObject *offset) {
    if (!PyObject_TypeCheck(offset, &pyheap_delta_type)) {
        PyErr_Format(PyExc_TypeError, "tzinfo.utcoffset() must return None or timedelta, not '%.200s'",
                     Py_TYPE(offset)->tp_name);
        return -1;
    }
    const int64_t all = microseconds_of((PyDateTime_Delta *)offset), day = 86400000000;
    if (-day < all && all < day) return 0;
    PyErr_Format(PyExc_ValueError,
                 "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R.",
                 offset);
    return -1;
}

int pyheap_utc_offset(PyObject *zone, PyObject *at, int64_t *microseconds) {
    if (!zone) return 0;
    if (Py_IS_TYPE(zone, &pyheap_timezone_type)) {
        *microseconds = microseconds_of((PyDateTime_Delta *)((Timezone *)zone)->offset);
        return 1;
    }
    PyObject *offset = PyObject_CallMethod(zone, "utcoffset", "O", at);
    int found = offset ? offset != Py_None : -1;
    if (found > 0 && check_offset(offset) < 0) found = -1;
    if (found > 0) *microseconds = microseconds_of((PyDateTime_Delta *)offset);
    Py_XDECREF(offset);
    return found;
}

// "+01:00", with seconds and microseconds if they are not 0; "" if there is no offset. Returns -1 with an error.
static int put_offset(char *to, size_t n, PyObject *zone, PyObject *at) {
    int64_t all = 0;
    const int has = pyheap_utc_offset(zone, at, &all);
    *to = 0;
    if (has <= 0) return has;
    const char sign = all < 0 ? '-' : '+';
    if (all < 0) all = -all;
    const int seconds = (int)(all / 1000000), microseconds = (int)(all % 1000000);
    int length = snprintf(to, n, "%c%02d:%02d", sign, seconds / 3600, seconds / 60 % 60);
    if (seconds % 60 || microseconds) length += snprintf(to + length, n - (size_t)length, ":%02d", seconds % 60);
    if (microseconds) snprintf(to + length, n - (size_t)length, ".%06d", microseconds);
    return 0;
}

PyObject *pyheap_date_iso(PyObject *o) {
    char text[16];
    snprintf(text, sizeof text, "%04d-%02d-%02d", PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o),
             PyDateTime_GET_DAY(o));
    return PyUnicode_FromString(text);
}

// "10:20:30.000001+01:00", without the microseconds if they are 0. `data` is the hour, minute and second, and three bytes of microseconds.
static int put_iso_time(char *to, size_t n, const unsigned char *data, PyObject *zone, PyObject *asked) {
    const int microsecond = _PyDateTime_MICROSECOND(data + 3);
    int at = snprintf(to, n, "%02d:%02d:%02d", data[0], data[1], data[2]);
    if (microsecond) at += snprintf(to + at, n - (size_t)at, ".%06d", microsecond);
    return put_offset(to + at, n - (size_t)at, zone, asked);
}

PyObject *pyheap_time_iso(PyObject *o) {
    char text[48];
    const PyDateTime_Time *at = (PyDateTime_Time *)o;
    return put_iso_time(text, sizeof text, at->data, at->tzinfo, Py_None) < 0 ? NULL : PyUnicode_FromString(text);
}

static PyObject *datetime_text(PyObject *o, char between) {
    char text[48];
    const PyDateTime_DateTime *at = (PyDateTime_DateTime *)o;
    if (put_iso_time(text, sizeof text, at->data + 4, at->tzinfo, o) < 0) return NULL;
    return PyUnicode_FromFormat("%04d-%02d-%02d%c%s", PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o),
                                PyDateTime_GET_DAY(o), between, text);
}

PyObject *pyheap_datetime_iso(PyObject *o) { return datetime_text(o, 'T'); }
PyObject *pyheap_datetime_str(PyObject *o) { return datetime_text(o, ' '); }

PyObject *pyheap_date_repr(PyObject *o) {
    return PyUnicode_FromFormat("%s(%d, %d, %d)", Py_TYPE(o)->tp_name, PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o),
                                PyDateTime_GET_DAY(o));
}

// `begin`, to which the reference is taken over, and ", 30, 1, tzinfo=...)" after it. Microseconds are left out if they are 0, and seconds if
// both are 0. `early` and `late` are put before and after the zone.
static PyObject *repr_end(PyObject *begin, const unsigned char *data, PyObject *zone, const char *early,
                          const char *late) {
    if (!begin) return NULL;
    const int microsecond = _PyDateTime_MICROSECOND(data + 3);
    char end[40] = "";
    if (microsecond)
        snprintf(end, sizeof end, ", %d, %d", data[2], microsecond);
    else if (data[2])
        snprintf(end, sizeof end, ", %d", data[2]);
    PyObject *text = zone ? PyUnicode_FromFormat("%U%s%s, tzinfo=%R%s)", begin, end, early, zone, late)
                          : PyUnicode_FromFormat("%U%s%s%s)", begin, end, early, late);
    Py_DECREF(begin);
    return text;
}

static const char *fold_text(int fold) { return fold ? ", fold=1" : ""; }

// As in CPython, the fold of a datetime comes before its zone, and that of a time after it.
PyObject *pyheap_datetime_repr(PyObject *o) {
    const PyDateTime_DateTime *at = (PyDateTime_DateTime *)o;
    PyObject *begin = PyUnicode_FromFormat("%s(%d, %d, %d, %d, %d", Py_TYPE(o)->tp_name, PyDateTime_GET_YEAR(o),
                                           PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o), at->data[4], at->data[5]);
    return repr_end(begin, at->data + 4, at->tzinfo, fold_text(at->fold), "");
}

PyObject *pyheap_time_repr(PyObject *o) {
    const PyDateTime_Time *at = (PyDateTime_Time *)o;
    PyObject *begin = PyUnicode_FromFormat("%s(%d, %d", Py_TYPE(o)->tp_name, at->data[0], at->data[1]);
    return repr_end(begin, at->data, at->tzinfo, "", fold_text(at->fold));
}

PyObject *pyheap_delta_repr(PyObject *o) {
    const PyDateTime_Delta *delta = (PyDateTime_Delta *)o;
    const char *names[] = {"days", "seconds", "microseconds"};
    const int values[] = {delta->days, delta->seconds, delta->microseconds};
    char text[100];
    size_t at = 0;
    for (int k = 0; k < 3; k++)
        if (values[k])
            at += (size_t)snprintf(text + at, sizeof text - at, "%s%s=%d", at ? ", " : "", names[k], values[k]);
    return PyUnicode_FromFormat("%s(%s)", Py_TYPE(o)->tp_name, at ? text : "0");
}

// "-1 day, 23:59:59.999999"
PyObject *pyheap_delta_str(PyObject *o) {
    const PyDateTime_Delta *delta = (PyDateTime_Delta *)o;
    char days[24] = "", part[8] = "";
    if (delta->days)
        snprintf(days, sizeof days, "%d day%s, ", delta->days, delta->days == 1 || delta->days == -1 ? "" : "s");
    if (delta->microseconds) snprintf(part, sizeof part, ".%06d", delta->microseconds);
    return PyUnicode_FromFormat("%s%d:%02d:%02d%s", days, delta->seconds / 3600, delta->seconds / 60 % 60,
                                delta->seconds % 60, part);
}

PyObject *pyheap_timezone_repr(PyObject *o) {
    const Timezone *zone = (Timezone *)o;
    if (o == pyheap_utc) return PyUnicode_FromString("datetime.timezone.utc");
    if (!zone->name) return PyUnicode_FromFormat("%s(%R)", Py_TYPE(o)->tp_name, zone->offset);
    return PyUnicode_FromFormat("%s(%R, %R)", Py_TYPE(o)->tp_name, zone->offset, zone->name);
}

PyObject *pyheap_timezone_str(PyObject *o) {
    const Timezone *zone = (Timezone *)o;
    char text[24];
    if (zone->name) return Py_NewRef(zone->name);
    if (put_offset(text, sizeof text, o, o) < 0) return NULL;
    return PyUnicode_FromFormat("UTC%s", o == pyheap_utc ? "" : text);
}
