/* Types in C that have functions for operators, items and iteration, used through the abstract API. */
#include "check.h"

/* A number: a long in an object. Its operators return (letter, left, right) as text. */
typedef struct {
    PyObject_HEAD
    long value;
} Number;

static PyTypeObject NumberType;

static PyObject *said(const char *what, PyObject *a, PyObject *b) {
    if (Py_TYPE(a) != &NumberType && Py_TYPE(b) != &NumberType) Py_RETURN_NOTIMPLEMENTED;
    return PyUnicode_FromFormat("%s(%R, %R)", what, a, b);
}
static PyObject *unary(const char *what, PyObject *a) { return PyUnicode_FromFormat("%s(%R)", what, a); }
#define BINARY(name) \
    static PyObject *n_##name(PyObject *a, PyObject *b) { return said(#name, a, b); }
#define UNARY(name) \
    static PyObject *n_##name(PyObject *a) { return unary(#name, a); }
BINARY(add)
BINARY(sub)
BINARY(mul)
BINARY(mod)
BINARY(divmod)
BINARY(lshift)
BINARY(rshift)
BINARY(and)
BINARY(xor)
BINARY(or)
BINARY(floordiv)
BINARY(truediv)
BINARY(matmul)
BINARY(iadd)
BINARY(isub)
BINARY(imul)
BINARY(imod)
BINARY(ilshift)
BINARY(irshift)
BINARY(iand)
BINARY(ixor)
BINARY(ior)
BINARY(ifloordiv)
BINARY(itruediv)
BINARY(imatmul)
UNARY(neg)
UNARY(pos)
UNARY(abs)
UNARY(invert)

static PyObject *n_pow(PyObject *a, PyObject *b, PyObject *c) {
    return PyUnicode_FromFormat("pow(%R, %R, %R)", a, b, c);
}
static PyObject *n_ipow(PyObject *a, PyObject *b, PyObject *c) {
    return PyUnicode_FromFormat("ipow(%R, %R, %R)", a, b, c);
}
static PyObject *n_index(PyObject *o) { return PyLong_FromLong(((Number *)o)->value); }
static PyObject *n_int(PyObject *o) { return PyLong_FromLong(((Number *)o)->value + 1000); }
static PyObject *n_float(PyObject *o) { return PyFloat_FromDouble((double)((Number *)o)->value + 0.5); }
static int n_bool(PyObject *o) {
    const long v = ((Number *)o)->value;
    if (v < 0) PyErr_SetString(PyExc_ValueError, "neither");
    return v < 0 ? -1 : v != 0;
}
static PyObject *n_repr(PyObject *o) { return PyUnicode_FromFormat("n%ld", ((Number *)o)->value); }

static PyNumberMethods number_methods = {
    .nb_add = n_add,
    .nb_subtract = n_sub,
    .nb_multiply = n_mul,
    .nb_remainder = n_mod,
    .nb_divmod = n_divmod,
    .nb_power = n_pow,
    .nb_negative = n_neg,
    .nb_positive = n_pos,
    .nb_absolute = n_abs,
    .nb_bool = n_bool,
    .nb_invert = n_invert,
    .nb_lshift = n_lshift,
    .nb_rshift = n_rshift,
    .nb_and = n_and,
    .nb_xor = n_xor,
    .nb_or = n_or,
    .nb_int = n_int,
    .nb_float = n_float,
    .nb_inplace_add = n_iadd,
    .nb_inplace_subtract = n_isub,
    .nb_inplace_multiply = n_imul,
    .nb_inplace_remainder = n_imod,
    .nb_inplace_power = n_ipow,
    .nb_inplace_lshift = n_ilshift,
    .nb_inplace_rshift = n_irshift,
    .nb_inplace_and = n_iand,
    .nb_inplace_xor = n_ixor,
    .nb_inplace_or = n_ior,
    .nb_floor_divide = n_floordiv,
    .nb_true_divide = n_truediv,
    .nb_inplace_floor_divide = n_ifloordiv,
    .nb_inplace_true_divide = n_itruediv,
    .nb_index = n_index,
    .nb_matrix_multiply = n_matmul,
    .nb_inplace_matrix_multiply = n_imatmul,
};

static PyTypeObject NumberType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Number",
    .tp_basicsize = sizeof(Number),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_number = &number_methods,
    .tp_repr = n_repr,
};

