/* Exceptions: raised, caught, compared, chained, printed. */
#include "check.h"

int test_set(void) {
    PyErr_SetString(PyExc_ValueError, "caf\u00e9");
    STEP(PyErr_Occurred() == PyExc_ValueError && PyErr_ExceptionMatches(PyExc_ValueError) &&
         PyErr_ExceptionMatches(PyExc_Exception));
    STEP(!PyErr_ExceptionMatches(PyExc_TypeError) && SAYS(ValueError, "caf\u00e9") && !PyErr_Occurred());
    PyErr_SetNone(PyExc_StopIteration);
    STEP(SAYS(StopIteration, ""));
    PyObject *key = NEW(PyUnicode_FromString("k")), *t = NEW(Py_BuildValue("(is)", 2, "words"));
    STEP(key && t);
    PyErr_SetObject(PyExc_KeyError, key);
    STEP(SAYS(KeyError, "'k'"));
    PyErr_SetObject(PyExc_RuntimeError, t);
    STEP(SAYS(RuntimeError, "(2, 'words')") && PyExc_IOError == PyExc_OSError &&
         PyExc_EnvironmentError == PyExc_OSError);
    STEP(PyErr_Format(PyExc_RuntimeError, "%d of %R", 3, key) == NULL && SAYS(RuntimeError, "3 of 'k'"));
    STEP(PyErr_NoMemory() == NULL && PyErr_Occurred() == PyExc_MemoryError && SAYS(MemoryError, ""));
    STEP(PyErr_BadArgument() == 0 && SAYS(TypeError, "bad argument type for built-in operation"));
    PyErr_BadInternalCall();
    STEP(SAYS(SystemError, "bad argument to internal function"));
    /* The last error counts. */
    PyErr_SetString(PyExc_ValueError, "first");
    PyErr_SetString(PyExc_TypeError, "second");
    STEP(SAYS(TypeError, "second"));
    Py_ssize_t references = Py_REFCNT(t);
    PyErr_SetObject(PyExc_ValueError, t);
    STEP(Py_REFCNT(t) > references && PyErr_NoMemory() == NULL);
    STEP(SAYS(MemoryError, "") && Py_REFCNT(t) == references);
    PyErr_SetString(PyExc_ValueError, "gone");
    PyErr_Clear();
    STEP(!PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_ValueError));
    PyErr_SetString(key, "x");
    STEP(SAYS(SystemError, "_PyErr_SetObject: exception 'k' is not a BaseException subclass"));
    return 0;
}

static PyObject *format_v(const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *none = PyErr_FormatV(PyExc_IndexError, format, values);
    va_end(values);
    return none;
}

int test_format_v(void) {
    STEP(format_v("%s %zd", "at", (Py_ssize_t)5) == NULL && SAYS(IndexError, "at 5"));
    return 0;
}

/* Errors that the heap itself raises have a type, and can be taken and put back. */
int test_core_errors(void) {
    PyObject *d = NEW(PyDict_New()), *list = NEW(PyList_New(0)), *i = NEW(PyLong_FromLong(5)),
             *zero = NEW(PyLong_FromLong(0));
    STEP(d && list && i && zero);
    STEP(!PyObject_GetItem(d, i) && PyErr_Occurred() == PyExc_KeyError && PyErr_ExceptionMatches(PyExc_LookupError));
    PyObject *e = NEW(PyErr_GetRaisedException());
    STEP(e && !PyErr_Occurred() && IS(e, "KeyError(5)") && IS(NEW(PyException_GetArgs(e)), "(5,)"));
    STEP(!PyList_GetItem(list, 0) && PyErr_ExceptionMatches(PyExc_IndexError) &&
         PyErr_ExceptionMatches(PyExc_LookupError));
    STEP(IS(NEW(PyErr_GetRaisedException()), "IndexError('list index out of range')"));
    STEP(!PyNumber_FloorDivide(i, zero) && PyErr_ExceptionMatches(PyExc_ArithmeticError) &&
         SAYS(ZeroDivisionError, "division by zero"));
    STEP(!PyNumber_Add(i, list) && PyErr_Occurred() == PyExc_TypeError &&
         SAYS(TypeError, "unsupported operand type(s) for +: 'int' and 'list'"));
    STEP(!PyUnicode_FromString("\xff") && PyErr_ExceptionMatches(PyExc_ValueError) &&
         PyErr_ExceptionMatches(PyExc_UnicodeError));
    PyErr_Clear();
    return 0;
}

