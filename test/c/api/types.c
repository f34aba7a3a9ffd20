/* Types in C: their collector functions, memory, attributes, bases and buffers. */
#include <stddef.h>

#include "check.h"

typedef struct {
    PyObject_HEAD
    PyObject *next;
    PyObject *weak;
    int *counts;
} Node;

/* How often each of a Node's functions was called. */
enum { FINALIZED, CLEARED, DEALLOCATED, KINDS };

static PyObject *saved;

static int Node_traverse(PyObject *op, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(((Node *)op)->next);
    return 0;
}

static int Node_clear(PyObject *op) {
    if (((Node *)op)->counts) ((Node *)op)->counts[CLEARED]++;
    Py_CLEAR(((Node *)op)->next);
    return 0;
}

static void Node_finalize(PyObject *op) {
    int *counts = ((Node *)op)->counts;
    if (counts) counts[FINALIZED]++;
    if (counts && counts[KINDS]) saved = Py_NewRef(op);
}

static void Node_dealloc(PyObject *op) {
    if (PyObject_CallFinalizerFromDealloc(op) < 0) return;
    PyTypeObject *type = Py_TYPE(op);
    PyObject_GC_UnTrack(op);
    PyObject_ClearWeakRefs(op);
    if (((Node *)op)->counts) ((Node *)op)->counts[DEALLOCATED]++;
    Py_CLEAR(((Node *)op)->next);
    type->tp_free(op);
    Py_DECREF(type);
}

static PyMemberDef Node_members[] = {
    {"next", Py_T_OBJECT_EX, offsetof(Node, next), 0, NULL},
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Node, weak), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot Node_slots[] = {
    {Py_tp_doc, "A node."},         {Py_tp_traverse, Node_traverse},
    {Py_tp_clear, Node_clear},      {Py_tp_finalize, Node_finalize},
    {Py_tp_dealloc, Node_dealloc},  {Py_tp_members, Node_members},
    {Py_tp_new, PyType_GenericNew}, {0, NULL},
};

static PyType_Spec Node_spec = {"types.Node", sizeof(Node), 0, Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, Node_slots};

static PyObject *node_type(void) { return NEW(PyType_FromSpec(&Node_spec)); }

static PyObject *node(PyObject *type, int *counts) {
    PyObject *op = type ? PyObject_CallNoArgs(type) : NULL;
    if (op) ((Node *)op)->counts = counts;
    return op;
}

int test_finalizer(void) {
    int counts[KINDS + 1] = {0};
    PyObject *type = node_type(), *op = node(type, counts);
    STEP(op);
    STEP(PyObject_GC_IsTracked(op) && !PyObject_GC_IsFinalized(op) && PyObject_IS_GC(op) &&
         PyType_IS_GC((PyTypeObject *)type));
    PyObject *ref = NEW(PyWeakref_NewRef(op, NULL));
    if (!ref) Py_DECREF(op);
    STEP(ref);
    /* The finalizer makes it reachable once; the second time it is destroyed without a finalizer. */
    counts[KINDS] = 1;
    Py_DECREF(op);
    STEP(saved == op && counts[FINALIZED] == 1 && counts[DEALLOCATED] == 0 && Py_REFCNT(op) == 1 &&
         PyObject_GC_IsFinalized(op));
    STEP(PyObject_GC_IsTracked(op));
    Py_CLEAR(saved);
    STEP(counts[FINALIZED] == 1 && counts[DEALLOCATED] == 1);
    PyObject *target = op;
    STEP(PyWeakref_GetRef(ref, &target) == 0 && target == NULL);
    /* Now the finalizer does not make the object reachable. */
    counts[KINDS] = 0;
    op = NEW(node(type, counts));
    STEP(op);
    PyObject_CallFinalizer(op);
    PyObject_CallFinalizer(op);
    STEP(counts[FINALIZED] == 2);
    return 0;
}

