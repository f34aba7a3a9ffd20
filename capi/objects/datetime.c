// The module datetime, as far as C makes and reads dates and times: its types, and their fields. There is no
// arithmetic, and the time zones made here are fixed offsets from UTC. datetime-text.c and datetime-compare.c have the rest.

#include "datetime-objects.h"

#include <stdint.h>
#include <time.h>

static PyTypeObject tzinfo_type;

PyObject *pyheap_utc;

// Whether low <= value <= high; ValueError if not.
static int within(const char *what, int value, int low, int high) {
    if (value >= low && value <= high) return 1;
    PyErr_Format(PyExc_ValueError, "%s must be in %d..%d, not %d", what, low, high, value);
    return 0;
}

static int days_in(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static int valid_date(int year, int month, int day) {
    if (!within("year", year, 1, 9999) || !within("month", month, 1, 12)) return 0;
    if (day >= 1 && day <= days_in(year, month)) return 1;
    PyErr_Format(PyExc_ValueError, "day %d must be in range 1..%d for month %d in year %d", day, days_in(year, month),
                 month, year);
    return 0;
}

static int valid_time(int hour, int minute, int second, int microsecond, PyObject *zone, int fold) {
    if (!within("hour", hour, 0, 23) || !within("minute", minute, 0, 59) || !within("second", second, 0, 59)) return 0;
    if (!within("microsecond", microsecond, 0, 999999)) return 0;
    if (fold != 0 && fold != 1) {
        PyErr_Format(PyExc_ValueError, "fold must be either 0 or 1, not %d", fold);
        return 0;
    }
    if (zone == Py_None || PyObject_TypeCheck(zone, &tzinfo_type)) return 1;
    PyErr_Format(PyExc_TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type '%s'",
                 Py_TYPE(zone)->tp_name);
    return 0;
}

static void put_date(unsigned char *data, int year, int month, int day) {
    data[0] = (unsigned char)(year >> 8);
    data[1] = (unsigned char)year;
    data[2] = (unsigned char)month;
    data[3] = (unsigned char)day;
}

static void put_time(unsigned char *data, int hour, int minute, int second, int microsecond) {
    data[0] = (unsigned char)hour;
    data[1] = (unsigned char)minute;
    data[2] = (unsigned char)second;
    data[3] = (unsigned char)(microsecond >> 16);
    data[4] = (unsigned char)(microsecond >> 8);
    data[5] = (unsigned char)microsecond;
}

// ---- making them ----

static PyObject *make_date(int year, int month, int day, PyTypeObject *type) {
    if (!valid_date(year, month, day)) return NULL;
    PyDateTime_Date *date = (PyDateTime_Date *)type->tp_alloc(type, 0);
    if (!date) return NULL;
    date->hashcode = -1;
    put_date(date->data, year, month, day);
    return (PyObject *)date;
}

static PyObject *make_datetime_fold(int year, int month, int day, int hour, int minute, int second, int microsecond,
                                    PyObject *zone, int fold, PyTypeObject *type) {
    if (!valid_date(year, month, day) || !valid_time(hour, minute, second, microsecond, zone, fold)) return NULL;
    PyDateTime_DateTime *o = (PyDateTime_DateTime *)type->tp_alloc(type, 0);
    if (!o) return NULL;
    o->hashcode = -1;
    put_date(o->data, year, month, day);
    put_time(o->data + 4, hour, minute, second, microsecond);
    o->fold = (unsigned char)fold;
    o->hastzinfo = zone != Py_None;
    o->tzinfo = o->hastzinfo ? Py_NewRef(zone) : NULL;
    return (PyObject *)o;
}

static PyObject *make_datetime(int year, int month, int day, int hour, int minute, int second, int microsecond,
                               PyObject *zone, PyTypeObject *type) {
    return make_datetime_fold(year, month, day, hour, minute, second, microsecond, zone, 0, type);
}

static PyObject *make_time_fold(int hour, int minute, int second, int microsecond, PyObject *zone, int fold,
                                PyTypeObject *type) {
    if (!valid_time(hour, minute, second, microsecond, zone, fold)) return NULL;
    PyDateTime_Time *o = (PyDateTime_Time *)type->tp_alloc(type, 0);
    if (!o) return NULL;
    o->hashcode = -1;
    put_time(o->data, hour, minute, second, microsecond);
    o->fold = (unsigned char)fold;
    o->hastzinfo = zone != Py_None;
    o->tzinfo = o->hastzinfo ? Py_NewRef(zone) : NULL;
    return (PyObject *)o;
}

static PyObject *make_time(int hour, int minute, int second, int microsecond, PyObject *zone, PyTypeObject *type) {
    return make_time_fold(hour, minute, second, microsecond, zone, 0, type);
}

// Moves whole multiples of `unit` from *value to *higher, so that 0 <= *value < unit.
static void carry(int *value, int unit, int *higher) {
    *higher += *value / unit - (*value % unit < 0);
    *value = *value % unit + (*value % unit < 0 ? unit : 0);
}

static PyObject *make_delta(int days, int seconds, int microseconds, int normalize, PyTypeObject *type) {
    if (normalize) {
        carry(&microseconds, 1000000, &seconds);
        carry(&seconds, 86400, &days);
    }
    if (days < -999999999 || days > 999999999) {
        PyErr_Format(PyExc_OverflowError, "days=%d; must have magnitude <= 999999999", days);
        return NULL;
    }
    PyDateTime_Delta *delta = (PyDateTime_Delta *)type->tp_alloc(type, 0);
    if (!delta) return NULL;
    *delta = (PyDateTime_Delta){delta->ob_base, -1, days, seconds, microseconds};
    return (PyObject *)delta;
}

// ---- from seconds since 1970, in UTC ----

// The first seconds of these years.
#define YEAR_1 (-62135596800)
#define YEAR_10000 253402300800

// The seconds of a timestamp, an int or a float, and the rest as microseconds, rounded to the nearest, ties to even. 0 with an error.
static int read_timestamp(PyObject *timestamp, int64_t *seconds, int *microseconds) {
    double rest = 0;
    if (PyFloat_Check(timestamp)) {
        const double value = PyFloat_AS_DOUBLE(timestamp);
        // Written so that it is true of a NaN.
        if (!(value > -1e12 && value < 1e12)) {
            PyErr_SetString(PyExc_ValueError, "timestamp out of range, or not a number");
            return 0;
        }
        *seconds = (int64_t)value;
        rest = __builtin_rint((value - (double)*seconds) * 1e6);
    } else {
        *seconds = PyLong_AsLongLong(timestamp);
        if (*seconds == -1 && PyErr_Occurred()) return 0;
    }
    const int carried = (rest >= 1e6) - (rest < 0);
    *seconds += carried;
    *microseconds = (int)rest - carried * 1000000;
    return 1;
}

// The parts of a time in seconds since 1970. 0 with an error if its year is not from 1 to 9999.
static int parts_of(int64_t seconds, struct tm *parts) {
    const time_t at = seconds;
    if (seconds >= YEAR_1 && seconds < YEAR_10000 && gmtime_r(&at, parts)) return 1;
    PyErr_SetString(PyExc_ValueError, "year is out of range");
    return 0;
}

// Without a zone, the local time, which is UTC.
static PyObject *datetime_from_timestamp(PyObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"timestamp", "tz", NULL};
    PyObject *timestamp, *zone = Py_None;
    int64_t seconds;
    int microseconds;
    struct tm parts;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|O", names, &timestamp, &zone)) return NULL;
    if (!read_timestamp(timestamp, &seconds, &microseconds)) return NULL;
    if (Py_IS_TYPE(zone, &pyheap_timezone_type)) {
        const PyDateTime_Delta *offset = (PyDateTime_Delta *)((Timezone *)zone)->offset;
        int carried = offset->days * 86400 + offset->seconds;
        microseconds += offset->microseconds;
        carry(&microseconds, 1000000, &carried);
        seconds += carried;
    }
    if (!parts_of(seconds, &parts)) return NULL;
    PyObject *made = make_datetime(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                                   parts.tm_sec, microseconds, zone, (PyTypeObject *)type);
    if (!made || zone == Py_None || Py_IS_TYPE(zone, &pyheap_timezone_type)) return made;
    // A zone of the program's own converts the time in UTC, as in CPython.
    PyObject *converted = PyObject_CallMethod(zone, "fromutc", "O", made);
    Py_DECREF(made);
    return converted;
}

