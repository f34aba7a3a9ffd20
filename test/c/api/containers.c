/* Tuples, lists, dicts, sets, weak references and iterators. */
#include "check.h"

int test_tuple(void) {
    PyObject *t = NEW(PyTuple_New(2)), *i = NEW(PyLong_FromLong(1000));
    STEP(t && i && PyTuple_Check(t) && PyTuple_CheckExact(t) && !PyTuple_Check(i));
    /* A tuple can be released before all its items are set. */
    SAME_COUNT(i, {
        PyObject *half = PyTuple_New(3);
        if (half) PyTuple_SET_ITEM(half, 1, Py_NewRef(i));
        Py_XDECREF(half);
    });
    STEP(PyTuple_SetItem(t, 0, Py_NewRef(i)) == 0 && PyTuple_SetItem(t, 1, Py_NewRef(i)) == 0);
    STEP(PyTuple_Size(t) == 2 && PyTuple_GET_SIZE(t) == 2 && PyTuple_GetItem(t, 1) == i && PyTuple_GET_ITEM(t, 0) == i);
    SAME_COUNT(i, FAILS_NUMBER(PyTuple_SetItem(t, 2, Py_NewRef(i)), IndexError, "tuple assignment index out of range"));
    keep(Py_NewRef(t));
    SAME_COUNT(i, FAILS_NUMBER(PyTuple_SetItem(t, 0, Py_NewRef(i)), SystemError, "bad argument to internal function"));
    FAILS(PyTuple_GetItem(t, -1), IndexError, "tuple index out of range");
    FAILS(PyTuple_GetItem(i, 0), SystemError, "bad argument to internal function");
    FAILS_NUMBER(PyTuple_Size(i), SystemError, "bad argument to internal function");
    FAILS(PyTuple_New(-1), SystemError, "bad argument to internal function");
    STEP(NEW(PyTuple_New(0)) == NEW(PyTuple_New(0)));
    PyObject *packed = NEW(PyTuple_Pack(3, i, Py_None, i));
    STEP(IS(packed, "(1000, None, 1000)") && IS(NEW(PyTuple_GetSlice(packed, -5, 2)), "(1000, None)") &&
         IS(NEW(PyTuple_GetSlice(packed, 2, 1)), "()"));
    PyObject *grown = PyTuple_Pack(2, i, i), *shrunk = PyTuple_Pack(2, i, i);
    const int failed = (grown && _PyTuple_Resize(&grown, 3) != 0) || (shrunk && _PyTuple_Resize(&shrunk, 1) != 0);
    keep(grown);
    keep(shrunk);
    STEP(grown && shrunk && !failed && IS(grown, "(1000, 1000, None)") && IS(shrunk, "(1000,)"));
    PyObject *shared = Py_NewRef(packed);
    FAILS_NUMBER(_PyTuple_Resize(&shared, 1), SystemError, "bad argument to internal function");
    STEP(!shared);
    return 0;
}