int test_cycle(void) {
    int counts[KINDS + 1] = {0};
    PyObject *type = node_type(), *a = node(type, counts), *b = node(type, counts);
    if (!a || !b || PyObject_SetAttrString(a, "next", b) < 0 || PyObject_SetAttrString(b, "next", a) < 0) {
        if (a) Node_clear(a);
        Py_XDECREF(a);
        Py_XDECREF(b);
        return __LINE__;
    }
    counts[CLEARED] = 0;
    STEP(PyGC_IsEnabled() == 1 && PyGC_Disable() == 1 && PyGC_IsEnabled() == 0 && PyGC_Collect() == 0);
    STEP(PyGC_Enable() == 0 && PyGC_Enable() == 1);
    Py_DECREF(a);
    Py_DECREF(b);
    STEP(counts[DEALLOCATED] == 0);
    STEP(PyGC_Collect() == 2 && counts[FINALIZED] == 2 && counts[CLEARED] >= 1 && counts[DEALLOCATED] == 2);
    return 0;
}

static int see(PyObject *op, void *arg) {
    PyObject **wanted = arg;
    if (op == wanted[0]) wanted[1] = NULL;
    return wanted[1] != NULL;
}

int test_visit(void) {
    PyObject *type = node_type(), *op = NEW(node(type, NULL));
    STEP(op);
    PyObject *wanted[] = {op, op};
    PyUnstable_GC_VisitObjects(see, wanted);
    STEP(!wanted[1] && Py_REFCNT(op) == 1 && PyGC_IsEnabled());
    PyObject_GC_UnTrack(op);
    PyObject_GC_UnTrack(op);
    STEP(!PyObject_GC_IsTracked(op));
    wanted[1] = op;
    PyUnstable_GC_VisitObjects(see, wanted);
    STEP(wanted[1] == op);
    PyObject_GC_Track(op);
    STEP(PyObject_GC_IsTracked(op));
    return 0;
}

/* ---- memory ---- */

typedef struct {
    PyObject_VAR_HEAD
    long items[1];
} Row;

static int no_traverse(PyObject *op, visitproc visit, void *arg) {
    (void)op, (void)visit, (void)arg;
    return 0;
}

static PyType_Slot Row_slots[] = {{Py_tp_traverse, no_traverse}, {0, NULL}};
static PyType_Spec Row_spec = {"types.Row", offsetof(Row, items), sizeof(long), Py_TPFLAGS_HAVE_GC, Row_slots};
static PyType_Slot Plain_slots[] = {{0, NULL}};
static PyType_Spec Plain_spec = {"types.Plain", sizeof(PyObject) + 8, 0, Py_TPFLAGS_BASETYPE, Plain_slots};
static PyType_Spec Items_spec = {"types.Items", offsetof(Row, items), sizeof(long), 0, Plain_slots};

int test_new(void) {
    PyTypeObject *type = (PyTypeObject *)NEW(PyType_FromSpec(&Plain_spec));
    STEP(type);
    Py_ssize_t count = Py_REFCNT(type);
    PyObject *op = NEW(PyObject_New(PyObject, type));
    STEP(op && Py_TYPE(op) == type && Py_REFCNT(op) == 1 && Py_REFCNT(type) == count + 1);
    /* Freed without a dealloc: the caller must release the reference to the type. */
    PyObject *other = PyObject_New(PyObject, type);
    STEP(other);
    PyObject_Del(other);
    Py_DECREF(type);
    STEP(Py_REFCNT(type) == count + 1);
    void *block = PyObject_Malloc(type->tp_basicsize);
    STEP(block && NEW(PyObject_Init(block, type)) == block && Py_REFCNT((PyObject *)block) == 1);
    STEP(!PyObject_Init(NULL, type) && PyErr_ExceptionMatches(PyExc_MemoryError));
    PyErr_Clear();
    PyTypeObject *items = (PyTypeObject *)NEW(PyType_FromSpec(&Items_spec));
    STEP(items);
    Row *row = (Row *)NEW((PyObject *)PyObject_NewVar(Row, items, 3));
    STEP(row && Py_SIZE(row) == 3 && _PyObject_VAR_SIZE(items, 3) == offsetof(Row, items) + 12);
    block = PyObject_Malloc(_PyObject_VAR_SIZE(items, 2));
    STEP(block && NEW((PyObject *)PyObject_InitVar(block, items, 2)) && Py_SIZE((PyObject *)block) == 2);
    PyObject *all = NEW(PyType_GenericAlloc(items, 4));
    STEP(all && Py_SIZE(all) == 4 && ((Row *)all)->items[3] == 0);
    return 0;
}