static PyObject *date_from_timestamp(PyObject *type, PyObject *args) {
    PyObject *timestamp;
    int64_t seconds;
    int microseconds;
    struct tm parts;
    if (!PyArg_ParseTuple(args, "O", &timestamp) || !read_timestamp(timestamp, &seconds, &microseconds)) return NULL;
    if (!parts_of(seconds, &parts)) return NULL;
    return make_date(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, (PyTypeObject *)type);
}

static PyObject *make_timezone(PyObject *offset, PyObject *name) {
    if (!PyObject_TypeCheck(offset, &pyheap_delta_type)) {
        PyErr_Format(PyExc_TypeError, "timezone() argument 1 must be datetime.timedelta, not %.200s",
                     Py_TYPE(offset)->tp_name);
        return NULL;
    }
    const PyDateTime_Delta *delta = (PyDateTime_Delta *)offset;
    if (!name && pyheap_utc && delta->days == 0 && delta->seconds == 0 && delta->microseconds == 0)
        return Py_NewRef(pyheap_utc);
    // Strictly less than a day to either side.
    const int is_below = delta->days == -1 && (delta->seconds > 0 || delta->microseconds > 0);
    if (delta->days != 0 && !is_below) {
        PyErr_Format(
            PyExc_ValueError,
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not %R.",
            offset);
        return NULL;
    }
    Timezone *zone = (Timezone *)pyheap_timezone_type.tp_alloc(&pyheap_timezone_type, 0);
    if (!zone) return NULL;
    zone->offset = Py_NewRef(offset);
    zone->name = Py_XNewRef(name);
    return (PyObject *)zone;
}

