// Types that are derived from built-in types in C. CPython and a heap must show the same.

#include "operations.h"

static int deallocated, visited;

// ---- list: fields, own and inherited slots ----

typedef struct {
    PyListObject list;
    int state;
    PyObject *other;
} Basket;

static int basket_init(PyObject *o, PyObject *args, PyObject *kwargs) {
    ((Basket *)o)->state = 7;
    return PyList_Type.tp_init(o, args, kwargs);
}

static int basket_traverse(PyObject *o, visitproc visit, void *arg) {
    visited++;
    Py_VISIT(((Basket *)o)->other);
    return PyList_Type.tp_traverse(o, visit, arg);
}

static int basket_clear(PyObject *o) {
    Py_CLEAR(((Basket *)o)->other);
    return PyList_Type.tp_clear(o);
}

static void basket_dealloc(PyObject *o) {
    deallocated++;
    PyObject_GC_UnTrack(o);
    Py_CLEAR(((Basket *)o)->other);
    PyList_Type.tp_dealloc(o);
}

static PyObject *basket_state(PyObject *o, PyObject *unused) {
    (void)unused;
    return PyLong_FromLong(((Basket *)o)->state);
}

static PyMethodDef basket_methods[] = {{"state", basket_state, METH_NOARGS, "the state"}, {0}};
static PyMemberDef basket_members[] = {{"other", Py_T_OBJECT_EX, offsetof(Basket, other), 0, NULL}, {0}};

static PyTypeObject BasketType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "derived.Basket",
    .tp_basicsize = sizeof(Basket),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_base = &PyList_Type,
    .tp_init = basket_init,
    .tp_traverse = basket_traverse,
    .tp_clear = basket_clear,
    .tp_dealloc = basket_dealloc,
    .tp_methods = basket_methods,
    .tp_members = basket_members,
};

/* Everything is inherited. */
static PyTypeObject PlainListType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "derived.PlainList",
                                     .tp_base = &PyList_Type, .tp_flags = Py_TPFLAGS_DEFAULT};

/* A list of a list in C, with slots that call those that they replace. */
static PyObject *loud_item(PyObject *o, Py_ssize_t k) {
    PyObject *item = PyList_Type.tp_as_sequence->sq_item(o, k);
    return item ? Py_BuildValue("(sN)", "item", item) : NULL;
}
static Py_ssize_t loud_length(PyObject *o) { return PyList_Type.tp_as_sequence->sq_length(o) + 100; }
static int loud_contains(PyObject *o, PyObject *item) { return !PyList_Type.tp_as_sequence->sq_contains(o, item); }
static PyObject *loud_concat(PyObject *o, PyObject *other) {
    PyObject *sum = PyList_Type.tp_as_sequence->sq_concat(o, other);
    return sum ? Py_BuildValue("(sN)", "sum", sum) : NULL;
}
static PyObject *loud_repr(PyObject *o) {
    PyObject *text = PyList_Type.tp_repr(o);
    PyObject *loud = text ? PyUnicode_FromFormat("Loud%U!", text) : NULL;
    Py_XDECREF(text);
    return loud;
}
static PyObject *loud_str(PyObject *o) {
    PyObject *text = PyList_Type.tp_str(o);
    PyObject *loud = text ? PyUnicode_FromFormat("str %U", text) : NULL;
    Py_XDECREF(text);
    return loud;
}
static PyObject *loud_iter(PyObject *o) {
    PyObject *reversed = PyList_GetSlice(o, 0, PY_SSIZE_T_MAX);
    if (!reversed || PyList_Reverse(reversed) < 0) return NULL;
    PyObject *it = PyObject_GetIter(reversed);
    Py_DECREF(reversed);
    return it;
}
static PyObject *loud_compare(PyObject *a, PyObject *b, int op) {
    PyObject *answer = PyList_Type.tp_richcompare(a, b, op);
    if (answer != Py_True && answer != Py_False) return answer;
    return Py_NewRef(answer == Py_True ? Py_False : Py_True);
}
static PySequenceMethods loud_sequence = {
    .sq_length = loud_length, .sq_item = loud_item, .sq_contains = loud_contains, .sq_concat = loud_concat};