int test_gc_new(void) {
    PyTypeObject *type = (PyTypeObject *)NEW(PyType_FromSpec(&Row_spec));
    STEP(type);
    Row *row = PyObject_GC_NewVar(Row, type, 2);
    STEP(row && !PyObject_GC_IsTracked((PyObject *)row));
    row->items[0] = 10, row->items[1] = 11;
    Row *larger = PyObject_GC_Resize(Row, row, 200);
    if (!larger) {
        Py_DECREF(row);
        return __LINE__;
    }
    STEP(Py_SIZE(larger) == 200 && larger->items[1] == 11);
    row = PyObject_GC_Resize(Row, larger, 1);
    if (!row) {
        Py_DECREF(larger);
        return __LINE__;
    }
    STEP(NEW((PyObject *)row) && Py_SIZE(row) == 1 && row->items[0] == 10);
    PyTypeObject *plain = (PyTypeObject *)node_type();
    Node *more = plain ? (Node *)NEW(PyUnstable_Object_GC_NewWithExtraData(plain, 100)) : NULL;
    STEP(more && !more->next && !PyObject_GC_IsTracked((PyObject *)more) && ((char *)(more + 1))[99] == 0);
    ((char *)(more + 1))[99] = 1;
    STEP(!PyUnstable_Object_GC_NewWithExtraData(plain, ~(size_t)0) && PyErr_ExceptionMatches(PyExc_MemoryError));
    PyErr_Clear();
    PyObject *node = node_type();
    Node *one = node ? PyObject_GC_New(Node, (PyTypeObject *)node) : NULL;
    STEP(one && !PyObject_GC_IsTracked((PyObject *)one));
    PyObject_GC_Del(one);
    Py_DECREF(node);
    return 0;
}

/* ---- types ---- */

static PyType_Slot Child_slots[] = {{0, NULL}};
static PyType_Spec Child_spec = {"types.Child", -4, 0, 0, Child_slots};

int test_derived(void) {
    PyObject *base = node_type();
    STEP(base);
    PyObject *bases = NEW(PyTuple_Pack(1, base));
    STEP(bases);
    PyTypeObject *type = (PyTypeObject *)NEW(PyType_FromSpecWithBases(&Child_spec, bases));
    STEP(type);
    STEP(type->tp_basicsize == sizeof(Node) + 4 && type->tp_base == (PyTypeObject *)base &&
         type->tp_name != Child_spec.name);
    STEP(PyType_IsSubtype(type, (PyTypeObject *)base) && !PyType_IsSubtype((PyTypeObject *)base, type));
    STEP(PyType_IsSubtype(type, &PyBaseObject_Type) && PyType_IsSubtype(&PyBool_Type, &PyLong_Type));
    STEP(PyType_GetFlags(type) & Py_TPFLAGS_HAVE_GC && type->tp_traverse == Node_traverse &&
         type->tp_new == PyType_GenericNew);
    STEP(PyType_GetSlot(type, Py_tp_clear) == Node_clear &&
         PyType_GetSlot((PyTypeObject *)base, Py_tp_doc) == Node_slots[0].pfunc);
    STEP(PyType_GetSlot(type, Py_nb_add) == NULL && !PyErr_Occurred());
    STEP(PyType_GetSlot(type, 1000) == NULL && SAYS(SystemError, "bad argument to internal function"));
    STEP(IS(NEW(PyType_GetName(type)), "'Child'") && IS(NEW(PyType_GetQualName(type)), "'Child'"));
    STEP(IS(NEW(PyType_GetFullyQualifiedName(type)), "'types.Child'") &&
         IS(NEW(PyType_GetModuleName(type)), "'types'"));
    STEP(IS((PyObject *)type, "<class 'types.Child'>"));
    PyObject *op = NEW(PyObject_CallNoArgs((PyObject *)type));
    STEP(op && PyObject_IsInstance(op, base) == 1 && PyObject_IsInstance(op, (PyObject *)&PyLong_Type) == 0);
    STEP(PyObject_IsInstance(op, bases) == 1 && PyObject_IsSubclass((PyObject *)type, bases) == 1 &&
         PyObject_TypeCheck(op, (PyTypeObject *)base));
    STEP(PyObject_IsInstance(op, op) == -1 &&
         SAYS(TypeError, "isinstance() arg 2 must be a type, a tuple of types, or a union"));
    STEP(PyObject_IsSubclass(op, base) == -1 && PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    STEP(PyType_Ready(type) == 0 && !PyType_GetModule(type) &&
         SAYS(TypeError, "type 'Child' has no module, or none of this definition"));
    STEP(PyType_GetModuleState(type) == NULL && PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    /* Types made from a PyType_Spec can get more attributes, which their instances see. */
    PyObject *value = NEW(PyLong_FromLong(12345));
    STEP(value && PyObject_SetAttrString((PyObject *)type, "extra", value) == 0 &&
         NEW(PyObject_GetAttrString(op, "extra")) == value);
    PyType_Modified(type);
    STEP(PyObject_DelAttrString((PyObject *)type, "extra") == 0 && !PyObject_HasAttrString(op, "extra"));
    STEP(PyObject_SetAttrString((PyObject *)&PyLong_Type, "x", value) == -1 &&
         SAYS(TypeError, "cannot set 'x' attribute of immutable type 'int'"));
    return 0;
}

static PyTypeObject Nameless = {PyVarObject_HEAD_INIT(NULL, 0)};
static PyTypeObject OfBool = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "types.OfBool", .tp_base = &PyBool_Type};
static PyTypeObject Untraversed = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "types.Untraversed",
                                   .tp_flags = Py_TPFLAGS_HAVE_GC};
