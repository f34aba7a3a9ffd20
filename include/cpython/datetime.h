/* Dates and times: the functions and types of CPython's module datetime, which come as a capsule. Call PyDateTime_IMPORT first. */
#ifndef DATETIME_H
#define DATETIME_H

#include <Python.h>

/* A date, a time, or both begin with a hash, and a byte that says whether there is a time zone. */
#define _PyDateTime_HEAD \
    PyObject_HEAD \
    Py_hash_t hashcode; \
    char hastzinfo;

typedef struct {
    PyObject_HEAD
    Py_hash_t hashcode;
    int days;
    int seconds;
    int microseconds;
} PyDateTime_Delta;

typedef struct {
    PyObject_HEAD
} PyDateTime_TZInfo;

typedef struct {
    _PyDateTime_HEAD
        /* The year in two bytes, the higher first; month; day. */
        unsigned char data[4];
} PyDateTime_Date;

typedef struct {
    _PyDateTime_HEAD
        /* Hour, minute, second, and microseconds in three bytes, the highest first. */
        unsigned char data[6];
    unsigned char fold;
    PyObject *tzinfo;
} PyDateTime_Time;

typedef struct {
    _PyDateTime_HEAD
        /* Those of a date, then those of a time. */
        unsigned char data[10];
    unsigned char fold;
    PyObject *tzinfo;
} PyDateTime_DateTime;

#define PyDateTime_GET_YEAR(o) ((((PyDateTime_Date *)(o))->data[0] << 8) | ((PyDateTime_Date *)(o))->data[1])
#define PyDateTime_GET_MONTH(o) (((PyDateTime_Date *)(o))->data[2])
#define PyDateTime_GET_DAY(o) (((PyDateTime_Date *)(o))->data[3])
#define _PyDateTime_MICROSECOND(data) (((data)[0] << 16) | ((data)[1] << 8) | (data)[2])
#define PyDateTime_DATE_GET_HOUR(o) (((PyDateTime_DateTime *)(o))->data[4])
#define PyDateTime_DATE_GET_MINUTE(o) (((PyDateTime_DateTime *)(o))->data[5])
#define PyDateTime_DATE_GET_SECOND(o) (((PyDateTime_DateTime *)(o))->data[6])
#define PyDateTime_DATE_GET_MICROSECOND(o) _PyDateTime_MICROSECOND(((PyDateTime_DateTime *)(o))->data + 7)
#define PyDateTime_DATE_GET_FOLD(o) (((PyDateTime_DateTime *)(o))->fold)
#define PyDateTime_DATE_GET_TZINFO(o) \
    (((PyDateTime_DateTime *)(o))->hastzinfo ? ((PyDateTime_DateTime *)(o))->tzinfo : Py_None)
#define PyDateTime_TIME_GET_HOUR(o) (((PyDateTime_Time *)(o))->data[0])
#define PyDateTime_TIME_GET_MINUTE(o) (((PyDateTime_Time *)(o))->data[1])
#define PyDateTime_TIME_GET_SECOND(o) (((PyDateTime_Time *)(o))->data[2])
#define PyDateTime_TIME_GET_MICROSECOND(o) _PyDateTime_MICROSECOND(((PyDateTime_Time *)(o))->data + 3)
#define PyDateTime_TIME_GET_FOLD(o) (((PyDateTime_Time *)(o))->fold)
#define PyDateTime_TIME_GET_TZINFO(o) (((PyDateTime_Time *)(o))->hastzinfo ? ((PyDateTime_Time *)(o))->tzinfo : Py_None)
#define PyDateTime_DELTA_GET_DAYS(o) (((PyDateTime_Delta *)(o))->days)
#define PyDateTime_DELTA_GET_SECONDS(o) (((PyDateTime_Delta *)(o))->seconds)
#define PyDateTime_DELTA_GET_MICROSECONDS(o) (((PyDateTime_Delta *)(o))->microseconds)

