/* What can be done with any object: the manual's chapter "Abstract Objects Layer", except attributes and calls.
 *
 * Functions that return an object return a new reference, or NULL with an error. Functions that return a number return -1
 * with an error. The caller keeps the references that it gives.
 */
#ifndef Py_ABSTRACT_H
#define Py_ABSTRACT_H

#include "object.h"
#include "listobject.h"
#include "tupleobject.h"

/* ---- objects ---- */

/* If o is NULL: "<NULL>". */
PyAPI_FUNC(PyObject *) PyObject_Repr(PyObject *o);
PyAPI_FUNC(PyObject *) PyObject_Str(PyObject *o);
PyAPI_FUNC(PyObject *) PyObject_ASCII(PyObject *o);
PyAPI_FUNC(PyObject *) PyObject_Bytes(PyObject *o);
PyAPI_FUNC(Py_hash_t) PyObject_Hash(PyObject *o);
PyAPI_FUNC(Py_hash_t) PyObject_HashNotImplemented(PyObject *o);
PyAPI_FUNC(PyObject *) PyObject_RichCompare(PyObject *a, PyObject *b, int op);
PyAPI_FUNC(int) PyObject_RichCompareBool(PyObject *a, PyObject *b, int op);
PyAPI_FUNC(int) PyObject_IsTrue(PyObject *o);
PyAPI_FUNC(int) PyObject_Not(PyObject *o);
PyAPI_FUNC(PyObject *) PyObject_Type(PyObject *o);
PyAPI_FUNC(Py_ssize_t) PyObject_Size(PyObject *o);
PyAPI_FUNC(Py_ssize_t) PyObject_Length(PyObject *o);
PyAPI_FUNC(Py_ssize_t) PyObject_LengthHint(PyObject *o, Py_ssize_t other);
PyAPI_FUNC(PyObject *) PyObject_GetItem(PyObject *o, PyObject *key);
PyAPI_FUNC(int) PyObject_SetItem(PyObject *o, PyObject *key, PyObject *value);
PyAPI_FUNC(int) PyObject_DelItem(PyObject *o, PyObject *key);
PyAPI_FUNC(int) PyObject_DelItemString(PyObject *o, const char *key);

/* ---- iterators ---- */

PyAPI_FUNC(PyObject *) PyObject_GetIter(PyObject *o);
PyAPI_FUNC(PyObject *) PySeqIter_New(PyObject *o);
PyAPI_FUNC(int) PyIter_Check(PyObject *o);
/* NULL at the end, without an error. */
PyAPI_FUNC(PyObject *) PyIter_Next(PyObject *iterator);
/* Stores the next item in *item and returns 1; NULL and 0 at the end; NULL and -1 with an error. */
PyAPI_FUNC(int) PyIter_NextItem(PyObject *iterator, PyObject **item);

/* ---- numbers ---- */