/* A row of the numbers 0 .. n - 1, with sequence functions; it records writes. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t n;
    long written;
} Row;

static Py_ssize_t r_length(PyObject *o) { return ((Row *)o)->n; }
static PyObject *r_item(PyObject *o, Py_ssize_t k) {
    if (k < 0 || k >= ((Row *)o)->n) return PyErr_Format(PyExc_IndexError, "row index %zd", k);
    return PyLong_FromSsize_t(k);
}
static int r_assign(PyObject *o, Py_ssize_t k, PyObject *value) {
    ((Row *)o)->written = value ? k * 100 + PyLong_AsLong(value) : -k;
    return 0;
}
static PyObject *r_concat(PyObject *a, PyObject *b) { return PyUnicode_FromFormat("%zd+%R", ((Row *)a)->n, b); }
static PyObject *r_repeat(PyObject *a, Py_ssize_t n) { return PyUnicode_FromFormat("%zd*%zd", ((Row *)a)->n, n); }
static PyObject *r_iconcat(PyObject *a, PyObject *b) { return PyUnicode_FromFormat("%zd+=%R", ((Row *)a)->n, b); }
static PyObject *r_irepeat(PyObject *a, Py_ssize_t n) { return PyUnicode_FromFormat("%zd*=%zd", ((Row *)a)->n, n); }

static PySequenceMethods row_methods = {
    .sq_length = r_length,
    .sq_concat = r_concat,
    .sq_repeat = r_repeat,
    .sq_item = r_item,
    .sq_ass_item = r_assign,
    .sq_inplace_concat = r_iconcat,
    .sq_inplace_repeat = r_irepeat,
};

static PyTypeObject RowType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Row",
    .tp_basicsize = sizeof(Row),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_sequence = &row_methods,
};

/* A mapping of any key to its repr, and an iterator over 3, 2, 1. */
typedef struct {
    PyObject_HEAD
    long left;
} Countdown;

static Py_ssize_t m_length(PyObject *o) { return Py_MAX(((Countdown *)o)->left, 0); }
static PyObject *m_subscript(PyObject *o, PyObject *key) {
    (void)o;
    if (key == Py_None) {
        PyErr_SetObject(PyExc_KeyError, key);
        return NULL;
    }
    return PyObject_Repr(key);
}
static int m_assign(PyObject *o, PyObject *key, PyObject *value) {
    ((Countdown *)o)->left = PyObject_Size(key) * 10 + (value != NULL);
    return 0;
}
static int m_contains(PyObject *o, PyObject *key) {
    (void)o;
    return PyLong_Check(key);
}
static PyObject *c_next(PyObject *o) {
    Countdown *c = (Countdown *)o;
    if (c->left > 0) return PyLong_FromLong(c->left--);
    if (c->left < 0)
        PyErr_SetString(PyExc_ValueError, "broken");
    else
        PyErr_SetNone(PyExc_StopIteration);
    return NULL;
}

static PyMappingMethods countdown_mapping = {
    .mp_length = m_length, .mp_subscript = m_subscript, .mp_ass_subscript = m_assign};
static PySequenceMethods countdown_sequence = {.sq_contains = m_contains};

static PyObject *m_keys(PyObject *o, PyObject *Py_UNUSED(none)) { return Py_BuildValue("(l)", ((Countdown *)o)->left); }
static PyObject *m_values(PyObject *o, PyObject *Py_UNUSED(none)) {
    return PyUnicode_FromFormat("v%ld", ((Countdown *)o)->left);
}
static PyMethodDef countdown_methods[] = {
    {"keys", m_keys, METH_NOARGS, NULL}, {"values", m_values, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

static PyTypeObject CountdownType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Countdown",
    .tp_basicsize = sizeof(Countdown),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_mapping = &countdown_mapping,
    .tp_as_sequence = &countdown_sequence,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = c_next,
    .tp_methods = countdown_methods,
};

static PyTypeObject ReferredType, CallerType;

/* Its items are those of a list, and it returns the list's iterator. */
static PyObject *letters_iter(PyObject *o) {
    (void)o;
    PyObject *list = Py_BuildValue("[sss]", "a", "b", "c");
    PyObject *it = list ? PyObject_GetIter(list) : NULL;
    Py_XDECREF(list);
    return it;
}
static PyTypeObject LettersType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Letters",
    .tp_basicsize = sizeof(PyObject),
    .tp_new = PyType_GenericNew,
    .tp_iter = letters_iter,
};