int test_take(void) {
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    STEP(!type && !value && !traceback && !PyErr_GetRaisedException());
    PyErr_SetString(PyExc_ValueError, "words");
    PyErr_Fetch(&type, &value, &traceback);
    keep(Py_XNewRef(type));
    keep(Py_XNewRef(value));
    const int is_fetched =
        type == PyExc_ValueError && value && !traceback && !PyErr_Occurred() && IS(value, "ValueError('words')");
    PyErr_NormalizeException(&type, &value, &traceback);
    const int is_normal = type == PyExc_ValueError && value && PyExceptionInstance_Check(value);
    PyErr_Restore(type, value, traceback);
    STEP(is_fetched && is_normal && SAYS(ValueError, "words"));
    /* A type, and the arguments for making the exception. */
    type = Py_NewRef(PyExc_TypeError);
    value = PyUnicode_FromString("late");
    PyErr_NormalizeException(&type, &value, &traceback);
    const int is_late = PyExceptionInstance_Check(value) && IS(value, "TypeError('late')");
    PyErr_Restore(type, value, NULL);
    STEP(is_late && SAYS(TypeError, "late"));
    PyErr_SetString(PyExc_ValueError, "x");
    PyErr_Restore(NULL, NULL, NULL);
    STEP(!PyErr_Occurred());
    PyErr_SetString(PyExc_ValueError, "again");
    PyObject *e = NEW(PyErr_GetRaisedException());
    STEP(e);
    PyErr_SetRaisedException(Py_NewRef(e));
    STEP(PyErr_Occurred() == PyExc_ValueError && NEW(PyErr_GetRaisedException()) == e);
    PyErr_SetRaisedException(NULL);
    STEP(!PyErr_Occurred());
    /* An exception as the value is raised itself. */
    PyErr_SetObject(PyExc_Exception, e);
    STEP(NEW(PyErr_GetRaisedException()) == e);
    return 0;
}

int test_matches(void) {
    PyObject *types = NEW(PyTuple_Pack(2, PyExc_KeyError, PyExc_OSError));
    STEP(types && PyErr_GivenExceptionMatches(PyExc_FileNotFoundError, types) &&
         !PyErr_GivenExceptionMatches(PyExc_ValueError, types));
    STEP(!PyErr_GivenExceptionMatches(NULL, types) && !PyErr_GivenExceptionMatches(Py_None, PyExc_Exception));
    STEP(PyErr_GivenExceptionMatches(PyExc_KeyboardInterrupt, PyExc_BaseException) &&
         !PyErr_GivenExceptionMatches(PyExc_KeyboardInterrupt, PyExc_Exception));
    STEP(PyErr_GivenExceptionMatches(PyExc_ModuleNotFoundError, PyExc_ImportError) &&
         PyErr_GivenExceptionMatches(PyExc_BrokenPipeError, PyExc_OSError));
    STEP(PyExceptionClass_Check(PyExc_ValueError) && !PyExceptionClass_Check(Py_None) &&
         !PyExceptionInstance_Check(PyExc_ValueError));
    STEP(strcmp(PyExceptionClass_Name(PyExc_TabError), "TabError") == 0);
    return 0;
}