static PyObject *new_date(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"year", "month", "day", NULL};
    int year, month, day;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "iii", names, &year, &month, &day)) return NULL;
    return make_date(year, month, day, type);
}

static PyObject *new_datetime(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL};
    int year, month, day, hour = 0, minute = 0, second = 0, microsecond = 0, fold = 0;
    PyObject *zone = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "iii|iiiiO$i", names, &year, &month, &day, &hour, &minute, &second,
                                     &microsecond, &zone, &fold))
        return NULL;
    return make_datetime_fold(year, month, day, hour, minute, second, microsecond, zone, fold, type);
}

static PyObject *new_time(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"hour", "minute", "second", "microsecond", "tzinfo", "fold", NULL};
    int hour = 0, minute = 0, second = 0, microsecond = 0, fold = 0;
    PyObject *zone = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iiiiO$i", names, &hour, &minute, &second, &microsecond, &zone,
                                     &fold))
        return NULL;
    return make_time_fold(hour, minute, second, microsecond, zone, fold, type);
}

static PyObject *new_delta(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"days", "seconds", "microseconds", NULL};
    int days = 0, seconds = 0, microseconds = 0;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|iii", names, &days, &seconds, &microseconds)) return NULL;
    return make_delta(days, seconds, microseconds, 1, type);
}

static PyObject *new_timezone(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static char *names[] = {"offset", "name", NULL};
    PyObject *offset, *name = NULL;
    (void)type;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O|U", names, &offset, &name)) return NULL;
    return make_timezone(offset, name);
}

// ---- deallocation ----

static void plain_dealloc(PyObject *o) { Py_TYPE(o)->tp_free(o); }

static void datetime_dealloc(PyObject *o) {
    Py_XDECREF(((PyDateTime_DateTime *)o)->tzinfo);
    Py_TYPE(o)->tp_free(o);
}