static PyTypeObject LoudType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "derived.Loud",
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_base = &BasketType,
    .tp_as_sequence = &loud_sequence,
    .tp_repr = loud_repr,
    .tp_str = loud_str,
    .tp_iter = loud_iter,
    .tp_richcompare = loud_compare,
};

/* A list from a PyType_Spec, with weak references and attributes, and without a tp_dealloc: that of its base is called. */
typedef struct {
    PyListObject list;
    PyObject *references, *attributes;
} Kept;
static PyMemberDef kept_members[] = {
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(Kept, references), Py_READONLY, NULL},
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(Kept, attributes), Py_READONLY, NULL},
    {0},
};
static PyType_Slot kept_slots[] = {{Py_tp_members, kept_members}, {0, NULL}};
static PyType_Spec kept_spec = {"derived.Kept", sizeof(Kept), 0, Py_TPFLAGS_DEFAULT, kept_slots};
static PyTypeObject *kept;

// ---- dict ----

typedef struct {
    PyDictObject dict;
    PyObject *attributes, *references;
} Settings;

static PyObject *settings_missing(PyObject *o, PyObject *key) { return Py_BuildValue("(nO)", PyDict_Size(o), key); }
static PyMethodDef settings_methods[] = {{"__missing__", settings_missing, METH_O, NULL}, {0}};
static int settings_traverse(PyObject *o, visitproc visit, void *arg) {
    Py_VISIT(((Settings *)o)->attributes);
    return PyDict_Type.tp_traverse(o, visit, arg);
}
static int settings_clear(PyObject *o) {
    Py_CLEAR(((Settings *)o)->attributes);
    return PyDict_Type.tp_clear(o);
}
static void settings_dealloc(PyObject *o) {
    deallocated++;
    PyObject_GC_UnTrack(o);
    if (((Settings *)o)->references) PyObject_ClearWeakRefs(o);
    Py_CLEAR(((Settings *)o)->attributes);
    PyDict_Type.tp_dealloc(o);
}
static PyTypeObject SettingsType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "derived.Settings",
    .tp_basicsize = sizeof(Settings),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_base = &PyDict_Type,
    .tp_dictoffset = offsetof(Settings, attributes),
    .tp_weaklistoffset = offsetof(Settings, references),
    .tp_traverse = settings_traverse,
    .tp_clear = settings_clear,
    .tp_dealloc = settings_dealloc,
    .tp_methods = settings_methods,
};

// ---- str, as an extension of its layout, and from a PyType_Spec ----

typedef struct {
    PyUnicodeObject text;
    int tag;
} Markup;

static PyObject *markup_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    Markup *self = (Markup *)PyUnicode_Type.tp_new(type, args, kwargs);
    if (self) self->tag = 40 + (int)PyUnicode_GET_LENGTH(self);
    return OBJECT(self);
}
static PyObject *markup_tag(PyObject *o, void *unused) {
    (void)unused;
    return PyLong_FromLong(((Markup *)o)->tag);
}
static PyObject *markup_add(PyObject *a, PyObject *b) {
    if (!PyUnicode_Check(a) || !PyUnicode_Check(b)) Py_RETURN_NOTIMPLEMENTED;
    PyObject *sum = PyUnicode_Concat(a, b);
    return sum ? Py_BuildValue("(sN)", "added", sum) : NULL;
}
static PyGetSetDef markup_getset[] = {{"tag", markup_tag, NULL, NULL, NULL}, {0}};
static PyType_Slot markup_slots[] = {
    {Py_tp_new, markup_new}, {Py_tp_getset, markup_getset}, {Py_nb_add, markup_add}, {0, NULL}};
static PyType_Spec markup_spec = {"derived.Markup", sizeof(Markup), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
                                  markup_slots};

