// Calls of the functions for containers: sequences and mappings of abstract.h, tupleobject.h, listobject.h, dictobject.h, setobject.h.

#include "calls.h"

static void show_sequences(void) {
    FOR_X(ANY, NUM(PySequence_Check(x)))
    FOR_X(ANY, NUM(PySequence_Size(x)))
    FOR_X(ANY, NUM(PySequence_Length(x)))
    FOR_X(ANY, NEW(PySequence_List(x)))
    FOR_X(ANY, NEW(PySequence_Tuple(x)))
    FOR_X(ANY, NEW(PySequence_Fast(x, "no sequence")))
    FOR_XY(ANY, FEW, NEW(PySequence_Concat(x, y)))
    FOR_XY(ANY, FEW, NEW(PySequence_InPlaceConcat(x, y)))
    FOR_XY(ANY, FEW, NUM(PySequence_Contains(x, y)))
    FOR_XY(ANY, FEW, NUM(PySequence_In(x, y)))
    FOR_XY(ANY, FEW, NUM(PySequence_Count(x, y)))
    FOR_XY(ANY, FEW, NUM(PySequence_Index(x, y)))
    FOR_X(ANY, FOR_I(NEW(PySequence_GetItem(x, i))))
    FOR_X(ANY, FOR_I(NUM(PySequence_DelItem(x, i))))
    FOR_XY(ANY, FEW, FOR_I(NUM(PySequence_SetItem(x, i, y))))
    FOR_X(ANY, FOR_I(if (i < 4) NEW(PySequence_Repeat(x, i))))
    FOR_X(ANY, FOR_I(if (i < 4) NEW(PySequence_InPlaceRepeat(x, i))))
    FOR_X(NOT_SLICED, FOR_IJ(NEW(PySequence_GetSlice(x, i, j))))
    FOR_X(NOT_SLICED, FOR_I(NUM(PySequence_DelSlice(x, i, 2))))
    FOR_X(NOT_SLICED, FOR_I(NUM(PySequence_DelSlice(x, 0, i))))
    FOR_XY(NOT_SLICED, FEW, FOR_I(NUM(PySequence_SetSlice(x, i, 2, y))))
}

static void show_mappings(void) {
    FOR_X(ANY, NUM(PyMapping_Check(x)))
    FOR_X(ANY, NUM(PyMapping_Size(x)))
    FOR_X(ANY, NUM(PyMapping_Length(x)))
    FOR_X(ANY, NEW(PyMapping_Keys(x)))
    FOR_X(ANY, NEW(PyMapping_Values(x)))
    FOR_X(ANY, NEW(PyMapping_Items(x)))
    FOR_XY(NOT_TYPES, FEW, NUM(PyMapping_HasKeyWithError(x, y)))
    FOR_XY(NOT_TYPES, FEW, NUM(PyMapping_HasKey(x, y)))
    FOR_XY(NOT_TYPES, FEW, OUT(PyMapping_GetOptionalItem(x, y, &out)))
    FOR_X(NOT_TYPES, FOR_S({
              NEW(PyMapping_GetItemString(x, s));
              NUM(PyMapping_HasKeyStringWithError(x, s));
              NUM(PyMapping_HasKeyString(x, s));
              OUT(PyMapping_GetOptionalItemString(x, s, &out));
          }))
    FOR_XY(NOT_TYPES, FEW, FOR_S(NUM(PyMapping_SetItemString(x, s, y))))
}

static void show_lists(void) {
    FOR_X(ANY, NUM(PyList_Size(x)))
    FOR_X(ANY, NEW(PyList_AsTuple(x)))
    FOR_X(ANY, NUM(PyList_Sort(x)))
    FOR_X(ANY, NUM(PyList_Reverse(x)))
    FOR_X(ANY, NUM(PyList_Clear(x)))
    FOR_X(ANY, FOR_I(LENT(PyList_GetItem(x, i))))
    FOR_X(ANY, FOR_I(NEW(PyList_GetItemRef(x, i))))
    FOR_X(ANY, FOR_IJ(NEW(PyList_GetSlice(x, i, j))))
    FOR_XY(ANY, FEW, NUM(PyList_Append(x, y)))
    FOR_XY(ANY, FEW, NUM(PyList_Extend(x, y)))
    FOR_XY(ANY, FEW, FOR_I(NUM(PyList_SetItem(x, i, Py_NewRef(y)))))
    FOR_XY(ANY, FEW, FOR_I(NUM(PyList_Insert(x, i, y))))
    FOR_XY(ANY, FEW, FOR_I(NUM(PyList_SetSlice(x, i, 2, y))))
    FOR_X(LISTS, FOR_I(NUM(PyList_SetSlice(x, 0, i, NULL))))
    NEW(PyList_New(0));
    NEW(PyList_New(-1));
}

