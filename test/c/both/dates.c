// Dates, times, and their order. CPython and a heap must show the same.

#include "show.h"

#include <datetime.h>

static PyObject *zones[6], *moments[80];
static int count;

static void keep(PyObject *o) {
    if (o && count < (int)Py_ARRAY_LENGTH(moments))
        moments[count++] = o;
    else
        show("not kept", o);
}

static PyObject *zone_of(int seconds, int microseconds) {
    PyObject *offset = PyDelta_FromDSU(0, seconds, microseconds);
    PyObject *zone = offset ? PyTimeZone_FromOffset(offset) : NULL;
    Py_XDECREF(offset);
    return zone;
}

/* Zones of the program's own. */
static PyObject *nowhere(PyObject *o, PyObject *at) {
    (void)o, (void)at;
    Py_RETURN_NONE;
}
static PyObject *wrong(PyObject *o, PyObject *at) {
    (void)o;
    return PyUnicode_FromString(at == Py_None ? "None" : "a moment");
}
static PyObject *half(PyObject *o, PyObject *at) {
    (void)o;
    return PyDelta_FromDSU(0, at == Py_None ? 3600 : 1800, 0);
}
/* Without an address. */
static PyObject *zone_repr(PyObject *o) { return PyUnicode_FromFormat("<%s>", Py_TYPE(o)->tp_name); }
#define ZONE(name, zone_methods) \
    {PyVarObject_HEAD_INIT(NULL, 0).tp_name = name, .tp_flags = Py_TPFLAGS_DEFAULT, .tp_repr = zone_repr, \
     .tp_methods = zone_methods}
static PyMethodDef nowhere_methods[] = {{"utcoffset", nowhere, METH_O, NULL}, {0}};
static PyMethodDef wrong_methods[] = {{"utcoffset", wrong, METH_O, NULL}, {0}};
static PyMethodDef half_methods[] = {{"utcoffset", half, METH_O, NULL}, {0}};
static PyTypeObject ZoneTypes[] = {ZONE("dates.Nowhere", nowhere_methods), ZONE("dates.Wrong", wrong_methods),
                                   ZONE("dates.Half", half_methods)};
static PyTypeObject Derived[] = {
    {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "dates.Holiday", .tp_flags = Py_TPFLAGS_DEFAULT},
    {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "Instant", .tp_flags = Py_TPFLAGS_DEFAULT},
    {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "dates.deep.Hour", .tp_flags = Py_TPFLAGS_DEFAULT},
    {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "dates.Span", .tp_flags = Py_TPFLAGS_DEFAULT},
};

static int prepare(void) {
    PyTypeObject *bases[] = {PyDateTimeAPI->DateType, PyDateTimeAPI->DateTimeType, PyDateTimeAPI->TimeType,
                             PyDateTimeAPI->DeltaType};
    for (int k = 0; k < 4; k++) {
        Derived[k].tp_base = bases[k];
        if (PyType_Ready(&Derived[k]) < 0) return -1;
    }
    const int offsets[] = {3600, -3600, 19800};
    for (int k = 0; k < 3; k++) {
        zones[k] = zone_of(offsets[k], k);
        if (!zones[k]) return -1;
        ZoneTypes[k].tp_base = PyDateTimeAPI->TZInfoType;
        if (PyType_Ready(&ZoneTypes[k]) < 0) return -1;
        zones[3 + k] = PyObject_CallNoArgs((PyObject *)&ZoneTypes[k]);
        if (!zones[3 + k]) return -1;
    }
    return 0;
}

static void make_all(void) {
    const int days[][3] = {{1, 1, 1}, {1999, 12, 31}, {2000, 2, 29}, {2000, 3, 1}, {2024, 3, 1}, {9999, 12, 31}};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(days); k++) {
        keep(PyDate_FromDate(days[k][0], days[k][1], days[k][2]));
        keep(PyDateTime_FromDateAndTime(days[k][0], days[k][1], days[k][2], 0, 0, 0, 0));
    }
    /* The same instant at several offsets; the day before and after. */
    const int hours[][2] = {{1, 0}, {23, -1}, {5, 0}, {0, 0}, {0, 0}, {0, 0}};
    for (int k = 0; k < 6; k++) {
        keep(PyDateTimeAPI->DateTime_FromDateAndTime(2024, 3, 1 + (hours[k][1] < 0 ? 0 : 1), hours[k][0],
                                                     k == 2 ? 30 : 0, 0, k < 3 ? k : 0, zones[k],
                                                     PyDateTimeAPI->DateTimeType));
        keep(PyDateTimeAPI->Time_FromTime(hours[k][0], k == 2 ? 30 : 0, 0, k < 3 ? k : 0, zones[k],
                                          PyDateTimeAPI->TimeType));
    }
    keep(PyDateTimeAPI->DateTime_FromDateAndTime(2024, 3, 2, 0, 0, 0, 0, PyDateTime_TimeZone_UTC,
                                                 PyDateTimeAPI->DateTimeType));
    keep(PyDateTime_FromDateAndTimeAndFold(2024, 3, 1, 0, 0, 0, 0, 1));
    keep(PyTime_FromTime(10, 0, 0, 0));
    keep(PyTime_FromTimeAndFold(10, 0, 0, 0, 1));
    keep(PyTime_FromTime(10, 0, 0, 7));
    keep(PyDelta_FromDSU(0, 0, 0));
    keep(PyDelta_FromDSU(-1, 86399, 999999));
    keep(PyDelta_FromDSU(1, 0, 5));
    for (int k = 0; k < 3; k++) keep(Py_NewRef(zones[k]));
    keep(Py_NewRef(PyDateTime_TimeZone_UTC));
    keep(PyObject_CallFunction((PyObject *)&Derived[0], "iii", 2024, 3, 1));
    keep(PyObject_CallFunction((PyObject *)&Derived[1], "iiii", 2024, 3, 1, 0));
    keep(PyObject_CallFunction((PyObject *)&Derived[2], "ii", 10, 0));
    keep(PyObject_CallFunction((PyObject *)&Derived[3], "i", 1));
}

static PyObject *dates_show(PyObject *self, PyObject *unused) {
    static const char *const names[] = {"<", "<=", "==", "!=", ">", ">="};
    (void)self, (void)unused;
    shown = PyList_New(0);
    if (!shown || prepare() < 0) return NULL;
    make_all();
    for (int k = 0; k < count; k++) {
        SHOW(PyObject_Repr(moments[k]));
        SHOW(PyObject_Str(moments[k]));
        for (int other = 0; other < count; other++) {
            char label[24];
            for (int operator = 0; operator < 6; operator++) {
                snprintf(label, sizeof label, "%d %s %d", k, names[operator], other);
                show(label, PyObject_RichCompare(moments[k], moments[other], operator));
            }
            const int same = PyObject_RichCompareBool(moments[k], moments[other], Py_EQ);
            PyErr_Clear();
            if (same > 0 && PyObject_Hash(moments[k]) != PyObject_Hash(moments[other]))
                show_number("other hash", other);
            PyErr_Clear();
        }
    }
    while (count > 0) Py_DECREF(moments[--count]);
    for (size_t k = 0; k < Py_ARRAY_LENGTH(zones); k++) Py_CLEAR(zones[k]);
    PyObject *all = shown;
    shown = NULL;
    return all;
}

static PyMethodDef methods[] = {{"show", dates_show, METH_NOARGS, NULL}, {0}};
static PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "dates", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_dates(void) {
    PyDateTime_IMPORT;
    return PyDateTimeAPI ? PyModule_Create(&definition) : NULL;
}