static PyTypeObject PlainStrType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "derived.PlainStr",
                                    .tp_base = &PyUnicode_Type, .tp_flags = Py_TPFLAGS_DEFAULT};

// ---- numbers and rows: their digits, bytes and items are in the object ----

#define PLAIN(name, base) \
    static PyTypeObject name##Type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "derived." #name, .tp_base = &base, \
                                      .tp_flags = Py_TPFLAGS_DEFAULT};
PLAIN(Count, PyLong_Type)
PLAIN(Pair, PyTuple_Type)
PLAIN(Raw, PyBytes_Type)
PLAIN(Fixed, PyFrozenSet_Type)
PLAIN(Real, PyFloat_Type)

typedef struct {
    PySetObject set;
    int calls;
} Bag;
static int bag_init(PyObject *o, PyObject *args, PyObject *kwargs) {
    ((Bag *)o)->calls++;
    return PySet_Type.tp_init(o, args, kwargs);
}
static PyTypeObject BagType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "derived.Bag", .tp_basicsize = sizeof(Bag),
                               .tp_base = &PySet_Type, .tp_flags = Py_TPFLAGS_DEFAULT, .tp_init = bag_init};

/* An int with its own operators, which call those that they replace. */
static PyObject *clock_add(PyObject *a, PyObject *b) {
    PyObject *sum = PyLong_Type.tp_as_number->nb_add(a, b);
    if (!sum || sum == Py_NotImplemented) return sum;
    PyObject *twelve = PyLong_FromLong(12), *rest = PyNumber_Remainder(sum, twelve);
    Py_DECREF(sum);
    Py_DECREF(twelve);
    return rest;
}
static PyObject *clock_multiply(PyObject *a, PyObject *b) {
    (void)a, (void)b;
    Py_RETURN_NOTIMPLEMENTED;
}
static Py_hash_t clock_hash(PyObject *o) { return PyLong_Type.tp_hash(o) + 1000; }
static PyObject *clock_compare(PyObject *a, PyObject *b, int op) { return PyLong_Type.tp_richcompare(a, b, op); }
static PyNumberMethods clock_number = {.nb_add = clock_add, .nb_multiply = clock_multiply};
static PyTypeObject ClockType = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "derived.Clock",
                                 .tp_base = &PyLong_Type,
                                 .tp_flags = Py_TPFLAGS_DEFAULT,
                                 .tp_as_number = &clock_number,
                                 .tp_hash = clock_hash,
                                 .tp_richcompare = clock_compare};

static PyTypeObject *types[] = {&BasketType, &PlainListType, &LoudType,  &SettingsType, &PlainStrType, &CountType,
                                &PairType,   &RawType,       &FixedType, &RealType,     &BagType,      &ClockType};
static PyTypeObject *markup;

/* A new instance, of one argument. */
static PyObject *make(PyTypeObject *type, const char *format, ...) {
    va_list values;
    va_start(values, format);
    PyObject *value = Py_VaBuildValue(format, values);
    va_end(values);
    PyObject *o = value ? PyObject_CallOneArg(OBJECT(type), value) : NULL;
    Py_XDECREF(value);
    return o;
}