int test_own_types(void) {
    PyObject *error = NEW(PyErr_NewException("spam.error", NULL, NULL));
    STEP(error && PyExceptionClass_Check(error) && PyErr_GivenExceptionMatches(error, PyExc_Exception));
    PyObject *bases = NEW(PyTuple_Pack(1, error));
    PyObject *derived = bases ? NEW(PyErr_NewExceptionWithDoc("spam.more", "words", bases, NULL)) : NULL;
    STEP(derived && PyErr_GivenExceptionMatches(derived, error) && !PyErr_GivenExceptionMatches(error, derived));
    PyErr_SetString(derived, "too hot");
    STEP(PyErr_Occurred() == derived && PyErr_ExceptionMatches(error));
    PyObject *e = NEW(PyErr_GetRaisedException());
    STEP(e && IS(e, "more('too hot')") && PyExceptionInstance_Class(e) == derived);
    FAILS(PyErr_NewException("error", NULL, NULL), SystemError, "PyErr_NewException: name must be module.class");
    return 0;
}

int test_parts(void) {
    PyErr_SetString(PyExc_ValueError, "x");
    PyObject *e = NEW(PyErr_GetRaisedException());
    PyErr_SetString(PyExc_KeyError, "y");
    PyObject *cause = NEW(PyErr_GetRaisedException());
    STEP(e && cause);
    STEP(!PyException_GetCause(e) && !PyException_GetContext(e) && !PyException_GetTraceback(e));
    PyException_SetCause(e, Py_NewRef(cause));
    PyException_SetContext(e, Py_NewRef(cause));
    STEP(NEW(PyException_GetCause(e)) == cause && NEW(PyException_GetContext(e)) == cause);
    STEP(PyException_SetTraceback(e, Py_None) == 0 && !PyException_GetTraceback(e));
    PyException_SetCause(e, NULL);
    STEP(!PyException_GetCause(e));
    PyObject *args = NEW(Py_BuildValue("(ii)", 1, 2));
    STEP(args);
    PyException_SetArgs(e, args);
    STEP(NEW(PyException_GetArgs(e)) == args && IS(e, "ValueError(1, 2)"));
    return 0;
}

/* api.test.ts checks the output. */
int print_all(void) {
    PyErr_SetString(PyExc_ValueError, "printed");
    PyErr_Print();
    PyErr_SetNone(PyExc_KeyError);
    PyErr_PrintEx(0);
    PyErr_SetString(PyExc_TypeError, "nobody told");
    PyObject *list = NEW(PyList_New(0));
    STEP(list);
    PyErr_WriteUnraisable(list);
    PyErr_SetString(PyExc_TypeError, "nor here");
    PyErr_WriteUnraisable(NULL);
    PyErr_SetString(PyExc_TypeError, "with words");
    PyErr_FormatUnraisable("While doing %d things", 3);
    STEP(PyErr_WarnEx(PyExc_DeprecationWarning, "old", 1) == 0 && PyErr_WarnFormat(NULL, 1, "%d left", 2) == 0 &&
         PyErr_Warn(PyExc_UserWarning, "hot") == 0);
    STEP(!PyErr_Occurred());
    FAILS_NUMBER(PyErr_WarnEx(PyExc_ValueError, "x", 1), TypeError, "category must be a Warning subclass, not 'type'");
    PyErr_SetString(PyExc_OSError, "shown");
    PyObject *e = NEW(PyErr_GetRaisedException());
    STEP(e);
    PyErr_DisplayException(e);
    return 0;
}

/* Errors that remain set, for the caller. */
static PyObject *ours;
/* TypeError, raised from a ValueError (8), while a ValueError was handled (9), from itself (10). */
static void raise_from(int way) {
    PyObject *e = PyObject_CallFunction(PyExc_TypeError, "s", "second"),
             *first = PyObject_CallFunction(PyExc_ValueError, "s", "first");
    if (e && first) {
        if (way == 8) PyException_SetCause(e, Py_NewRef(first));
        if (way == 8 || way == 9) PyException_SetContext(e, Py_NewRef(way == 8 ? e : first));
        if (way == 10) PyException_SetCause(e, Py_NewRef(e));
    }
    Py_XDECREF(first);
    PyErr_SetRaisedException(e);
}