int test_list(void) {
    PyObject *l = NEW(PyList_New(2)), *i = NEW(PyLong_FromLong(1000)), *t = NEW(Py_BuildValue("(ii)", 3, 1));
    STEP(l && i && t && PyList_Check(l) && PyList_CheckExact(l) && !PyList_Check(t));
    SAME_COUNT(i, {
        PyObject *half = PyList_New(3);
        if (half) PyList_SET_ITEM(half, 1, Py_NewRef(i));
        Py_XDECREF(half);
    });
    PyList_SET_ITEM(l, 0, Py_NewRef(i));
    STEP(PyList_SetItem(l, 1, Py_NewRef(Py_True)) == 0 && IS(l, "[1000, True]"));
    STEP(PyList_Size(l) == 2 && PyList_GET_SIZE(l) == 2 && PyList_GetItem(l, 0) == i && PyList_GET_ITEM(l, 0) == i &&
         NEW(PyList_GetItemRef(l, 0)) == i);
    SAME_COUNT(i, FAILS_NUMBER(PyList_SetItem(l, 2, Py_NewRef(i)), IndexError, "list assignment index out of range"));
    SAME_COUNT(i, FAILS_NUMBER(PyList_SetItem(t, 0, Py_NewRef(i)), SystemError, "bad argument to internal function"));
    FAILS(PyList_GetItem(l, 2), IndexError, "list index out of range");
    FAILS(PyList_GetItem(l, -1), IndexError, "list index out of range");
    FAILS(PyList_GetItemRef(t, 0), TypeError, "expected a list");
    FAILS(PyList_New(-1), SystemError, "bad argument to internal function");
    STEP(PyList_Append(l, i) == 0 && PyList_Insert(l, -100, Py_None) == 0 && IS(l, "[None, 1000, True, 1000]"));
    FAILS_NUMBER(PyList_Append(t, i), SystemError, "bad argument to internal function");
    FAILS_NUMBER(PyList_Insert(l, 0, NULL), SystemError, "bad argument to internal function");
    STEP(IS(NEW(PyList_GetSlice(l, 1, 3)), "[1000, True]") && IS(NEW(PyList_GetSlice(l, 3, 1)), "[]"));
    STEP(PyList_SetSlice(l, 0, 3, t) == 0 && IS(l, "[3, 1, 1000]") && PyList_SetSlice(l, 2, 3, NULL) == 0 &&
         IS(l, "[3, 1]"));
    FAILS_NUMBER(PyList_SetSlice(l, 0, 1, i), TypeError, "can only assign an iterable");
    STEP(PyList_Extend(l, t) == 0 && PyList_Extend(l, l) == 0 && IS(l, "[3, 1, 3, 1, 3, 1, 3, 1]"));
    FAILS_NUMBER(PyList_Extend(l, i), TypeError, "'int' object is not iterable");
    STEP(PyList_Sort(l) == 0 && PyList_Reverse(l) == 0 && IS(NEW(PyList_AsTuple(l)), "(3, 3, 3, 3, 1, 1, 1, 1)"));
    PyObject *mixed = NEW(Py_BuildValue("[is]", 1, "a"));
    STEP(mixed);
    FAILS_NUMBER(PyList_Sort(mixed), TypeError, "'<' not supported between instances of 'str' and 'int'");
    STEP(PyList_Clear(l) == 0 && PyList_Size(l) == 0);
    FAILS_NUMBER(PyList_Sort(t), SystemError, "bad argument to internal function");
    FAILS(PyList_AsTuple(t), SystemError, "bad argument to internal function");
    return 0;
}

int test_dict(void) {
    PyObject *d = NEW(PyDict_New()), *key = NEW(PyUnicode_FromString("k")), *i = NEW(PyLong_FromLong(1000)),
             *list = NEW(PyList_New(0)), *value;
    STEP(d && key && i && list && PyDict_Check(d) && PyDict_CheckExact(d) && !PyDict_Check(list));
    STEP(PyDict_SetItem(d, key, i) == 0 && PyDict_SetItemString(d, "other", Py_None) == 0 && PyDict_Size(d) == 2 &&
         PyDict_GET_SIZE(d) == 2);
    SAME_COUNT(i, STEP(PyDict_GetItem(d, key) == i && PyDict_GetItemWithError(d, key) == i &&
                       PyDict_GetItemString(d, "k") == i));
    STEP(PyDict_GetItemRef(d, key, &value) == 1 && keep(value) == i && PyDict_GetItemStringRef(d, "k", &value) == 1 &&
         keep(value) == i);
    STEP(!PyDict_GetItem(d, i) && !PyDict_GetItemWithError(d, i) && !PyErr_Occurred());
    STEP(PyDict_GetItemRef(d, i, &value) == 0 && value == NULL && PyDict_GetItemStringRef(d, "no", &value) == 0 &&
         value == NULL);
    /* An unhashable key. */
    STEP(!PyDict_GetItem(d, list) && !PyErr_Occurred());
    const char *unhashable = "cannot use 'list' as a dict key (unhashable type: 'list')";
    FAILS(PyDict_GetItemWithError(d, list), TypeError, unhashable);
    STEP(PyDict_GetItemRef(d, list, &value) == -1 && value == NULL && SAYS(TypeError, unhashable));
    FAILS_NUMBER(PyDict_SetItem(d, list, i), TypeError, unhashable);
    FAILS_NUMBER(PyDict_Contains(d, list), TypeError, unhashable);
    /* Not a dict. */
    STEP(!PyDict_GetItem(list, key) && !PyErr_Occurred());
    FAILS(PyDict_GetItemWithError(list, key), SystemError, "bad argument to internal function");
    FAILS_NUMBER(PyDict_SetItem(list, key, i), SystemError, "bad argument to internal function");
    FAILS_NUMBER(PyDict_Size(list), SystemError, "bad argument to internal function");
    FAILS(PyDict_Keys(list), SystemError, "bad argument to internal function");
    STEP(PyDict_Contains(d, key) == 1 && PyDict_Contains(d, i) == 0 && PyDict_ContainsString(d, "other") == 1 &&
         PyDict_ContainsString(d, "no") == 0);
    STEP(IS(NEW(PyDict_Keys(d)), "['k', 'other']") && IS(NEW(PyDict_Values(d)), "[1000, None]") &&
         IS(NEW(PyDict_Items(d)), "[('k', 1000), ('other', None)]"));
    Py_ssize_t at = 0, n = 0;
    PyObject *k, *v;
    SAME_COUNT(i, while (PyDict_Next(d, &at, &k, &v)) n += PyUnicode_GET_LENGTH(k) * 10 + (v == Py_None));
    STEP(n == 61);
    STEP(PyDict_DelItemString(d, "other") == 0 && PyDict_DelItem(d, key) == 0 && PyDict_Size(d) == 0);
    FAILS_NUMBER(PyDict_DelItem(d, i), KeyError, "1000");
    FAILS_NUMBER(PyDict_DelItemString(d, "k"), KeyError, "'k'");
    STEP(PyDict_SetDefault(d, key, i) == i && PyDict_SetDefault(d, key, Py_None) == i);
    STEP(PyDict_SetDefaultRef(d, key, Py_None, &value) == 1 && keep(value) == i &&
         PyDict_SetDefaultRef(d, i, key, &value) == 0 && keep(value) == key);
    STEP(PyDict_SetDefaultRef(d, key, Py_None, NULL) == 1);
    STEP(PyDict_Pop(d, key, &value) == 1 && keep(value) == i && PyDict_Pop(d, key, &value) == 0 && value == NULL);
    STEP(PyDict_Pop(d, i, NULL) == 1 && PyDict_PopString(d, "k", &value) == 0 && value == NULL && !PyErr_Occurred());
    STEP(PyDict_SetItemString(d, "x", i) == 0 && PyDict_PopString(d, "x", &value) == 1 && keep(value) == i);
    return 0;
}

