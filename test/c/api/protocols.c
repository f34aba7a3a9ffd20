/* The abstract API: PyObject_*, PySequence_*, PyMapping_*, PyIter_*. */
#include "check.h"

int test_object(void) {
    PyObject *i = NEW(PyLong_FromLong(3)), *s = NEW(PyUnicode_FromString("\u00e9'")),
             *list = NEW(Py_BuildValue("[is]", 1, "a")), *zero = NEW(PyLong_FromLong(0));
    STEP(i && s && list && zero);
    STEP(IS(NEW(PyObject_Str(list)), "\"[1, 'a']\"") && NEW(PyObject_Str(s)) == s &&
         IS(NEW(PyObject_Repr(list)), "\"[1, 'a']\""));
    STEP(IS(NEW(PyObject_Repr(NULL)), "'<NULL>'") && IS(NEW(PyObject_Str(NULL)), "'<NULL>'"));
    STEP(IS(NEW(PyObject_ASCII(s)), "'\"\\\\xe9\\'\"'") && IS(NEW(PyObject_ASCII(i)), "'3'"));
    PyObject *numbers = NEW(Py_BuildValue("(ii)", 1, 2));
    STEP(numbers && IS(NEW(PyObject_Bytes(numbers)), "b'\\x01\\x02'"));
    FAILS(PyObject_Bytes(i), TypeError, "cannot convert 'int' object to bytes");
    STEP(PyObject_Hash(i) == 3);
    FAILS_NUMBER(PyObject_Hash(list), TypeError, "unhashable type: 'list'");
    FAILS_NUMBER(PyObject_HashNotImplemented(i), TypeError, "unhashable type: 'int'");
    STEP(NEW(PyObject_RichCompare(zero, i, Py_LT)) == Py_True && NEW(PyObject_RichCompare(zero, s, Py_EQ)) == Py_False);
    FAILS(PyObject_RichCompare(i, s, Py_LT), TypeError, "'<' not supported between instances of 'int' and 'str'");
    FAILS(PyObject_RichCompare(NULL, s, Py_LT), SystemError, "bad argument to internal function");
    STEP(PyObject_RichCompareBool(i, i, Py_EQ) == 1 && PyObject_RichCompareBool(i, zero, Py_LE) == 0);
    FAILS_NUMBER(PyObject_RichCompareBool(i, s, Py_GE), TypeError,
                 "'>=' not supported between instances of 'int' and 'str'");
    STEP(PyObject_IsTrue(i) == 1 && PyObject_IsTrue(zero) == 0 && PyObject_Not(zero) == 1 && PyObject_Not(list) == 0);
    STEP(NEW(PyObject_Type(i)) == (PyObject *)Py_TYPE(zero));
    FAILS(PyObject_Type(NULL), SystemError, "null argument to internal routine");
    STEP(PyObject_Size(list) == 2 && PyObject_Length(s) == 2 && PyObject_LengthHint(list, 9) == 2 &&
         PyObject_LengthHint(i, 9) == 9);
    FAILS_NUMBER(PyObject_Size(i), TypeError, "object of type 'int' has no len()");
    return 0;
}

int test_items(void) {
    PyObject *list = NEW(Py_BuildValue("[ii]", 1, 2)), *d = NEW(Py_BuildValue("{s:i}", "a", 1)),
             *i = NEW(PyLong_FromLong(-1)), *key = NEW(PyUnicode_FromString("a"));
    STEP(list && d && i && key);
    STEP(IS(NEW(PyObject_GetItem(list, i)), "2") && IS(NEW(PyObject_GetItem(d, key)), "1") &&
         IS(NEW(PyObject_GetItem(key, i)), "'a'"));
    FAILS(PyObject_GetItem(i, i), TypeError, "'int' object is not subscriptable");
    FAILS(PyObject_GetItem(list, key), TypeError, "list indices must be integers or slices, not str");
    FAILS(PyObject_GetItem(d, i), KeyError, "-1");
    FAILS(PyObject_GetItem(NULL, i), SystemError, "null argument to internal routine");
    STEP(PyObject_SetItem(list, i, key) == 0 && PyObject_SetItem(d, i, key) == 0 && IS(list, "[1, 'a']") &&
         IS(d, "{'a': 1, -1: 'a'}"));
    FAILS_NUMBER(PyObject_SetItem(key, i, key), TypeError, "'str' object does not support item assignment");
    STEP(PyObject_DelItem(list, i) == 0 && PyObject_DelItemString(d, "a") == 0 && IS(list, "[1]") &&
         IS(d, "{-1: 'a'}"));
    FAILS_NUMBER(PyObject_DelItem(key, i), TypeError, "'str' object doesn't support item deletion");
    FAILS_NUMBER(PyObject_DelItemString(d, "a"), KeyError, "'a'");
    return 0;
}