typedef struct {
    PyTypeObject *DateType;
    PyTypeObject *DateTimeType;
    PyTypeObject *TimeType;
    PyTypeObject *DeltaType;
    PyTypeObject *TZInfoType;
    PyObject *TimeZone_UTC;
    PyObject *(*Date_FromDate)(int year, int month, int day, PyTypeObject *type);
    PyObject *(*DateTime_FromDateAndTime)(int year, int month, int day, int hour, int minute, int second,
                                          int microsecond, PyObject *zone, PyTypeObject *type);
    PyObject *(*Time_FromTime)(int hour, int minute, int second, int microsecond, PyObject *zone, PyTypeObject *type);
    PyObject *(*Delta_FromDelta)(int days, int seconds, int microseconds, int normalize, PyTypeObject *type);
    PyObject *(*TimeZone_FromTimeZone)(PyObject *offset, PyObject *name);
    PyObject *(*DateTime_FromTimestamp)(PyObject *type, PyObject *args, PyObject *kwargs);
    PyObject *(*Date_FromTimestamp)(PyObject *type, PyObject *args);
    PyObject *(*DateTime_FromDateAndTimeAndFold)(int year, int month, int day, int hour, int minute, int second,
                                                 int microsecond, PyObject *zone, int fold, PyTypeObject *type);
    PyObject *(*Time_FromTimeAndFold)(int hour, int minute, int second, int microsecond, PyObject *zone, int fold,
                                      PyTypeObject *type);
} PyDateTime_CAPI;

#define PyDateTime_CAPSULE_NAME "datetime.datetime_CAPI"
static PyDateTime_CAPI *PyDateTimeAPI __attribute__((unused)) = NULL;
#define PyDateTime_IMPORT (PyDateTimeAPI = (PyDateTime_CAPI *)PyCapsule_Import(PyDateTime_CAPSULE_NAME, 0))
#define PyDateTime_TimeZone_UTC PyDateTimeAPI->TimeZone_UTC

#define PyDate_Check(o) PyObject_TypeCheck((o), PyDateTimeAPI->DateType)
#define PyDate_CheckExact(o) Py_IS_TYPE((o), PyDateTimeAPI->DateType)
#define PyDateTime_Check(o) PyObject_TypeCheck((o), PyDateTimeAPI->DateTimeType)
#define PyDateTime_CheckExact(o) Py_IS_TYPE((o), PyDateTimeAPI->DateTimeType)
#define PyTime_Check(o) PyObject_TypeCheck((o), PyDateTimeAPI->TimeType)
#define PyTime_CheckExact(o) Py_IS_TYPE((o), PyDateTimeAPI->TimeType)
#define PyDelta_Check(o) PyObject_TypeCheck((o), PyDateTimeAPI->DeltaType)
#define PyDelta_CheckExact(o) Py_IS_TYPE((o), PyDateTimeAPI->DeltaType)
#define PyTZInfo_Check(o) PyObject_TypeCheck((o), PyDateTimeAPI->TZInfoType)
#define PyTZInfo_CheckExact(o) Py_IS_TYPE((o), PyDateTimeAPI->TZInfoType)

#define PyDate_FromDate(year, month, day) PyDateTimeAPI->Date_FromDate((year), (month), (day), PyDateTimeAPI->DateType)
#define PyDateTime_FromDateAndTime(year, month, day, hour, minute, second, microsecond) \
    PyDateTimeAPI->DateTime_FromDateAndTime((year), (month), (day), (hour), (minute), (second), (microsecond), \
                                            Py_None, PyDateTimeAPI->DateTimeType)
#define PyDateTime_FromDateAndTimeAndFold(year, month, day, hour, minute, second, microsecond, fold) \
    PyDateTimeAPI->DateTime_FromDateAndTimeAndFold((year), (month), (day), (hour), (minute), (second), (microsecond), \
                                                   Py_None, (fold), PyDateTimeAPI->DateTimeType)
#define PyTime_FromTime(hour, minute, second, microsecond) \
    PyDateTimeAPI->Time_FromTime((hour), (minute), (second), (microsecond), Py_None, PyDateTimeAPI->TimeType)
#define PyTime_FromTimeAndFold(hour, minute, second, microsecond, fold) \
    PyDateTimeAPI->Time_FromTimeAndFold((hour), (minute), (second), (microsecond), Py_None, (fold), \
                                        PyDateTimeAPI->TimeType)
#define PyDelta_FromDSU(days, seconds, microseconds) \
    PyDateTimeAPI->Delta_FromDelta((days), (seconds), (microseconds), 1, PyDateTimeAPI->DeltaType)
#define PyTimeZone_FromOffset(offset) PyDateTimeAPI->TimeZone_FromTimeZone((offset), NULL)
#define PyTimeZone_FromOffsetAndName(offset, name) PyDateTimeAPI->TimeZone_FromTimeZone((offset), (name))
#define PyDateTime_FromTimestamp(args) \
    PyDateTimeAPI->DateTime_FromTimestamp((PyObject *)PyDateTimeAPI->DateTimeType, (args), NULL)
#define PyDate_FromTimestamp(args) PyDateTimeAPI->Date_FromTimestamp((PyObject *)PyDateTimeAPI->DateType, (args))

#endif