int prepare(void) {
    return PyType_Ready(&ReferredType) == 0 && PyType_Ready(&CallerType) == 0 && PyType_Ready(&NumberType) == 0 &&
           PyType_Ready(&RowType) == 0 && PyType_Ready(&CountdownType) == 0 && PyType_Ready(&LettersType) == 0;
}

static PyObject *number(long v) {
    Number *n = PyObject_New(Number, &NumberType);
    if (n) n->value = v;
    return NEW((PyObject *)n);
}
static PyObject *row(Py_ssize_t n) {
    Row *r = PyObject_New(Row, &RowType);
    if (r) {
        r->n = n;
        r->written = 0;
    }
    return NEW((PyObject *)r);
}
static PyObject *countdown(long n) {
    Countdown *c = PyObject_New(Countdown, &CountdownType);
    if (c) c->left = n;
    return NEW((PyObject *)c);
}

int test_operators(void) {
    PyObject *n = number(5), *i = NEW(PyLong_FromLong(7)), *list = NEW(PyList_New(0));
    STEP(n && i && list && PyNumber_Check(n));
#define TWICE(function, word) \
    STEP(IS(NEW(function(n, i)), "'" word "(n5, 7)'") && IS(NEW(function(i, n)), "'" word "(7, n5)'"))
    TWICE(PyNumber_Add, "add");
    TWICE(PyNumber_Subtract, "sub");
    TWICE(PyNumber_Multiply, "mul");
    TWICE(PyNumber_MatrixMultiply, "matmul");
    TWICE(PyNumber_FloorDivide, "floordiv");
    TWICE(PyNumber_TrueDivide, "truediv");
    TWICE(PyNumber_Remainder, "mod");
    TWICE(PyNumber_Divmod, "divmod");
    TWICE(PyNumber_Lshift, "lshift");
    TWICE(PyNumber_Rshift, "rshift");
    TWICE(PyNumber_And, "and");
    TWICE(PyNumber_Or, "or");
    TWICE(PyNumber_Xor, "xor");
    STEP(IS(NEW(PyNumber_Power(n, i, Py_None)), "'pow(n5, 7, None)'") &&
         IS(NEW(PyNumber_Power(i, i, n)), "'pow(7, 7, n5)'"));
    STEP(IS(NEW(PyNumber_Negative(n)), "'neg(n5)'") && IS(NEW(PyNumber_Positive(n)), "'pos(n5)'") &&
         IS(NEW(PyNumber_Absolute(n)), "'abs(n5)'") && IS(NEW(PyNumber_Invert(n)), "'invert(n5)'"));
#define CHANGES(function, word) STEP(IS(NEW(function(n, i)), "'" word "(n5, 7)'"))
    CHANGES(PyNumber_InPlaceAdd, "iadd");
    CHANGES(PyNumber_InPlaceSubtract, "isub");
    CHANGES(PyNumber_InPlaceMultiply, "imul");
    CHANGES(PyNumber_InPlaceMatrixMultiply, "imatmul");
    CHANGES(PyNumber_InPlaceFloorDivide, "ifloordiv");
    CHANGES(PyNumber_InPlaceTrueDivide, "itruediv");
    CHANGES(PyNumber_InPlaceRemainder, "imod");
    CHANGES(PyNumber_InPlaceLshift, "ilshift");
    CHANGES(PyNumber_InPlaceRshift, "irshift");
    CHANGES(PyNumber_InPlaceAnd, "iand");
    CHANGES(PyNumber_InPlaceXor, "ixor");
    CHANGES(PyNumber_InPlaceOr, "ior");
    STEP(IS(NEW(PyNumber_InPlacePower(n, i, Py_None)), "'ipow(n5, 7, None)'"));
    STEP(IS(NEW(PyNumber_InPlaceSubtract(i, n)), "'sub(7, n5)'"));
    /* A list has no nb_add; the number has one. */
    STEP(IS(NEW(PyNumber_Add(list, n)), "'add([], n5)'"));
    return 0;
}