int test_dict_merge(void) {
    PyObject *d = NEW(Py_BuildValue("{s:i,s:i}", "a", 1, "b", 2)), *e = NEW(Py_BuildValue("{s:i,s:i}", "b", 3, "c", 4)),
             *i = NEW(PyLong_FromLong(3));
    STEP(d && e && i);
    PyObject *copy = NEW(PyDict_Copy(d));
    STEP(copy && copy != d && IS(copy, "{'a': 1, 'b': 2}"));
    STEP(PyDict_Merge(copy, e, 0) == 0 && IS(copy, "{'a': 1, 'b': 2, 'c': 4}"));
    STEP(PyDict_Merge(copy, e, 1) == 0 && IS(copy, "{'a': 1, 'b': 3, 'c': 4}"));
    STEP(PyDict_Update(d, e) == 0 && IS(d, "{'a': 1, 'b': 3, 'c': 4}"));
    FAILS_NUMBER(PyDict_Update(d, i), AttributeError, "'int' object has no attribute 'keys'");
    PyObject *pairs = NEW(Py_BuildValue("[(si)[si]]", "c", 5, "d", 6)), *one = NEW(Py_BuildValue("[(ii)i]", 1, 2, 3)),
             *three = NEW(Py_BuildValue("[(i)]", 1));
    STEP(pairs && one && three);
    STEP(PyDict_MergeFromSeq2(d, pairs, 0) == 0 && IS(d, "{'a': 1, 'b': 3, 'c': 4, 'd': 6}"));
    STEP(PyDict_MergeFromSeq2(d, pairs, 1) == 0 && IS(d, "{'a': 1, 'b': 3, 'c': 5, 'd': 6}"));
    FAILS_NUMBER(PyDict_MergeFromSeq2(d, one, 1), TypeError, "object is not iterable");
    FAILS_NUMBER(PyDict_MergeFromSeq2(d, three, 1), ValueError,
                 "dictionary update sequence element #0 has length 1; 2 is required");
    PyDict_Clear(d);
    STEP(IS(d, "{}"));
    return 0;
}