static PyType_Slot Unknown_slots[] = {{999, NULL}, {0, NULL}};
static PyType_Spec Unknown_spec = {"types.Unknown", sizeof(Node), 0, 0, Unknown_slots};
static PyType_Spec Small_spec = {"types.Small", sizeof(PyObject), 0, 0, Child_slots};

int test_not_ready(void) {
    STEP(PyType_Ready(&Nameless) == -1 && SAYS(SystemError, "a type needs a name"));
    STEP(PyType_Ready(&OfBool) == -1 && SAYS(TypeError, "type 'bool' is not an acceptable base type"));
    STEP(PyType_Ready(&Untraversed) == -1 &&
         SAYS(SystemError, "type types.Untraversed has the Py_TPFLAGS_HAVE_GC flag but has no traverse function"));
    STEP(!PyType_FromSpec(&Unknown_spec) && SAYS(RuntimeError, "invalid slot of a type"));
    STEP(!PyType_FromMetaclass(&PyLong_Type, NULL, &Node_spec, NULL) &&
         SAYS(SystemError, "bad argument to internal function"));
    PyObject *base = node_type();
    STEP(base && !PyType_FromModuleAndSpec(NULL, &Small_spec, base) &&
         SAYS(TypeError, "type 'types.Small' is smaller than its base"));
    PyObject *type = NEW(PyType_FromSpec(&Child_spec));
    STEP(type && !PyType_FromSpecWithBases(&Child_spec, type) &&
         SAYS(TypeError, "type 'types.Child' is not an acceptable base type"));
    return 0;
}

/* ---- a type's own repr, hash and comparison ---- */

static PyObject *Value_repr(PyObject *op) {
    return PyUnicode_FromFormat("Value(%d)", (int)(size_t)((Node *)op)->counts);
}
static PyObject *Value_str(PyObject *op) { return PyUnicode_FromFormat("%d", (int)(size_t)((Node *)op)->counts); }
static PyObject *Value_number(PyObject *op) { return ((Node *)op)->counts ? Value_repr(op) : PyLong_FromLong(1); }
static Py_hash_t Value_hash(PyObject *op) { return (Py_hash_t)((Node *)op)->counts; }
static PyObject *Value_compare(PyObject *a, PyObject *b, int op) {
    if (Py_TYPE(a) != Py_TYPE(b)) Py_RETURN_NOTIMPLEMENTED;
    Py_RETURN_RICHCOMPARE((size_t)((Node *)a)->counts, (size_t)((Node *)b)->counts, op);
}

