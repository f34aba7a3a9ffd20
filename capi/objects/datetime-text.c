// The texts of dates, times, time zones and timedeltas: those of isoformat(), str() and repr().

#include "datetime-objects.h"

// The name of the type, without that of the module.
static const char *own_name(PyObject *o) {
    const char *dot = strrchr(Py_TYPE(o)->tp_name, '.');
    return dot ? dot + 1 : Py_TYPE(o)->tp_name;
}

// "+01:00", with seconds and microseconds if they are not 0; "" if `zone` is NULL or not a datetime.timezone.
static void put_offset(char *to, size_t n, PyObject *zone) {
    *to = 0;
    if (!zone || !Py_IS_TYPE(zone, &pyheap_timezone_type)) return;
    const PyDateTime_Delta *delta = (PyDateTime_Delta *)((Timezone *)zone)->offset;
    int64_t all = ((int64_t)delta->days * 86400 + delta->seconds) * 1000000 + delta->microseconds;
    const char sign = all < 0 ? '-' : '+';
    if (all < 0) all = -all;
    const int seconds = (int)(all / 1000000), microseconds = (int)(all % 1000000);
    int at = snprintf(to, n, "%c%02d:%02d", sign, seconds / 3600, seconds / 60 % 60);
    if (seconds % 60 || microseconds) at += snprintf(to + at, n - (size_t)at, ":%02d", seconds % 60);
    if (microseconds) snprintf(to + at, n - (size_t)at, ".%06d", microseconds);
}

PyObject *pyheap_date_iso(PyObject *o) {
    char text[16];
    snprintf(text, sizeof text, "%04d-%02d-%02d", PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o),
             PyDateTime_GET_DAY(o));
    return PyUnicode_FromString(text);
}

// "10:20:30.000001+01:00", without the microseconds if they are 0. `data` is the hour, minute and second, and three bytes of microseconds.
static void put_iso_time(char *to, size_t n, const unsigned char *data, PyObject *zone) {
    const int microsecond = _PyDateTime_MICROSECOND(data + 3);
    int at = snprintf(to, n, "%02d:%02d:%02d", data[0], data[1], data[2]);
    if (microsecond) at += snprintf(to + at, n - (size_t)at, ".%06d", microsecond);
    put_offset(to + at, n - (size_t)at, zone);
}

PyObject *pyheap_time_iso(PyObject *o) {
    char text[48];
    put_iso_time(text, sizeof text, ((PyDateTime_Time *)o)->data, ((PyDateTime_Time *)o)->tzinfo);
    return PyUnicode_FromString(text);
}

static PyObject *datetime_text(PyObject *o, char between) {
    char text[48];
    put_iso_time(text, sizeof text, ((PyDateTime_DateTime *)o)->data + 4, ((PyDateTime_DateTime *)o)->tzinfo);
    return PyUnicode_FromFormat("%04d-%02d-%02d%c%s", PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o),
                                PyDateTime_GET_DAY(o), between, text);
}

PyObject *pyheap_datetime_iso(PyObject *o) { return datetime_text(o, 'T'); }
PyObject *pyheap_datetime_str(PyObject *o) { return datetime_text(o, ' '); }

PyObject *pyheap_date_repr(PyObject *o) {
    return PyUnicode_FromFormat("datetime.%s(%d, %d, %d)", own_name(o), PyDateTime_GET_YEAR(o), PyDateTime_GET_MONTH(o),
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
    PyObject *begin = PyUnicode_FromFormat("datetime.%s(%d, %d, %d, %d, %d", own_name(o), PyDateTime_GET_YEAR(o),
                                           PyDateTime_GET_MONTH(o), PyDateTime_GET_DAY(o), at->data[4], at->data[5]);
    return repr_end(begin, at->data + 4, at->tzinfo, fold_text(at->fold), "");
}

PyObject *pyheap_time_repr(PyObject *o) {
    const PyDateTime_Time *at = (PyDateTime_Time *)o;
    PyObject *begin = PyUnicode_FromFormat("datetime.%s(%d, %d", own_name(o), at->data[0], at->data[1]);
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
    return PyUnicode_FromFormat("datetime.timedelta(%s)", at ? text : "0");
}

PyObject *pyheap_timezone_repr(PyObject *o) {
    const Timezone *zone = (Timezone *)o;
    if (o == pyheap_utc) return PyUnicode_FromString("datetime.timezone.utc");
    if (!zone->name) return PyUnicode_FromFormat("datetime.timezone(%R)", zone->offset);
    return PyUnicode_FromFormat("datetime.timezone(%R, %R)", zone->offset, zone->name);
}

PyObject *pyheap_timezone_str(PyObject *o) {
    const Timezone *zone = (Timezone *)o;
    char text[24];
    if (zone->name) return Py_NewRef(zone->name);
    put_offset(text, sizeof text, o);
    return PyUnicode_FromFormat("UTC%s", o == pyheap_utc ? "" : text);
}