int test_conversions(void) {
    PyObject *n = number(5), *none = number(0), *neither = number(-1),
             *list = NEW(Py_BuildValue("[iiiiiis]", 0, 1, 2, 3, 4, 5, "x"));
    STEP(n && none && neither && list);
    STEP(PyLong_AsLong(n) == 5 && PyLong_AsLongLong(n) == 5 && PyLong_AsUnsignedLongMask(n) == 5 &&
         IS(NEW(PyNumber_Index(n)), "5"));
    STEP(PyLong_AsSsize_t(n) == -1 && SAYS(TypeError, "an integer is required"));
    STEP(IS(NEW(PyNumber_Long(n)), "1005") && IS(NEW(PyNumber_Float(n)), "5.5") && PyFloat_AsDouble(n) == 5.5);
    STEP(PyObject_IsTrue(n) == 1 && PyObject_Not(none) == 1);
    FAILS_NUMBER(PyObject_IsTrue(neither), ValueError, "neither");
    FAILS_NUMBER(PyObject_Not(neither), ValueError, "neither");
    STEP(IS(NEW(PyObject_GetItem(list, n)), "5"));
    int i;
    PyObject *args = NEW(PyTuple_Pack(1, n));
    STEP(args && PyArg_ParseTuple(args, "i", &i) && i == 5);
    return 0;
}

int test_sequence(void) {
    PyObject *r = row(3), *two = NEW(PyLong_FromLong(2)), *minus = NEW(PyLong_FromLong(-1)),
             *s = NEW(PyUnicode_FromString("x"));
    STEP(r && two && minus && s);
    STEP(PySequence_Check(r) && !PyMapping_Check(r) && PyObject_Size(r) == 3 && PySequence_Size(r) == 3 &&
         PyObject_LengthHint(r, 9) == 3);
    STEP(IS(NEW(PySequence_GetItem(r, -1)), "2") && IS(NEW(PyObject_GetItem(r, minus)), "2"));
    FAILS(PySequence_GetItem(r, 3), IndexError, "row index 3");
    FAILS(PyObject_GetItem(r, s), TypeError, "sequence index must be integer, not 'str'");
    STEP(PySequence_SetItem(r, -1, two) == 0 && ((Row *)r)->written == 202 && PyObject_DelItem(r, minus) == 0 &&
         ((Row *)r)->written == -2);
    STEP(PyObject_SetItem(r, two, minus) == 0 && ((Row *)r)->written == 199);
    STEP(IS(NEW(PySequence_Concat(r, s)), "\"3+'x'\"") && IS(NEW(PyNumber_Add(r, s)), "\"3+'x'\"") &&
         IS(NEW(PySequence_Repeat(r, 4)), "'3*4'"));
    STEP(IS(NEW(PyNumber_Multiply(r, two)), "'3*2'") && IS(NEW(PyNumber_Multiply(two, r)), "'3*2'"));
    STEP(IS(NEW(PySequence_InPlaceConcat(r, s)), "\"3+='x'\"") && IS(NEW(PySequence_InPlaceRepeat(r, 4)), "'3*=4'"));
    STEP(IS(NEW(PySequence_List(r)), "[0, 1, 2]") && IS(NEW(PySequence_Tuple(r)), "(0, 1, 2)"));
    PyObject *it = NEW(PyObject_GetIter(r));
    STEP(it && IS(NEW(PyIter_Next(it)), "0") && IS(NEW(PyIter_Next(it)), "1") && IS(NEW(PyIter_Next(it)), "2") &&
         !PyIter_Next(it) && !PyErr_Occurred());
    STEP(PySequence_Contains(r, two) == 1 && PySequence_Contains(r, s) == 0 && PySequence_Index(r, two) == 2 &&
         PySequence_Count(r, two) == 1);
    PyObject *fast = NEW(PySequence_Fast(r, "no"));
    STEP(fast && PyList_Check(fast) && IS(NEW(PySet_New(r)), "{0, 1, 2}"));
    int a, b, c;
    PyObject *args = NEW(PyTuple_Pack(1, r));
    STEP(args && PyArg_ParseTuple(args, "(iii)", &a, &b, &c) && a == 0 && c == 2);
    return 0;
}