static void show_tuples(void) {
    FOR_X(ANY, NUM(PyTuple_Size(x)))
    FOR_X(ANY, FOR_I(LENT(PyTuple_GetItem(x, i))))
    FOR_X(ANY, FOR_IJ(NEW(PyTuple_GetSlice(x, i, j))))
    FOR_XY(ANY, FEW, FOR_I(NUM(PyTuple_SetItem(x, i, Py_NewRef(y)))))
    FOR_XY(FEW, FEW, NEW(PyTuple_Pack(2, x, y)))
    FOR_X(ANY, {
        for (int n = 0; n < 3; n++) {
            PyObject *out = Py_BuildValue("(OO)", x, x);
            snprintf(numbers, sizeof numbers, ", %d", n);
            NUM(_PyTuple_Resize(&out, n));
            NEW(out);
        }
    })
    NEW(PyTuple_New(0));
    NEW(PyTuple_New(-1));
    NEW(PyTuple_Pack(0));
}

static void show_dicts(void) {
    NEW(PyDict_New());
    NEW(_PyDict_NewPresized(100));
    FOR_X(ANY, NUM(PyDict_Size(x)))
    FOR_X(ANY, NEW(PyDict_Copy(x)))
    FOR_X(ANY, NEW(PyDict_Keys(x)))
    FOR_X(ANY, NEW(PyDict_Values(x)))
    FOR_X(ANY, NEW(PyDict_Items(x)))
    FOR_X(ANY, VOID(PyDict_Clear(x)))
    FOR_XY(ANY, FEW, LENT(PyDict_GetItem(x, y)))
    FOR_XY(ANY, FEW, LENT(PyDict_GetItemWithError(x, y)))
    FOR_XY(DICTS, ANY, LENT(PyDict_GetItemWithError(x, y)))
    FOR_XY(ANY, FEW, OUT(PyDict_GetItemRef(x, y, &out)))
    FOR_XY(DICTS, ANY, NUM(PyDict_Contains(x, y)))
    FOR_XY(ANY, FEW, NUM(PyDict_DelItem(x, y)))
    FOR_XY(DICTS, ANY, NUM(PyDict_DelItem(x, y)))
    FOR_XYZ(DICTS, ANY, FEW, {
        NUM(PyDict_SetItem(x, y, z));
        LENT(PyDict_SetDefault(x, y, z));
        OUT(PyDict_SetDefaultRef(x, y, z, &out));
        OUT(PyDict_Pop(x, y, &out));
    })
    FOR_XY(ANY, FEW, {
        NUM(PyDict_SetItem(x, y, y));
        LENT(PyDict_SetDefault(x, y, y));
        OUT(PyDict_SetDefaultRef(x, y, y, &out));
        OUT(PyDict_Pop(x, y, &out));
    })
    FOR_XY(ANY, FEW, FOR_S(NUM(PyDict_SetItemString(x, s, y))))
    FOR_X(ANY, FOR_S({
              LENT(PyDict_GetItemString(x, s));
              OUT(PyDict_GetItemStringRef(x, s, &out));
              if (PyDict_Check(x)) NUM(PyDict_ContainsString(x, s));
              OUT(PyDict_PopString(x, s, &out));
              NUM(PyDict_DelItemString(x, s));
          }))
    FOR_X(DICTS, {
        Py_ssize_t at = 0;
        PyObject *key = NULL, *value = NULL;
        while (PyDict_Next(x, &at, &key, &value)) LENT(key), LENT(value);
        NUM(PyDict_Next(x, &at, &key, &value));
    })
    FOR_XY(ANY, FEW_NOT_TYPES, NUM(PyDict_Update(x, y)))
    FOR_XY(DICTS, NOT_TYPES, {
        NUM(PyDict_Update(x, y));
        NUM(PyDict_Merge(x, y, 0));
        NUM(PyDict_Merge(x, y, 1));
        NUM(PyDict_Merge(x, y, 2));
    })
    FOR_XY(DICTS, ANY, NUM(PyDict_MergeFromSeq2(x, y, 0)))
    FOR_XY(DICTS, ANY, NUM(PyDict_MergeFromSeq2(x, y, 1)))
    FOR_XY(DICTS, FEW, {
        const Py_hash_t hash = PyObject_Hash(y);
        if (hash != -1) {
            LENT(_PyDict_GetItem_KnownHash(x, y, hash));
            NUM(_PyDict_SetItem_KnownHash(x, y, y, hash));
        }
        PyErr_Clear();
    })
}

static void show_sets(void) {
    NEW(PySet_New(NULL));
    NEW(PyFrozenSet_New(NULL));
    FOR_X(ANY, NUM(PySet_Size(x)))
    FOR_X(ANY, NUM(PySet_Clear(x)))
    FOR_X(ANY, NEW(PySet_New(x)))
    FOR_X(ANY, NEW(PyFrozenSet_New(x)))
    FOR_XY(ANY, FEW, NUM(PySet_Contains(x, y)))
    FOR_XY(SETS, ANY, NUM(PySet_Contains(x, y)))
    FOR_XY(ANY, FEW, NUM(PySet_Add(x, y)))
    FOR_XY(ANY, FEW, NUM(PySet_Discard(x, y)))
    FOR_XY(SETS, ANY, NUM(PySet_Discard(x, y)))
    FOR_X(ANY, {
        NEW(PySet_Pop(x));
        NEW(PySet_Pop(x));
        NEW(PySet_Pop(x));
    })
}

MODULE(calls_containers, show_sequences(), show_mappings(), show_lists(), show_tuples(), show_dicts(), show_sets())