int test_set(void) {
    PyObject *s = NEW(PySet_New(NULL)), *i = NEW(PyLong_FromLong(1000)), *list = NEW(Py_BuildValue("[iii]", 1, 2, 1));
    STEP(s && i && list);
    PyObject *f = NEW(PyFrozenSet_New(list)), *full = NEW(PySet_New(list));
    STEP(f && full && IS(NEW(PyFrozenSet_New(f)), "frozenset({1, 2})") && IS(full, "{1, 2}"));
    STEP(PySet_Check(s) && PySet_CheckExact(s) && !PySet_Check(f) && PyFrozenSet_Check(f) &&
         PyFrozenSet_CheckExact(f) && !PyFrozenSet_Check(s));
    STEP(PyAnySet_Check(f) && PyAnySet_CheckExact(s) && !PyAnySet_Check(list));
    STEP(PySet_Add(s, i) == 0 && PySet_Add(s, i) == 0 && PySet_Size(s) == 1 && PySet_GET_SIZE(s) == 1 &&
         PySet_Contains(s, i) == 1 && PySet_Contains(f, i) == 0);
    FAILS_NUMBER(PySet_Add(list, i), SystemError, "bad argument to internal function");
    FAILS_NUMBER(PySet_Add(s, list), TypeError, "cannot use 'list' as a set element (unhashable type: 'list')");
    FAILS_NUMBER(PySet_Contains(s, full), TypeError, "cannot use 'set' as a set element (unhashable type: 'set')");
    PyObject *fresh = NEW(PyFrozenSet_New(NULL));
    STEP(fresh && PySet_Add(fresh, i) == 0 && PySet_Size(fresh) == 1);
    STEP(PySet_Discard(s, i) == 1 && PySet_Discard(s, i) == 0);
    FAILS_NUMBER(PySet_Discard(f, i), SystemError, "bad argument to internal function");
    FAILS(PySet_Pop(s), KeyError, "'pop from an empty set'");
    STEP(PySet_Add(s, i) == 0 && NEW(PySet_Pop(s)) == i && PySet_Clear(full) == 0 && PySet_Size(full) == 0);
    FAILS_NUMBER(PySet_Clear(f), SystemError, "bad argument to internal function");
    FAILS(PySet_New(i), TypeError, "'int' object is not iterable");
    PyObject *it = NEW(PyObject_GetIter(list));
    STEP(it && IS(NEW(PySet_New(it)), "{1, 2}"));
    return 0;
}

int test_weakref(void) {
    PyObject *s = NEW(PySet_New(NULL)), *i = NEW(PyLong_FromLong(1000)), *o;
    STEP(s && i);
    PyObject *r = NEW(PyWeakref_NewRef(s, NULL));
    STEP(r && NEW(PyWeakref_NewRef(s, Py_None)) == r && PyWeakref_Check(r) && PyWeakref_CheckRef(r) &&
         !PyWeakref_Check(s));
    STEP(PyWeakref_GetRef(r, &o) == 1 && keep(o) == s && PyWeakref_GetObject(r) == s && PyWeakref_GET_OBJECT(r) == s &&
         PyWeakref_IsDead(r) == 0);
    PyObject_ClearWeakRefs(s);
    STEP(SAYS(SystemError, "bad argument to internal function") && PyWeakref_IsDead(r) == 0);
    PyObject *t = PySet_New(NULL);
    PyObject *dying = t ? NEW(PyWeakref_NewRef(t, NULL)) : NULL;
    Py_XDECREF(t);
    STEP(dying && PyWeakref_GetRef(dying, &o) == 0 && o == NULL && PyWeakref_GetObject(dying) == Py_None &&
         PyWeakref_IsDead(dying) == 1);
    FAILS(PyWeakref_NewRef(i, NULL), TypeError, "cannot create weak reference to 'int' object");
    FAILS_NUMBER(PyWeakref_GetRef(i, &o), TypeError, "expected a weakref");
    FAILS_NUMBER(PyWeakref_IsDead(i), TypeError, "expected a weakref");
    FAILS(PyWeakref_GetObject(i), SystemError, "bad argument to internal function");
    return 0;
}

int test_iterate(void) {
    PyObject *list = NEW(Py_BuildValue("[ii]", 1, 2)), *d = NEW(Py_BuildValue("{s:i}", "a", 1)),
             *i = NEW(PyLong_FromLong(3)), *item;
    STEP(list && d && i);
    PyObject *it = NEW(PyObject_GetIter(list));
    STEP(it && PyIter_Check(it) && !PyIter_Check(list) && NEW(PyObject_GetIter(it)) == it);
    STEP(IS(NEW(PyIter_Next(it)), "1") && PyList_Append(list, i) == 0 && IS(NEW(PyIter_Next(it)), "2") &&
         IS(NEW(PyIter_Next(it)), "3"));
    STEP(!PyIter_Next(it) && !PyErr_Occurred() && PyList_Append(list, i) == 0 && !PyIter_Next(it));
    PyObject *keys = NEW(PySeqIter_New(d));
    STEP(keys && PyIter_NextItem(keys, &item) == 1 && IS(keep(item), "'a'") && PyIter_NextItem(keys, &item) == 0 &&
         item == NULL);
    PyObject *again = NEW(PyObject_GetIter(d));
    STEP(again && PyDict_SetItem(d, i, i) == 0);
    STEP(PyIter_NextItem(again, &item) == -1 && item == NULL &&
         SAYS(RuntimeError, "dictionary changed size during iteration"));
    FAILS(PyObject_GetIter(i), TypeError, "'int' object is not iterable");
    FAILS(PyIter_Next(list), TypeError, "'list' object is not an iterator");
    return 0;
}