int test_iterator_of_a_container(void) {
    PyObject *o = NEW(PyObject_CallNoArgs((PyObject *)&LettersType)), *b = NEW(PyUnicode_FromString("b"));
    STEP(o && b);
    STEP(IS(NEW(PySequence_List(o)), "['a', 'b', 'c']") && IS(NEW(PySequence_Tuple(o)), "('a', 'b', 'c')"));
    PyObject *list = NEW(PyList_New(0));
    STEP(list && PyList_Extend(list, o) == 0 && IS(list, "['a', 'b', 'c']"));
    STEP(PySequence_Contains(o, b) == 1 && PySequence_Contains(o, o) == 0);
    STEP(IS(NEW(PySet_New(b)), "{'b'}"));
    PyObject *set = NEW(PySet_New(o));
    STEP(set && PySet_Size(set) == 3 && IS(NEW(PyUnicode_Join(b, o)), "'abbbc'"));
    PyObject *fast = NEW(PySequence_Fast(o, "no"));
    STEP(fast && PySequence_Fast_GET_SIZE(fast) == 3);
    /* The iterator of an iterator is itself, and C may call the functions of its type. */
    PyObject *it = NEW(PyObject_GetIter(o));
    STEP(it && PyIter_Check(it) && NEW(Py_TYPE(it)->tp_iter(it)) == it && IS(NEW(Py_TYPE(it)->tp_iternext(it)), "'a'"));
    STEP(IS(NEW(PySequence_List(it)), "['b', 'c']") && !PyIter_Next(it) && !PyErr_Occurred());
    PyObject *in = NEW(PyObject_GetIter(list));
    STEP(in && PySequence_Contains(in, b) == 1);
    PyObject *all = NEW(PyObject_GetIter(list));
    STEP(all && IS(NEW(PySequence_Tuple(all)), "('a', 'b', 'c')"));
    PyObject *third = NEW(PyObject_GetIter(list));
    PyObject *of = third ? NEW(PySet_New(third)) : NULL;
    STEP(of && PySet_Size(of) == 3);
    return 0;
}

int test_mapping(void) {
    PyObject *c = countdown(3), *s = NEW(PyUnicode_FromString("ab")), *value, *list = NEW(PyList_New(0));
    STEP(c && s && list && PyMapping_Check(c) && PyMapping_Size(c) == 3 && PyObject_Size(c) == 3 &&
         PyObject_IsTrue(c) == 1);
    STEP(IS(NEW(PyObject_GetItem(c, s)), "\"'ab'\"") && IS(NEW(PyMapping_GetItemString(c, "k")), "\"'k'\""));
    STEP(PyMapping_GetOptionalItem(c, Py_None, &value) == 0 && value == NULL && PyMapping_HasKey(c, s) == 1 &&
         PyMapping_HasKeyWithError(c, Py_None) == 0);
    STEP(PyObject_SetItem(c, s, s) == 0 && ((Countdown *)c)->left == 21 && PyObject_DelItem(c, s) == 0 &&
         ((Countdown *)c)->left == 20);
    STEP(PySequence_Contains(c, s) == 0 && PySequence_Contains(c, Py_True) == 1);
    PyObject *again = countdown(4);
    STEP(again && IS(NEW(PyMapping_Keys(again)), "[4]") && IS(NEW(PyMapping_Values(again)), "['v', '4']"));
    FAILS(PyMapping_Items(again), AttributeError, "'slots.Countdown' object has no attribute 'items'");
    PyObject *two = countdown(2);
    PyObject *it = two ? NEW(PyObject_GetIter(two)) : NULL;
    STEP(it && PyIter_Check(it) && IS(NEW(PyIter_Next(it)), "2") && IS(NEW(PyIter_Next(it)), "1") && !PyIter_Next(it) &&
         !PyErr_Occurred());
    PyObject *three = countdown(3);
    STEP(three && IS(NEW(PySequence_List(three)), "[3, 2, 1]"));
    PyObject *more = countdown(2);
    STEP(more && PyList_Extend(list, more) == 0 && IS(list, "[2, 1]"));
    PyObject *broken = countdown(-1);
    STEP(broken && PyIter_NextItem(broken, &value) == -1 && SAYS(ValueError, "broken"));
    FAILS(PySequence_List(broken), ValueError, "broken");
    return 0;
}