static PyType_Slot Value_slots[] = {
    {Py_tp_repr, Value_repr},
    {Py_tp_str, Value_str},
    {Py_tp_hash, Value_hash},
    {Py_tp_richcompare, Value_compare},
    {0, NULL},
};
static PyType_Spec Value_spec = {"types.Value", sizeof(Node), 0, 0, Value_slots};
static PyType_Slot Unhashed_slots[] = {
    {Py_tp_richcompare, Value_compare}, {Py_tp_repr, Value_number}, {Py_tp_str, Value_number}, {0, NULL}};
static PyType_Spec Unhashed_spec = {"types.Unhashed", sizeof(Node), 0, 0, Unhashed_slots};

int test_value(void) {
    PyObject *type = NEW(PyType_FromSpec(&Value_spec)), *a = NEW(node(type, (int *)5)), *b = NEW(node(type, (int *)5)),
             *c = NEW(node(type, (int *)6));
    STEP(a && b && c);
    STEP(IS(a, "Value(5)") && IS(NEW(PyObject_Str(a)), "'5'") && PyObject_Hash(a) == 5);
    STEP(PyObject_RichCompareBool(a, b, Py_EQ) == 1 && PyObject_RichCompareBool(a, c, Py_LT) == 1 &&
         PyObject_RichCompareBool(a, c, Py_GE) == 0);
    STEP(PyObject_RichCompareBool(a, type, Py_EQ) == 0 && PyObject_RichCompareBool(a, type, Py_LT) == -1 &&
         PyErr_ExceptionMatches(PyExc_TypeError));
    PyErr_Clear();
    PyObject *d = NEW(PyDict_New());
    STEP(d && PyDict_SetItem(d, a, c) == 0 && PyDict_GetItem(d, b) == c && IS(d, "{Value(5): Value(6)}"));
    PyObject *unhashed = NEW(PyType_FromSpec(&Unhashed_spec)), *e = NEW(node(unhashed, NULL));
    STEP(e && PyObject_Hash(e) == -1 && SAYS(TypeError, "unhashable type: 'types.Unhashed'"));
    STEP(!PyObject_Repr(e) && SAYS(TypeError, "a function that should return a string returned a 'int' object"));
    STEP(!PyObject_Str(e) && SAYS(TypeError, "a function that should return a string returned a 'int' object"));
    return 0;
}

/* ---- a type derived from one in C ---- */

static PyType_Spec Kin_spec = {"types.Kin", sizeof(Node) + 4, 0, Py_TPFLAGS_BASETYPE, Child_slots};

int test_derived_dealloc(void) {
    int counts[KINDS + 1] = {0};
    PyObject *base = node_type(), *type = base ? NEW(PyType_FromModuleAndSpec(NULL, &Kin_spec, base)) : NULL;
    PyObject *kin = type ? NEW(PyType_FromModuleAndSpec(NULL, &Child_spec, type)) : NULL;
    STEP(kin && ((PyTypeObject *)kin)->tp_basicsize == sizeof(Node) + 8);
    const Py_ssize_t before = Py_REFCNT(kin);
    PyObject *op = node(kin, counts);
    STEP(op && Py_REFCNT(kin) == before + 1);
    Py_DECREF(op);
    STEP(counts[FINALIZED] == 1 && counts[DEALLOCATED] == 1 && Py_REFCNT(kin) == before);
    return 0;
}

/* ---- calling the built-in types ---- */

static PyObject *made(PyTypeObject *type, const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *o = Py_VaBuildValue(format, values);
    va_end(values);
    PyObject *result = o ? PyObject_CallOneArg((PyObject *)type, o) : NULL;
    Py_XDECREF(o);
    return keep(result);
}