static void time_dealloc(PyObject *o) {
    Py_XDECREF(((PyDateTime_Time *)o)->tzinfo);
    Py_TYPE(o)->tp_free(o);
}

static void timezone_dealloc(PyObject *o) {
    Py_XDECREF(((Timezone *)o)->offset);
    Py_XDECREF(((Timezone *)o)->name);
    Py_TYPE(o)->tp_free(o);
}

// ---- attributes ----

#define GETTER(name, value) \
    static PyObject *name(PyObject *o, void *closure) { \
        (void)closure; \
        return PyLong_FromLong(value); \
    }
GETTER(get_year, PyDateTime_GET_YEAR(o))
GETTER(get_month, PyDateTime_GET_MONTH(o))
GETTER(get_day, PyDateTime_GET_DAY(o))
GETTER(get_hour, PyDateTime_DATE_GET_HOUR(o))
GETTER(get_minute, PyDateTime_DATE_GET_MINUTE(o))
GETTER(get_second, PyDateTime_DATE_GET_SECOND(o))
GETTER(get_microsecond, PyDateTime_DATE_GET_MICROSECOND(o))
GETTER(get_fold, PyDateTime_DATE_GET_FOLD(o))
GETTER(time_hour, PyDateTime_TIME_GET_HOUR(o))
GETTER(time_minute, PyDateTime_TIME_GET_MINUTE(o))
GETTER(time_second, PyDateTime_TIME_GET_SECOND(o))
GETTER(time_microsecond, PyDateTime_TIME_GET_MICROSECOND(o))
GETTER(time_fold, PyDateTime_TIME_GET_FOLD(o))

static PyObject *get_zone(PyObject *o, void *closure) {
    (void)closure;
    return Py_NewRef(PyDateTime_DATE_GET_TZINFO(o));
}

static PyObject *time_zone(PyObject *o, void *closure) {
    (void)closure;
    return Py_NewRef(PyDateTime_TIME_GET_TZINFO(o));
}

#define END {NULL, NULL, NULL, NULL, NULL}
static PyGetSetDef date_attributes[] = {
    {"year", get_year, 0, 0, 0}, {"month", get_month, 0, 0, 0}, {"day", get_day, 0, 0, 0}, END};