int test_sequence(void) {
    PyObject *list = NEW(Py_BuildValue("[iii]", 1, 2, 1)), *t = NEW(Py_BuildValue("(i)", 5)),
             *i = NEW(PyLong_FromLong(1)), *d = NEW(PyDict_New()), *s = NEW(PyUnicode_FromString("ab"));
    STEP(list && t && i && d && s);
    STEP(PySequence_Check(list) && PySequence_Check(s) && !PySequence_Check(d) && !PySequence_Check(i));
    STEP(PySequence_Size(list) == 3 && PySequence_Length(s) == 2);
    FAILS_NUMBER(PySequence_Size(d), TypeError, "dict is not a sequence");
    STEP(IS(NEW(PySequence_Concat(list, list)), "[1, 2, 1, 1, 2, 1]") && IS(NEW(PySequence_Repeat(s, 2)), "'abab'"));
    FAILS(PySequence_Concat(i, i), TypeError, "'int' object can't be concatenated");
    FAILS(PySequence_Concat(list, t), TypeError, "can only concatenate list (not \"tuple\") to list");
    FAILS(PySequence_Repeat(d, 2), TypeError, "'dict' object can't be repeated");
    PyObject *grown = NEW(PySequence_List(t));
    STEP(grown && NEW(PySequence_InPlaceConcat(grown, t)) == grown &&
         NEW(PySequence_InPlaceRepeat(grown, 2)) == grown && IS(grown, "[5, 5, 5, 5]"));
    STEP(IS(NEW(PySequence_InPlaceRepeat(t, 2)), "(5, 5)"));
    STEP(IS(NEW(PySequence_GetItem(list, -2)), "2") && IS(NEW(PySequence_ITEM(s, 1)), "'b'"));
    FAILS(PySequence_GetItem(list, 9), IndexError, "list index out of range");
    FAILS(PySequence_GetItem(d, 0), TypeError, "dict is not a sequence");
    FAILS(PySequence_GetItem(i, 0), TypeError, "'int' object does not support indexing");
    STEP(IS(NEW(PySequence_GetSlice(list, 1, -1)), "[2]") && IS(NEW(PySequence_GetSlice(s, 0, 1)), "'a'"));
    FAILS(PySequence_GetSlice(i, 0, 1), TypeError, "'int' object is unsliceable");
    STEP(PySequence_SetItem(list, -1, s) == 0 && PySequence_DelItem(list, 0) == 0 && IS(list, "[2, 'ab']"));
    FAILS_NUMBER(PySequence_SetItem(t, 0, i), TypeError, "'tuple' object does not support item assignment");
    FAILS_NUMBER(PySequence_DelItem(t, 0), TypeError, "'tuple' object doesn't support item deletion");
    STEP(PySequence_SetSlice(list, 0, 1, s) == 0 && IS(list, "['a', 'b', 'ab']") &&
         PySequence_DelSlice(list, 1, 3) == 0 && IS(list, "['a']"));
    FAILS_NUMBER(PySequence_SetSlice(t, 0, 1, list), TypeError, "'tuple' object doesn't support slice assignment");
    FAILS_NUMBER(PySequence_DelSlice(t, 0, 1), TypeError, "'tuple' object doesn't support slice deletion");
    PyObject *a = NEW(PyUnicode_FromString("a"));
    STEP(a && PySequence_Count(list, a) == 1 && PySequence_Contains(list, a) == 1 && PySequence_In(t, a) == 0 &&
         PySequence_Index(s, a) == 0);
    FAILS_NUMBER(PySequence_Index(t, a), ValueError, "sequence.index(x): x not in sequence");
    FAILS_NUMBER(PySequence_Contains(i, a), TypeError, "argument of type 'int' is not a container or iterable");
    FAILS_NUMBER(PySequence_Count(i, a), TypeError, "argument of type 'int' is not iterable");
    STEP(IS(NEW(PySequence_Tuple(s)), "('a', 'b')") && NEW(PySequence_Tuple(t)) == t &&
         IS(NEW(PySequence_List(s)), "['a', 'b']"));
    FAILS(PySequence_List(i), TypeError, "'int' object is not iterable");
    PyObject *it = NEW(PyObject_GetIter(s));
    PyObject *fast = it ? NEW(PySequence_Fast(it, "no")) : NULL;
    STEP(fast && NEW(PySequence_Fast(t, "no")) == t && PySequence_Fast_GET_SIZE(fast) == 2 &&
         IS(PySequence_Fast_GET_ITEM(fast, 1), "'b'"));
    STEP(PySequence_Fast_ITEMS(t)[0] == PyTuple_GET_ITEM(t, 0));
    FAILS(PySequence_Fast(i, "my words"), TypeError, "my words");
    return 0;
}