int test_calling_built_in_types(void) {
    STEP(IS(made(&PyLong_Type, "s", "12"), "12") && IS(made(&PyLong_Type, "d", 3.7), "3") &&
         IS(made(&PyFloat_Type, "s", "1.5"), "1.5"));
    STEP(IS(made(&PyBool_Type, "[i]", 0), "True") && IS(made(&PyBool_Type, "i", 0), "False") &&
         IS(made(&PyUnicode_Type, "i", 5), "'5'"));
    STEP(IS(made(&PyBytes_Type, "[ii]", 65, 66), "b'AB'") && IS(made(&PySet_Type, "[ii]", 1, 1), "{1}"));
    STEP(IS(made(&PyFrozenSet_Type, "[i]", 1), "frozenset({1})") && IS(made(&PyTuple_Type, "s", "ab"), "('a', 'b')"));
    STEP(IS(made(&PyList_Type, "s", "ab"), "['a', 'b']") && IS(made(&PyDict_Type, "{s:i}", "a", 1), "{'a': 1}"));
    STEP(IS(made(&PyDict_Type, "[(si)]", "a", 1), "{'a': 1}"));
    FAILS(made(&PyLong_Type, "s", "x"), ValueError, "invalid literal for int() with base 10: 'x'");
    FAILS(made(&PyDict_Type, "[s]", "a"), ValueError,
          "dictionary update sequence element #0 has length 1; 2 is required");
    static const char *const empty[] = {"0", "0.0", "False", "''", "b''", "()", "[]", "{}", "set()", "frozenset()"};
    PyTypeObject *const types[] = {&PyLong_Type,  &PyFloat_Type, &PyBool_Type, &PyUnicode_Type, &PyBytes_Type,
                                   &PyTuple_Type, &PyList_Type,  &PyDict_Type, &PySet_Type,     &PyFrozenSet_Type};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(types); k++)
        STEP(IS(NEW(PyObject_CallNoArgs((PyObject *)types[k])), empty[k]));
    STEP(IS(NEW(PyObject_CallFunction((PyObject *)&PyLong_Type, "si", "12", 8)), "10"));
    FAILS(PyObject_CallFunction((PyObject *)&PyList_Type, "ii", 1, 2), TypeError,
          "list expected at most 1 argument, got 2");
    FAILS(PyObject_CallFunction((PyObject *)&PyFloat_Type, "ii", 1, 2), TypeError,
          "float expected at most 1 argument, got 2");
    FAILS(PyObject_CallNoArgs((PyObject *)Py_TYPE(Py_None)), TypeError, "cannot create 'NoneType' instances");
    return 0;
}

/* ---- functions for buffers and for await, from a PyType_Spec ---- */

typedef struct {
    PyObject_HEAD
    int value;
} Word;

static int Word_buffer(PyObject *op, Py_buffer *view, int flags) {
    return PyBuffer_FillInfo(view, op, &((Word *)op)->value, sizeof(int), 0, flags);
}
static void Word_release(PyObject *op, Py_buffer *view) {
    (void)view;
    ((Word *)op)->value++;
}
static PyObject *Word_next(PyObject *op) { return PyLong_FromLong(((Word *)op)->value); }
static PySendResult Word_send(PyObject *op, PyObject *value, PyObject **result) {
    *result = value ? Py_NewRef(value) : PyLong_FromLong(((Word *)op)->value);
    return *result ? PYGEN_NEXT : PYGEN_ERROR;
}

static PyType_Slot Word_slots[] = {
    {Py_tp_new, PyType_GenericNew},
    {Py_bf_getbuffer, Word_buffer},
    {Py_bf_releasebuffer, Word_release},
    {Py_am_aiter, PyObject_SelfIter},
    {Py_am_anext, Word_next},
    {Py_am_send, Word_send},
    {0, NULL},
};
static PyType_Spec Word_spec = {"types.Word", sizeof(Word), 0, Py_TPFLAGS_BASETYPE, Word_slots};
static PyType_Spec Heir_spec = {"types.Heir", sizeof(Word), 0, 0, Child_slots};

int test_buffer_and_await(void) {
    PyObject *base = NEW(PyType_FromSpec(&Word_spec));
    STEP(base);
    PyObject *heir = NEW(PyType_FromSpecWithBases(&Heir_spec, base));
    STEP(heir && PyType_GetSlot((PyTypeObject *)heir, Py_am_send) == Word_send &&
         PyType_GetSlot((PyTypeObject *)heir, Py_bf_getbuffer) == Word_buffer &&
         !PyType_GetSlot((PyTypeObject *)heir, Py_am_await) && !PyErr_Occurred());
    PyTypeObject *const types[] = {(PyTypeObject *)base, (PyTypeObject *)heir};
    for (size_t k = 0; k < Py_ARRAY_LENGTH(types); k++) {
        PyObject *op = NEW(PyObject_CallNoArgs((PyObject *)types[k]));
        Py_buffer view;
        STEP(op && PyObject_CheckBuffer(op) && PyObject_GetBuffer(op, &view, PyBUF_WRITABLE) == 0);
        STEP(view.len == sizeof(int) && view.buf == &((Word *)op)->value);
        *(int *)view.buf = 41;
        PyBuffer_Release(&view);
        PyAsyncMethods *functions = types[k]->tp_as_async;
        PyObject *n = NEW(functions->am_anext(op)), *sent;
        STEP(IS(n, "42") && NEW(functions->am_aiter(op)) == op && !functions->am_await);
        STEP(functions->am_send(op, n, &sent) == PYGEN_NEXT && NEW(sent) == n);
    }
    return 0;
}