void leave(int which) {
    PyObject *key = PyLong_FromLong(7), *d = PyDict_New();
    switch (which) {
    case 0: PyErr_SetString(PyExc_ValueError, "caf\u00e9"); break;
    case 1: PyErr_SetObject(PyExc_KeyError, key); break;
    case 2: PyErr_SetNone(PyExc_FileNotFoundError); break;
    case 3: PyErr_NoMemory(); break;
    case 4: PyErr_SetString(PyExc_MemoryError, "no more"); break;
    case 5:
        if (!ours) ours = PyErr_NewException("spam.error", PyExc_ArithmeticError, NULL);
        PyErr_Format(ours, "number %d", 5);
        break;
    case 6: Py_XDECREF(PyObject_GetItem(d, key)); break;
    case 7: PyLong_AsLong(d); break;
    case 8:
    case 9:
    case 10: raise_from(which); break;
    }
    Py_DECREF(key);
    Py_DECREF(d);
}

void forget(void) { Py_CLEAR(ours); }

const char *name_of(int which) {
    static PyObject **const all[] = {
        &PyExc_BaseException,
        &PyExc_Exception,
        &PyExc_TypeError,
        &PyExc_StopIteration,
        &PyExc_RuntimeError,
        &PyExc_RecursionError,
        &PyExc_LookupError,
        &PyExc_IndexError,
        &PyExc_KeyError,
        &PyExc_ValueError,
        &PyExc_UnicodeError,
        &PyExc_UnicodeEncodeError,
        &PyExc_UnicodeDecodeError,
        &PyExc_ArithmeticError,
        &PyExc_OverflowError,
        &PyExc_ZeroDivisionError,
        &PyExc_SystemError,
        &PyExc_ReferenceError,
        &PyExc_MemoryError,
        &PyExc_AttributeError,
        &PyExc_BaseExceptionGroup,
        &PyExc_GeneratorExit,
        &PyExc_KeyboardInterrupt,
        &PyExc_SystemExit,
        &PyExc_StopAsyncIteration,
        &PyExc_FloatingPointError,
        &PyExc_AssertionError,
        &PyExc_BufferError,
        &PyExc_EOFError,
        &PyExc_ImportError,
        &PyExc_ModuleNotFoundError,
        &PyExc_NameError,
        &PyExc_UnboundLocalError,
        &PyExc_NotImplementedError,
        &PyExc_PythonFinalizationError,
        &PyExc_SyntaxError,
        &PyExc_IndentationError,
        &PyExc_TabError,
        &PyExc_UnicodeTranslateError,
        &PyExc_OSError,
        &PyExc_BlockingIOError,
        &PyExc_ChildProcessError,
        &PyExc_ConnectionError,
        &PyExc_BrokenPipeError,
        &PyExc_ConnectionAbortedError,
        &PyExc_ConnectionRefusedError,
        &PyExc_ConnectionResetError,
        &PyExc_FileExistsError,
        &PyExc_FileNotFoundError,
        &PyExc_InterruptedError,
        &PyExc_IsADirectoryError,
        &PyExc_NotADirectoryError,
        &PyExc_PermissionError,
        &PyExc_ProcessLookupError,
        &PyExc_TimeoutError,
        &PyExc_Warning,
        &PyExc_BytesWarning,
        &PyExc_DeprecationWarning,
        &PyExc_EncodingWarning,
        &PyExc_FutureWarning,
        &PyExc_ImportWarning,
        &PyExc_PendingDeprecationWarning,
        &PyExc_ResourceWarning,
        &PyExc_RuntimeWarning,
        &PyExc_SyntaxWarning,
        &PyExc_UnicodeWarning,
        &PyExc_UserWarning,
        &PyExc_EnvironmentError,
        &PyExc_IOError,
    };
    return which < (int)Py_ARRAY_LENGTH(all) ? PyExceptionClass_Name(*all[which]) : NULL;
}