static void show_texts(PyObject *o) {
    PyObject *a = PyUnicode_FromString("a"), *key = PyUnicode_FromString("b\u00e9a"), *d = PyDict_New();
    NUMBER(PyUnicode_GetLength(o));
    SHOW(PyUnicode_FromString(PyUnicode_AsUTF8(o)));
    SHOW(PyUnicode_AsUTF8String(o));
    SHOW(PyUnicode_FromObject(o));
    SHOW(PyUnicode_Substring(o, 0, 99));
    SHOW(PyUnicode_Split(o, a, -1));
    SHOW(PyUnicode_Replace(o, a, o, -1));
    PyObject *letters = PySequence_List(o);
    SHOW(PyUnicode_Join(o, letters));
    Py_XDECREF(letters);
    NUMBER(PyUnicode_Find(o, a, 0, 99, 1));
    NUMBER(PyUnicode_Contains(a, o));
    NUMBER(PyUnicode_Compare(o, key));
    NUMBER(PyUnicode_CompareWithASCIIString(o, "ba"));
    NUMBER(PyUnicode_IS_COMPACT(o) << 1 | PyUnicode_IS_ASCII(o));
    NUMBER(PyUnicode_READ_CHAR(o, 0));
    SHOW(PyUnicode_Concat(o, a));
    NUMBER(PyDict_SetItem(d, o, a));
    NUMBER(PyDict_Contains(d, key));
    NUMBER(PyDict_SetItem(d, key, o));
    SHOW(Py_NewRef(d));
    PyObject *interned = Py_NewRef(o);
    PyUnicode_InternInPlace(&interned);
    NUMBER(interned == o);
    SHOW(interned);
    SHOW(PyUnicode_FromFormat("%U|%S|%R|%.2U", o, o, o, o));
    SHOW(PyObject_GetAttrString(o, "tag"));
    Py_DECREF(a);
    Py_DECREF(key);
    Py_DECREF(d);
}

/* Instances in cycles, weak references, attributes: how many are deallocated, and when. */
static void show_lives(void) {
    PyObject *basket = make(&BasketType, "[i]", 1);
    deallocated = visited = 0;
    ((Basket *)basket)->other = PyList_New(0);
    PyList_Append(((Basket *)basket)->other, basket);
    PyList_Append(basket, basket);
    SHOW(PyObject_Repr(basket));
    SHOW(PyObject_CallMethod(basket, "state", NULL));
    Py_DECREF(basket);
    NUMBER(deallocated);
    PyGC_Collect();
    NUMBER(deallocated);
    NUMBER(visited > 0);
    PyObject *settings = make(&SettingsType, "{s:i}", "x", 1), *reference = PyWeakref_NewRef(settings, NULL);
    deallocated = 0;
    NUMBER(PyObject_SetAttrString(settings, "me", settings));
    SHOW(PyObject_GetAttrString(settings, "me"));
    Py_DECREF(settings);
    PyGC_Collect();
    NUMBER(deallocated);
    PyObject *alive = NULL;
    NUMBER(PyWeakref_GetRef(reference, &alive));
    Py_DECREF(reference);
    PyObject *list = make(kept, "(iii)", 3, 1, 2), *value = PyList_New(0);
    NUMBER(PyObject_SetAttrString(list, "value", value));
    NUMBER(Py_REFCNT(value));
    reference = PyWeakref_NewRef(list, NULL);
    NUMBER(PyWeakref_IsDead(reference));
    Py_DECREF(list);
    NUMBER(PyWeakref_IsDead(reference));
    NUMBER(Py_REFCNT(value));
    Py_DECREF(value);
    Py_DECREF(reference);
    PyObject *loud = make(&LoudType, "(iii)", 3, 1, 2);
    NUMBER(((Basket *)loud)->state);
    NUMBER(((Basket *)loud)->other == NULL);
    Py_XDECREF(loud);
    NUMBER(deallocated);
}

/* Calls of the type with one argument or none. */
static void show_calls(PyTypeObject *type) {
    PyObject *two = PyLong_FromLong(2), *args = Py_BuildValue("(ii)", 1, 2), *names = Py_BuildValue("{s:i}", "name", 1);
    SHOW(PyObject_CallNoArgs(OBJECT(type)));
    if (type->tp_base != &PyBytes_Type) SHOW(PyObject_CallOneArg(OBJECT(type), two));
    SHOW(PyObject_CallOneArg(OBJECT(type), Py_None));
    SHOW(PyObject_CallOneArg(OBJECT(type), args));
    SHOW(PyObject_CallOneArg(OBJECT(type), names));
    Py_DECREF(two);
    Py_DECREF(args);
    Py_DECREF(names);
}