/* ---- attributes of types ---- */

static PyType_Slot Documented_slots[] = {{Py_tp_doc, "Has a doc."}, {0, NULL}};
static PyType_Spec Documented_spec = {"types.Documented", sizeof(Word), 0, Py_TPFLAGS_BASETYPE, Documented_slots};

int test_attributes_of_types(void) {
    PyObject *base = NEW(PyType_FromSpec(&Documented_spec));
    STEP(base);
    PyObject *heir = NEW(PyType_FromSpecWithBases(&Heir_spec, base));
    STEP(heir && IS(NEW(PyObject_GetAttrString(base, "__doc__")), "'Has a doc.'") &&
         IS(NEW(PyObject_GetAttrString(heir, "__doc__")), "None"));
    STEP(IS(NEW(PyObject_GetAttrString(heir, "__bases__")), "(<class 'types.Documented'>,)") &&
         IS(NEW(PyObject_GetAttrString((PyObject *)&PyBaseObject_Type, "__bases__")), "()"));
    STEP(IS(NEW(PyObject_GetAttrString(heir, "__mro__")),
            "(<class 'types.Heir'>, <class 'types.Documented'>, <class 'object'>)"));
    STEP(IS(NEW(PyObject_GetAttrString((PyObject *)&PyBool_Type, "__mro__")),
            "(<class 'bool'>, <class 'int'>, <class 'object'>)"));
    STEP(IS(NEW(PyObject_GetAttrString(heir, "__module__")), "'types'") &&
         IS(NEW(PyObject_GetAttrString(heir, "__qualname__")), "'Heir'") &&
         NEW(PyObject_GetAttrString(heir, "__class__")) == (PyObject *)&PyType_Type);
    return 0;
}

/* ---- isinstance, for an object that names another class ---- */

static PyObject *named_class(PyObject *op, void *closure) {
    (void)closure;
    switch (((Word *)op)->value) {
    case 0: return Py_NewRef(&PyBool_Type);
    case 1: return Py_NewRef(Py_None);
    case 2: return PyErr_Format(PyExc_AttributeError, "none");
    default: return PyErr_Format(PyExc_ValueError, "broken");
    }
}

static PyGetSetDef Proxy_getset[] = {{"__class__", named_class, NULL, NULL, NULL}, {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot Proxy_slots[] = {{Py_tp_new, PyType_GenericNew}, {Py_tp_getset, Proxy_getset}, {0, NULL}};
static PyType_Spec Proxy_spec = {"types.Proxy", sizeof(Word), 0, 0, Proxy_slots};

int test_instance_of_a_named_class(void) {
    PyObject *type = NEW(PyType_FromSpec(&Proxy_spec)), *op = type ? NEW(PyObject_CallNoArgs(type)) : NULL;
    PyObject *integer = (PyObject *)&PyLong_Type;
    STEP(op && PyObject_IsInstance(op, type) == 1 && PyObject_IsInstance(op, integer) == 1 &&
         PyObject_IsInstance(op, (PyObject *)&PyList_Type) == 0);
    PyObject *any = NEW(PyTuple_Pack(2, &PyList_Type, integer));
    STEP(any && PyObject_IsInstance(op, any) == 1);
    for (((Word *)op)->value = 1; ((Word *)op)->value <= 2; ((Word *)op)->value++)
        STEP(PyObject_IsInstance(op, integer) == 0 && !PyErr_Occurred());
    FAILS_NUMBER(PyObject_IsInstance(op, integer), ValueError, "broken");
    STEP(PyObject_IsInstance(op, type) == 1);
    return 0;
}