int test_mapping(void) {
    PyObject *d = NEW(Py_BuildValue("{s:i}", "a", 1)), *list = NEW(PyList_New(0)),
             *key = NEW(PyUnicode_FromString("b")), *set = NEW(PySet_New(NULL)), *value;
    STEP(d && list && key && set);
    STEP(PyMapping_Check(d) && PyMapping_Check(list) && !PyMapping_Check(set) && PyMapping_Size(d) == 1 &&
         PyMapping_Length(list) == 0);
    FAILS_NUMBER(PyMapping_Size(set), TypeError, "set is not a mapping");
    STEP(IS(NEW(PyMapping_Keys(d)), "['a']") && IS(NEW(PyMapping_Values(d)), "[1]") &&
         IS(NEW(PyMapping_Items(d)), "[('a', 1)]"));
    FAILS(PyMapping_Keys(list), AttributeError, "'list' object has no attribute 'keys'");
    FAILS(PyMapping_Values(list), AttributeError, "'list' object has no attribute 'values'");
    FAILS(PyMapping_Items(list), AttributeError, "'list' object has no attribute 'items'");
    STEP(IS(NEW(PyMapping_GetItemString(d, "a")), "1") && PyMapping_SetItemString(d, "c", list) == 0);
    FAILS(PyMapping_GetItemString(d, "x"), KeyError, "'x'");
    FAILS(PyMapping_GetItemString(list, "x"), TypeError, "list indices must be integers or slices, not str");
    STEP(PyMapping_GetOptionalItem(d, key, &value) == 0 && value == NULL &&
         PyMapping_GetOptionalItemString(d, "c", &value) == 1 && keep(value) == list);
    STEP(PyMapping_GetOptionalItem(list, key, &value) == -1 && value == NULL &&
         SAYS(TypeError, "list indices must be integers or slices, not str"));
    STEP(PyMapping_HasKeyString(d, "c") == 1 && PyMapping_HasKey(d, key) == 0 && PyMapping_HasKey(list, key) == 0 &&
         !PyErr_Occurred());
    STEP(PyMapping_HasKeyWithError(d, key) == 0 && PyMapping_HasKeyStringWithError(d, "a") == 1);
    FAILS_NUMBER(PyMapping_HasKeyWithError(list, key), TypeError, "list indices must be integers or slices, not str");
    STEP(PyMapping_DelItemString(d, "c") == 0 && IS(d, "{'a': 1}"));
    PyObject *a = NEW(PyUnicode_FromString("a"));
    STEP(a && PyMapping_DelItem(d, a) == 0 && PyMapping_Size(d) == 0);
    return 0;
}

/* ---- recursion, the version, and threads ---- */

static int deepest;

static int recursive(int depth) {
    if (Py_EnterRecursiveCall(" in a test") < 0) return -1;
    deepest = depth;
    const int result = recursive(depth + 1);
    Py_LeaveRecursiveCall();
    return result;
}

int test_recursion(void) {
    for (int k = 0; k < 2; k++) {
        STEP(recursive(1) == -1 && deepest > 100);
        if (PyErr_ExceptionMatches(PyExc_MemoryError)) return __LINE__;
        STEP(SAYS(RecursionError, "maximum recursion depth exceeded in a test"));
    }
    STEP(_Py_EnterRecursion() == 1);
    Py_LeaveRecursiveCall();
    return 0;
}

#if PY_VERSION_HEX < 0x030E0000 || PY_MAJOR_VERSION != 3 || PY_MINOR_VERSION != 14
#error "programs ask for the version"
#endif

int test_threads(void) {
    int done = 0;
    Py_BEGIN_ALLOW_THREADS
    const PyGILState_STATE state = PyGILState_Ensure();
    done = PyGILState_Check();
    PyGILState_Release(state);
    Py_BEGIN_CRITICAL_SECTION(Py_None);
    Py_BEGIN_CRITICAL_SECTION2(Py_None, Py_True);
    done &= Py_IsNone(Py_None);
    Py_END_CRITICAL_SECTION2();
    Py_END_CRITICAL_SECTION();
    Py_END_ALLOW_THREADS
    STEP(done == 1 && Py_MEMBER_SIZE(PyObject, ob_refcnt) == 4 && Py_IS_NAN(Py_NAN) && !Py_IS_FINITE(Py_INFINITY));
    return 0;
}