int test_calling_an_exception(void) {
    PyObject *e = NEW(PyObject_CallFunction(PyExc_ValueError, "si", "hot", 3));
    STEP(e && IS(e, "ValueError('hot', 3)") && PyExceptionInstance_Check(e));
    PyObject *none = NEW(PyObject_CallNoArgs(PyExc_KeyError));
    STEP(none && IS(none, "KeyError()"));
    PyObject *names = NEW(Py_BuildValue("{s:i}", "a", 1)), *nothing = NEW(PyTuple_New(0));
    STEP(names && nothing);
    FAILS(PyObject_Call(PyExc_ValueError, nothing, names), TypeError, "ValueError() takes no keyword arguments");
    /* A type in C calls tp_new and tp_init of its base. */
    PyTypeObject *type = (PyTypeObject *)PyExc_ValueError;
    PyObject *made = NEW(type->tp_new(type, nothing, NULL));
    PyObject *args = NEW(PyObject_GetAttrString(e, "args"));
    STEP(args && made && IS(made, "ValueError()") && type->tp_init(made, args, NULL) == 0);
    STEP(IS(made, "ValueError('hot', 3)"));
    return 0;
}

int test_attributes_of_an_exception(void) {
    PyObject *e = NEW(PyObject_CallFunction(PyExc_ValueError, "s", "hot")),
             *other = NEW(PyObject_CallNoArgs(PyExc_KeyError));
    STEP(e && other && IS(NEW(PyObject_GetAttrString(e, "args")), "('hot',)"));
    PyObject *list = NEW(Py_BuildValue("[ii]", 1, 2));
    STEP(list && PyObject_SetAttrString(e, "args", list) == 0 && IS(e, "ValueError(1, 2)"));
    FAILS_NUMBER(PyObject_DelAttrString(e, "args"), TypeError, "args may not be deleted");
    FAILS_NUMBER(PyObject_SetAttrString(e, "args", Py_None), TypeError, "'NoneType' object is not iterable");
    STEP(NEW(PyObject_GetAttrString(e, "__cause__")) == Py_None &&
         NEW(PyObject_GetAttrString(e, "__traceback__")) == Py_None);
    STEP(PyObject_SetAttrString(e, "__cause__", other) == 0 && NEW(PyException_GetCause(e)) == other);
    STEP(PyObject_SetAttrString(e, "__context__", Py_None) == 0 &&
         NEW(PyObject_GetAttrString(e, "__context__")) == Py_None);
    FAILS_NUMBER(PyObject_SetAttrString(e, "__cause__", list), TypeError,
                 "exception cause or context must be None or derive from BaseException");
    /* An exception can have any other attributes. */
    STEP(PyObject_SetAttrString(e, "code", list) == 0 && NEW(PyObject_GetAttrString(e, "code")) == list);
    STEP(PyObject_DelAttrString(e, "code") == 0);
    FAILS(PyObject_GetAttrString(e, "code"), AttributeError, "'ValueError' object has no attribute 'code'");
    return 0;
}

int test_new_exception_with_attributes(void) {
    PyObject *names = NEW(Py_BuildValue("{s:i}", "errno", 5)), *list = NEW(PyList_New(0));
    STEP(names && list);
    PyObject *error = NEW(PyErr_NewExceptionWithDoc("spam.error", "what went wrong", PyExc_OSError, names));
    STEP(error && PyDict_GET_SIZE(names) == 1 &&
         IS(NEW(PyObject_GetAttrString(error, "__doc__")), "'what went wrong'"));
    STEP(IS(NEW(PyObject_GetAttrString(error, "__module__")), "'spam'") &&
         IS(NEW(PyObject_GetAttrString(error, "__name__")), "'error'"));
    PyObject *e = NEW(PyObject_CallFunction(error, "s", "hot"));
    STEP(e && IS(e, "error('hot')") && IS(NEW(PyObject_GetAttrString(e, "errno")), "5") &&
         IS(NEW(PyObject_Str(e)), "'hot'"));
    STEP(PyObject_SetAttrString(error, "errno", list) == 0 && NEW(PyObject_GetAttrString(e, "errno")) == list);
    FAILS(PyErr_NewException("spam.error", NULL, list), SystemError, "bad argument to internal function");
    return 0;
}