/* A type whose instances clear their weak references themselves. */
typedef struct {
    PyObject_HEAD
    PyObject *weak;
} Referred;
static void w_dealloc(PyObject *o) {
    if (((Referred *)o)->weak) PyObject_ClearWeakRefs(o);
    PyObject_Free(o);
}
static PyTypeObject ReferredType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Referred",
    .tp_basicsize = sizeof(Referred),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_dealloc = w_dealloc,
    .tp_weaklistoffset = offsetof(Referred, weak),
};

int test_weak_list(void) {
    Referred *o = PyObject_New(Referred, &ReferredType);
    STEP(o);
    o->weak = NULL;
    PyObject *r = NEW(PyWeakref_NewRef((PyObject *)o, NULL));
    const int is_live = r && PyWeakref_IsDead(r) == 0;
    Py_DECREF(o);
    STEP(is_live && PyWeakref_IsDead(r) == 1);
    return 0;
}

/* The callback of a weak reference is a function in C. */
static int called;
static PyObject *note(PyObject *self, PyObject *ref) {
    (void)self;
    called += PyWeakref_IsDead(ref) == 1;
    PyErr_SetString(PyExc_ValueError, "nobody hears this");
    return NULL;
}
static PyMethodDef note_method = {"note", note, METH_O, NULL};

int test_callback(void) {
    called = 0;
    PyObject *f = NEW(PyCFunction_New(&note_method, NULL)), *set = PySet_New(NULL), *i = NEW(PyLong_FromLong(1));
    PyObject *r = f && set ? NEW(PyWeakref_NewRef(set, f)) : NULL;
    PyErr_SetString(PyExc_KeyError, "pending");
    Py_XDECREF(set);
    const int is_pending = PyErr_ExceptionMatches(PyExc_KeyError);
    PyErr_Clear();
    STEP(r && i && is_pending && called == 1 && PyWeakref_IsDead(r) == 1);
    PyObject *other = NEW(PySet_New(NULL));
    STEP(other && NEW(PyWeakref_NewRef(other, i)));
    return 0;
}

/* A type whose objects are called with a row of arguments, and report their number and their names. */
typedef struct {
    PyObject_HEAD
    vectorcallfunc vectorcall;
} Caller;
static PyObject *count_all(PyObject *self, PyObject *const *args, size_t n, PyObject *names) {
    (void)self, (void)args;
    return Py_BuildValue("(nO)", PyVectorcall_NARGS(n), names ? names : Py_None);
}
static PyTypeObject CallerType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Caller",
    .tp_basicsize = sizeof(Caller),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL,
    .tp_vectorcall_offset = offsetof(Caller, vectorcall),
    .tp_call = PyVectorcall_Call,
};

static PyObject *twice(PyObject *self, PyObject *o) {
    (void)self;
    return PyNumber_Add(o, o);
}
static PyMethodDef twice_method = {"twice", twice, METH_O, NULL};

int test_functions(void) {
    PyObject *f = NEW(PyCFunction_New(&twice_method, NULL)), *args = NEW(Py_BuildValue("(i)", 4)), *c = countdown(3),
             *name = NEW(PyUnicode_FromString("keys"));
    STEP(f && args && c && name);
    STEP(PyCFunction_GetFunction(f) == twice && PyCFunction_GetFlags(f) == METH_O);
    Caller *caller = PyObject_New(Caller, &CallerType);
    STEP(caller);
    caller->vectorcall = count_all;
    PyObject *k = NEW((PyObject *)caller), *names = NEW(Py_BuildValue("{s:i}", "a", 1));
    STEP(names && PyVectorcall_Function(k) == count_all && PyVectorcall_Function(name) == NULL);
    STEP(IS(NEW(PyVectorcall_Call(k, args, NULL)), "(1, None)") &&
         IS(NEW(PyObject_Call(k, args, names)), "(1, ('a',))"));
    PyObject *method = NEW(PyObject_GenericGetAttr(c, name));
    STEP(method && IS(NEW(PyObject_CallNoArgs(method)), "(3,)"));
    FAILS_NUMBER(PyObject_GenericSetAttr(c, name, name), AttributeError,
                 "'slots.Countdown' object attribute 'keys' is read-only");
    FAILS(_PyObject_NextNotImplemented(c), TypeError, "'slots.Countdown' object is not iterable");
    SAME_COUNT(name, Py_IncRef(name); Py_DecRef(name); Py_IncRef(NULL); Py_DecRef(NULL));
    return 0;
}