static void show_type(PyTypeObject *type) {
    SHOW(Py_NewRef(type));
    NUMBER(type->tp_basicsize - type->tp_base->tp_basicsize);
    NUMBER(type->tp_itemsize);
    NUMBER((type->tp_flags & (0xffu << 24 | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE)) >> 8);
    NUMBER(type->tp_base->tp_iter == type->tp_iter);
    NUMBER(!!type->tp_new << 1 | !!type->tp_init);
    NUMBER(!!type->tp_traverse << 1 | !!type->tp_clear);
    SHOW(PyObject_GetAttrString(OBJECT(type), "__mro__"));
}

static PyObject *derived_show(PyObject *module, PyObject *unused) {
    (void)module, (void)unused;
    shown = PyList_New(0);
    if (!shown) return NULL;
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        show_type(types[k]);
        show_calls(types[k]);
    }
    show_type(markup);
    show_calls(markup);
#define BOTH(type, base, ...) \
    do { \
        PyObject *o = make(type, __VA_ARGS__), *like = make(&base, __VA_ARGS__); \
        show("made", Py_XNewRef(o)); \
        if (o && like) show_all(o, like), show_changes(o); \
        PyErr_Clear(); \
        Py_XDECREF(o); \
        Py_XDECREF(like); \
    } while (0)
    BOTH(&BasketType, PyList_Type, "(iii)", 3, 1, 2);
    BOTH(&PlainListType, PyList_Type, "(iii)", 3, 1, 2);
    BOTH(&PlainListType, PyList_Type, "()");
    BOTH(&LoudType, PyList_Type, "(iii)", 3, 1, 2);
    BOTH(&SettingsType, PyDict_Type, "{i:s,i:s}", 0, "zero", 2, "two");
    BOTH(&PlainStrType, PyUnicode_Type, "s", "b\u00e9a");
    BOTH(&PlainStrType, PyUnicode_Type, "s", "");
    BOTH(&PlainStrType, PyUnicode_Type, "s", "a");
    BOTH(markup, PyUnicode_Type, "s", "ba");
    BOTH(markup, PyUnicode_Type, "s", "\u20acuro \U0001f600");
    BOTH(&CountType, PyLong_Type, "i", 0);
    BOTH(&CountType, PyLong_Type, "i", -7);
    BOTH(&CountType, PyLong_Type, "L", 1LL << 40);
    BOTH(&ClockType, PyLong_Type, "i", 11);
    BOTH(&RealType, PyFloat_Type, "d", 2.5);
    BOTH(&PairType, PyTuple_Type, "(is)", 2, "a");
    BOTH(&PairType, PyTuple_Type, "()");
    BOTH(&RawType, PyBytes_Type, "y", "ab\xff");
    BOTH(&RawType, PyBytes_Type, "y", "");
    BOTH(&BagType, PySet_Type, "(ii)", 2, 3);
    BOTH(&FixedType, PyFrozenSet_Type, "(ii)", 2, 3);
    PyObject *text = make(&PlainStrType, "s", "b\u00e9a");
    show_texts(text);
    Py_DECREF(text);
    text = make(markup, "s", "banana");
    show_texts(text);
    Py_DECREF(text);
    show_lives();
    PyObject *all = shown;
    shown = NULL;
    return all;
}

static PyMethodDef methods[] = {{"show", derived_show, METH_NOARGS, NULL}, {0}};
static PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "derived", .m_size = -1, .m_methods = methods};

PyMODINIT_FUNC PyInit_derived(void) {
    for (size_t k = 0; k < sizeof types / sizeof *types; k++)
        if (PyType_Ready(types[k]) < 0) return NULL;
    markup = (PyTypeObject *)PyType_FromSpecWithBases(&markup_spec, OBJECT(&PyUnicode_Type));
    kept = (PyTypeObject *)PyType_FromSpecWithBases(&kept_spec, OBJECT(&PyList_Type));
    PyObject *module = markup && kept ? PyModule_Create(&definition) : NULL;
    if (!module) return NULL;
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) PyModule_AddType(module, types[k]);
    PyModule_AddType(module, markup);
    PyModule_AddType(module, kept);
    // From now on the module keeps these types.
    Py_DECREF(markup);
    Py_DECREF(kept);
    return module;
}