static PyGetSetDef datetime_attributes[] = {
    {"hour", get_hour, 0, 0, 0},
    {"minute", get_minute, 0, 0, 0},
    {"second", get_second, 0, 0, 0},
    {"microsecond", get_microsecond, 0, 0, 0},
    {"fold", get_fold, 0, 0, 0},
    {"tzinfo", get_zone, 0, 0, 0},
    END,
};
static PyGetSetDef time_attributes[] = {
    {"hour", time_hour, 0, 0, 0},
    {"minute", time_minute, 0, 0, 0},
    {"second", time_second, 0, 0, 0},
    {"microsecond", time_microsecond, 0, 0, 0},
    {"fold", time_fold, 0, 0, 0},
    {"tzinfo", time_zone, 0, 0, 0},
    END,
};
static PyMemberDef delta_members[] = {
    {"days", Py_T_INT, offsetof(PyDateTime_Delta, days), Py_READONLY, NULL},
    {"seconds", Py_T_INT, offsetof(PyDateTime_Delta, seconds), Py_READONLY, NULL},
    {"microseconds", Py_T_INT, offsetof(PyDateTime_Delta, microseconds), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

#define ISO(name) \
    { \
        {"isoformat", (PyCFunction)(void (*)(void))name, METH_NOARGS, NULL}, { NULL, NULL, 0, NULL } \
    }
static PyMethodDef date_methods[] = ISO(pyheap_date_iso), datetime_methods[] = ISO(pyheap_datetime_iso),
                   time_methods[] = ISO(pyheap_time_iso);

#define TYPE(variable, short_name, struct_type, ...) \
    PyTypeObject variable = { \
        PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "datetime." short_name, \
        .tp_basicsize = sizeof(struct_type), \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, \
        __VA_ARGS__, \
    }

TYPE(pyheap_delta_type, "timedelta", PyDateTime_Delta, .tp_new = new_delta, .tp_dealloc = plain_dealloc,
     .tp_repr = pyheap_delta_repr, .tp_str = pyheap_delta_str, .tp_richcompare = pyheap_delta_compare,
     .tp_hash = pyheap_hash_by_text, .tp_members = delta_members);
TYPE(pyheap_date_type, "date", PyDateTime_Date, .tp_new = new_date, .tp_dealloc = plain_dealloc,
     .tp_repr = pyheap_date_repr, .tp_str = pyheap_date_iso, .tp_richcompare = pyheap_date_compare,
     .tp_hash = pyheap_hash_by_text, .tp_getset = date_attributes, .tp_methods = date_methods);
TYPE(pyheap_datetime_type, "datetime", PyDateTime_DateTime, .tp_base = &pyheap_date_type, .tp_new = new_datetime,
     .tp_dealloc = datetime_dealloc, .tp_repr = pyheap_datetime_repr, .tp_str = pyheap_datetime_str,
     .tp_richcompare = pyheap_datetime_compare, .tp_hash = pyheap_datetime_hash, .tp_getset = datetime_attributes,
     .tp_methods = datetime_methods);
TYPE(pyheap_time_type, "time", PyDateTime_Time, .tp_new = new_time, .tp_dealloc = time_dealloc,
     .tp_repr = pyheap_time_repr, .tp_str = pyheap_time_iso, .tp_richcompare = pyheap_time_compare,
     .tp_hash = pyheap_time_hash, .tp_getset = time_attributes, .tp_methods = time_methods);
static TYPE(tzinfo_type, "tzinfo", PyDateTime_TZInfo, .tp_new = PyType_GenericNew);
TYPE(pyheap_timezone_type, "timezone", Timezone, .tp_base = &tzinfo_type, .tp_new = new_timezone,
     .tp_dealloc = timezone_dealloc, .tp_repr = pyheap_timezone_repr, .tp_str = pyheap_timezone_str,
     .tp_richcompare = pyheap_timezone_compare, .tp_hash = pyheap_timezone_hash);

static PyDateTime_CAPI functions = {
    .DateType = &pyheap_date_type,
    .DateTimeType = &pyheap_datetime_type,
    .TimeType = &pyheap_time_type,
    .DeltaType = &pyheap_delta_type,
    .TZInfoType = &tzinfo_type,
    .Date_FromDate = make_date,
    .DateTime_FromDateAndTime = make_datetime,
    .Time_FromTime = make_time,
    .Delta_FromDelta = make_delta,
    .TimeZone_FromTimeZone = make_timezone,
    .DateTime_FromTimestamp = datetime_from_timestamp,
    .Date_FromTimestamp = date_from_timestamp,
    .DateTime_FromDateAndTimeAndFold = make_datetime_fold,
    .Time_FromTimeAndFold = make_time_fold,
};

static void forget(void) { Py_CLEAR(pyheap_utc); }

int pyheap_fill_datetime(PyObject *module) {
    PyTypeObject *const types[] = {&pyheap_delta_type, &pyheap_date_type, &pyheap_datetime_type,
                                   &pyheap_time_type,  &tzinfo_type,      &pyheap_timezone_type};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(types); k++)
        if (PyModule_AddType(module, types[k]) < 0) return -1;
    if (!pyheap_utc) {
        PyObject *none = make_delta(0, 0, 0, 0, &pyheap_delta_type);
        pyheap_utc = none ? make_timezone(none, NULL) : NULL;
        Py_XDECREF(none);
        if (!pyheap_utc) return -1;
        atexit(forget);
    }
    functions.TimeZone_UTC = pyheap_utc;
    if (PyModule_AddObjectRef(module, "UTC", pyheap_utc) < 0) return -1;
    return PyModule_Add(module, "datetime_CAPI", PyCapsule_New(&functions, PyDateTime_CAPSULE_NAME, NULL));
}