PyAPI_FUNC(int) PyNumber_Check(PyObject *o);
PyAPI_FUNC(PyObject *) PyNumber_Add(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Subtract(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Multiply(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_MatrixMultiply(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_FloorDivide(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_TrueDivide(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Remainder(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Divmod(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Power(PyObject *a, PyObject *b, PyObject *modulus);
PyAPI_FUNC(PyObject *) PyNumber_Negative(PyObject *o);
PyAPI_FUNC(PyObject *) PyNumber_Positive(PyObject *o);
PyAPI_FUNC(PyObject *) PyNumber_Absolute(PyObject *o);
PyAPI_FUNC(PyObject *) PyNumber_Invert(PyObject *o);
PyAPI_FUNC(PyObject *) PyNumber_Lshift(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Rshift(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_And(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Xor(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_Or(PyObject *a, PyObject *b);

PyAPI_FUNC(PyObject *) PyNumber_InPlaceAdd(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceSubtract(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceMultiply(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceMatrixMultiply(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceFloorDivide(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceTrueDivide(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceRemainder(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlacePower(PyObject *a, PyObject *b, PyObject *modulus);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceLshift(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceRshift(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceAnd(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceXor(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PyNumber_InPlaceOr(PyObject *a, PyObject *b);

PyAPI_FUNC(PyObject *) PyNumber_Long(PyObject *o);
PyAPI_FUNC(PyObject *) PyNumber_Float(PyObject *o);
PyAPI_FUNC(PyObject *) PyNumber_Index(PyObject *o);
/* If the value does not fit: the nearest Py_ssize_t if `type` is NULL, else -1 with an exception of that type. */
PyAPI_FUNC(Py_ssize_t) PyNumber_AsSsize_t(PyObject *o, PyObject *type);
PyAPI_FUNC(PyObject *) PyNumber_ToBase(PyObject *o, int base);
/* The names of Python 1.5. */
#define PyNumber_Int PyNumber_Long
#define PyNumber_Divide PyNumber_FloorDivide

/* ---- sequences ---- */

PyAPI_FUNC(int) PySequence_Check(PyObject *o);
PyAPI_FUNC(Py_ssize_t) PySequence_Size(PyObject *o);
PyAPI_FUNC(Py_ssize_t) PySequence_Length(PyObject *o);
PyAPI_FUNC(PyObject *) PySequence_Concat(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PySequence_Repeat(PyObject *o, Py_ssize_t count);
PyAPI_FUNC(PyObject *) PySequence_InPlaceConcat(PyObject *a, PyObject *b);
PyAPI_FUNC(PyObject *) PySequence_InPlaceRepeat(PyObject *o, Py_ssize_t count);
PyAPI_FUNC(PyObject *) PySequence_GetItem(PyObject *o, Py_ssize_t k);
PyAPI_FUNC(PyObject *) PySequence_GetSlice(PyObject *o, Py_ssize_t start, Py_ssize_t stop);
PyAPI_FUNC(int) PySequence_SetItem(PyObject *o, Py_ssize_t k, PyObject *value);
PyAPI_FUNC(int) PySequence_DelItem(PyObject *o, Py_ssize_t k);
PyAPI_FUNC(int) PySequence_SetSlice(PyObject *o, Py_ssize_t start, Py_ssize_t stop, PyObject *items);
PyAPI_FUNC(int) PySequence_DelSlice(PyObject *o, Py_ssize_t start, Py_ssize_t stop);
PyAPI_FUNC(Py_ssize_t) PySequence_Count(PyObject *o, PyObject *item);
PyAPI_FUNC(int) PySequence_Contains(PyObject *o, PyObject *item);
PyAPI_FUNC(int) PySequence_In(PyObject *o, PyObject *item);
PyAPI_FUNC(Py_ssize_t) PySequence_Index(PyObject *o, PyObject *item);
PyAPI_FUNC(PyObject *) PySequence_List(PyObject *o);
PyAPI_FUNC(PyObject *) PySequence_Tuple(PyObject *o);

/* A list or tuple of the items; it may be the object itself. If o is not iterable, the text is TypeError's message. */
PyAPI_FUNC(PyObject *) PySequence_Fast(PyObject *o, const char *text);
#define PySequence_Fast_GET_SIZE(o) Py_SIZE(o)
#define PySequence_Fast_ITEMS(o) (PyList_Check(o) ? ((PyListObject *)(o))->ob_item : ((PyTupleObject *)(o))->ob_item)
#define PySequence_Fast_GET_ITEM(o, k) (PySequence_Fast_ITEMS(o)[(k)])
/* A new reference. The object must be a sequence; a negative index does not count from the end. */
#define PySequence_ITEM(o, k) PySequence_GetItem((o), (k))

/* ---- mappings ---- */

PyAPI_FUNC(int) PyMapping_Check(PyObject *o);
PyAPI_FUNC(Py_ssize_t) PyMapping_Size(PyObject *o);
PyAPI_FUNC(Py_ssize_t) PyMapping_Length(PyObject *o);
/* These return lists. */
PyAPI_FUNC(PyObject *) PyMapping_Keys(PyObject *o);
PyAPI_FUNC(PyObject *) PyMapping_Values(PyObject *o);
PyAPI_FUNC(PyObject *) PyMapping_Items(PyObject *o);
PyAPI_FUNC(PyObject *) PyMapping_GetItemString(PyObject *o, const char *key);
PyAPI_FUNC(int) PyMapping_SetItemString(PyObject *o, const char *key, PyObject *value);
#define PyMapping_DelItem(o, key) PyObject_DelItem((o), (key))
#define PyMapping_DelItemString(o, key) PyObject_DelItemString((o), (key))
/* Stores a new reference in *value and returns 1; NULL and 0 if there is no such key; NULL and -1 with an error other
   than KeyError. */
PyAPI_FUNC(int) PyMapping_GetOptionalItem(PyObject *o, PyObject *key, PyObject **value);
PyAPI_FUNC(int) PyMapping_GetOptionalItemString(PyObject *o, const char *key, PyObject **value);
/* 1 or 0. The functions named WithError return -1 with an error; the others clear it. */
PyAPI_FUNC(int) PyMapping_HasKeyWithError(PyObject *o, PyObject *key);
PyAPI_FUNC(int) PyMapping_HasKeyStringWithError(PyObject *o, const char *key);
PyAPI_FUNC(int) PyMapping_HasKey(PyObject *o, PyObject *key);
PyAPI_FUNC(int) PyMapping_HasKeyString(PyObject *o, const char *key);

#endif
