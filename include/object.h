/* Objects and types: the manual's chapters "Reference Counting", "Common Object Structures" and "Type Object Structures".
 *
 *   [ collector's header ]  ob_refcnt | ob_type | ...         the header only if the type has Py_TPFLAGS_HAVE_GC
 *
 * A type is a PyTypeObject. It has CPython's fields; on a heap, words that only the heap uses follow. They are 0 before PyType_Ready.
 */
#ifndef Py_OBJECT_H
#define Py_OBJECT_H

#include "pyport.h"

typedef struct _typeobject PyTypeObject;
typedef struct PyBufferProcs PyBufferProcs;
struct PyModuleDef;

struct _object {
    Py_ssize_t ob_refcnt;
    PyTypeObject *ob_type;
};

typedef struct {
    PyObject ob_base;
    /* The number of items. */
    Py_ssize_t ob_size;
} PyVarObject;

#define PyObject_HEAD PyObject ob_base;
#define PyObject_VAR_HEAD PyVarObject ob_base;
#define Py_INVALID_SIZE ((Py_ssize_t) - 1)

/* A reference count of this or more never changes. */
#define _Py_IMMORTAL_MINIMUM_REFCNT ((Py_ssize_t)1 << 30)
#define _Py_IMMORTAL_REFCNT ((Py_ssize_t)((size_t)5 << 28))

#define PyObject_HEAD_INIT(type) {1, type},
#define PyVarObject_HEAD_INIT(type, size) {PyObject_HEAD_INIT(type) size},

/* ---- functions of types ---- */

typedef PyObject *(*unaryfunc)(PyObject *);
typedef PyObject *(*binaryfunc)(PyObject *, PyObject *);
typedef PyObject *(*ternaryfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*inquiry)(PyObject *);
typedef Py_ssize_t (*lenfunc)(PyObject *);
typedef PyObject *(*ssizeargfunc)(PyObject *, Py_ssize_t);
typedef int (*ssizeobjargproc)(PyObject *, Py_ssize_t, PyObject *);
typedef int (*objobjargproc)(PyObject *, PyObject *, PyObject *);
typedef int (*objobjproc)(PyObject *, PyObject *);
typedef int (*visitproc)(PyObject *, void *);
typedef int (*traverseproc)(PyObject *, visitproc, void *);
typedef void (*freefunc)(void *);
typedef void (*destructor)(PyObject *);
typedef PyObject *(*getattrfunc)(PyObject *, char *);
typedef PyObject *(*getattrofunc)(PyObject *, PyObject *);
typedef int (*setattrfunc)(PyObject *, char *, PyObject *);
typedef int (*setattrofunc)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*reprfunc)(PyObject *);
typedef Py_hash_t (*hashfunc)(PyObject *);
typedef PyObject *(*richcmpfunc)(PyObject *, PyObject *, int);
typedef PyObject *(*getiterfunc)(PyObject *);
typedef PyObject *(*iternextfunc)(PyObject *);
typedef PyObject *(*descrgetfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*descrsetfunc)(PyObject *, PyObject *, PyObject *);
typedef int (*initproc)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*newfunc)(PyTypeObject *, PyObject *, PyObject *);
typedef PyObject *(*allocfunc)(PyTypeObject *, Py_ssize_t);
typedef PyObject *(*vectorcallfunc)(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames);

typedef struct {
    binaryfunc nb_add;
    binaryfunc nb_subtract;
    binaryfunc nb_multiply;
    binaryfunc nb_remainder;
    binaryfunc nb_divmod;
    ternaryfunc nb_power;
    unaryfunc nb_negative;
    unaryfunc nb_positive;
    unaryfunc nb_absolute;
    inquiry nb_bool;
    unaryfunc nb_invert;
    binaryfunc nb_lshift;
    binaryfunc nb_rshift;
    binaryfunc nb_and;
    binaryfunc nb_xor;
    binaryfunc nb_or;
    unaryfunc nb_int;
    void *nb_reserved;
    unaryfunc nb_float;
    binaryfunc nb_inplace_add;
    binaryfunc nb_inplace_subtract;
    binaryfunc nb_inplace_multiply;
    binaryfunc nb_inplace_remainder;
    ternaryfunc nb_inplace_power;
    binaryfunc nb_inplace_lshift;
    binaryfunc nb_inplace_rshift;
    binaryfunc nb_inplace_and;
    binaryfunc nb_inplace_xor;
    binaryfunc nb_inplace_or;
    binaryfunc nb_floor_divide;
    binaryfunc nb_true_divide;
    binaryfunc nb_inplace_floor_divide;
    binaryfunc nb_inplace_true_divide;
    unaryfunc nb_index;
    binaryfunc nb_matrix_multiply;
    binaryfunc nb_inplace_matrix_multiply;
} PyNumberMethods;

typedef struct {
    lenfunc sq_length;
    binaryfunc sq_concat;
    ssizeargfunc sq_repeat;
    ssizeargfunc sq_item;
    void *was_sq_slice;
    ssizeobjargproc sq_ass_item;
    void *was_sq_ass_slice;
    objobjproc sq_contains;
    binaryfunc sq_inplace_concat;
    ssizeargfunc sq_inplace_repeat;
} PySequenceMethods;

typedef struct {
    lenfunc mp_length;
    binaryfunc mp_subscript;
    objobjargproc mp_ass_subscript;
} PyMappingMethods;

/* Nothing here calls these functions: they are for C code that calls them itself. */
typedef enum { PYGEN_RETURN = 0, PYGEN_ERROR = -1, PYGEN_NEXT = 1 } PySendResult;
typedef PySendResult (*sendfunc)(PyObject *, PyObject *, PyObject **);
typedef struct {
    unaryfunc am_await;
    unaryfunc am_aiter;
    unaryfunc am_anext;
    sendfunc am_send;
} PyAsyncMethods;

/* ---- types ---- */

struct _typeobject {
    PyVarObject ob_base;
    const char *tp_name;
    Py_ssize_t tp_basicsize;
    Py_ssize_t tp_itemsize;
    destructor tp_dealloc;
    Py_ssize_t tp_vectorcall_offset;
    getattrfunc tp_getattr;
    setattrfunc tp_setattr;
    PyAsyncMethods *tp_as_async;
    reprfunc tp_repr;
    PyNumberMethods *tp_as_number;
    PySequenceMethods *tp_as_sequence;
    PyMappingMethods *tp_as_mapping;
    hashfunc tp_hash;
    ternaryfunc tp_call;
    reprfunc tp_str;
    getattrofunc tp_getattro;
    setattrofunc tp_setattro;
    PyBufferProcs *tp_as_buffer;
    unsigned long tp_flags;
    const char *tp_doc;
    traverseproc tp_traverse;
    inquiry tp_clear;
    richcmpfunc tp_richcompare;
    Py_ssize_t tp_weaklistoffset;
    getiterfunc tp_iter;
    iternextfunc tp_iternext;
    struct PyMethodDef *tp_methods;
    struct PyMemberDef *tp_members;
    struct PyGetSetDef *tp_getset;
    PyTypeObject *tp_base;
    PyObject *tp_dict;
    descrgetfunc tp_descr_get;
    descrsetfunc tp_descr_set;
    Py_ssize_t tp_dictoffset;
    initproc tp_init;
    allocfunc tp_alloc;
    newfunc tp_new;
    freefunc tp_free;
    inquiry tp_is_gc;
    PyObject *tp_bases;
    PyObject *tp_mro;
    PyObject *tp_cache;
    void *tp_subclasses;
    PyObject *tp_weaklist;
    destructor tp_del;
    unsigned int tp_version_tag;
    destructor tp_finalize;
    vectorcallfunc tp_vectorcall;
    unsigned char tp_watched;
    uint16_t tp_versions_used;
#ifndef PYHEAP_CPYTHON
    /* Private to the heap: core/objects/model/type.ts. */
    void *_heap[24];
#endif
};

typedef struct {
    int slot;
    void *pfunc;
} PyType_Slot;

typedef struct {
    const char *name;
    int basicsize;
    int itemsize;
    unsigned int flags;
    PyType_Slot *slots;
} PyType_Spec;

#include "typeslots.h"

#define Py_TPFLAGS_SEQUENCE (1UL << 5)
#define Py_TPFLAGS_MAPPING (1UL << 6)
#define Py_TPFLAGS_DISALLOW_INSTANTIATION (1UL << 7)
#define Py_TPFLAGS_IMMUTABLETYPE (1UL << 8)
#define Py_TPFLAGS_HEAPTYPE (1UL << 9)
#define Py_TPFLAGS_BASETYPE (1UL << 10)
#define Py_TPFLAGS_HAVE_VECTORCALL (1UL << 11)
#define Py_TPFLAGS_READY (1UL << 12)
#define Py_TPFLAGS_READYING (1UL << 13)
#define Py_TPFLAGS_HAVE_GC (1UL << 14)
#define Py_TPFLAGS_METHOD_DESCRIPTOR (1UL << 17)
#define Py_TPFLAGS_ITEMS_AT_END (1UL << 23)
#define Py_TPFLAGS_LONG_SUBCLASS (1UL << 24)
#define Py_TPFLAGS_LIST_SUBCLASS (1UL << 25)
#define Py_TPFLAGS_TUPLE_SUBCLASS (1UL << 26)
#define Py_TPFLAGS_BYTES_SUBCLASS (1UL << 27)
#define Py_TPFLAGS_UNICODE_SUBCLASS (1UL << 28)
#define Py_TPFLAGS_DICT_SUBCLASS (1UL << 29)
#define Py_TPFLAGS_BASE_EXC_SUBCLASS (1UL << 30)
#define Py_TPFLAGS_TYPE_SUBCLASS (1UL << 31)
#define Py_TPFLAGS_DEFAULT 0UL
/* Older versions asked for these flags. On a heap they are 0, because it uses one of the bits for itself. */
#ifdef PYHEAP_CPYTHON
#define Py_TPFLAGS_HAVE_FINALIZE (1UL << 0)
#define Py_TPFLAGS_HAVE_VERSION_TAG (1UL << 18)
#else
#define Py_TPFLAGS_HAVE_FINALIZE 0UL
#define Py_TPFLAGS_HAVE_VERSION_TAG 0UL
#endif

PyAPI_DATA(PyTypeObject) PyType_Type;
PyAPI_DATA(PyTypeObject) PyBaseObject_Type;
PyAPI_DATA(PyTypeObject) PyBool_Type;
PyAPI_DATA(PyTypeObject) PyLong_Type;
PyAPI_DATA(PyTypeObject) PyFloat_Type;
PyAPI_DATA(PyTypeObject) PyUnicode_Type;
PyAPI_DATA(PyTypeObject) PyBytes_Type;
PyAPI_DATA(PyTypeObject) PyTuple_Type;
PyAPI_DATA(PyTypeObject) PyList_Type;
PyAPI_DATA(PyTypeObject) PyDict_Type;
PyAPI_DATA(PyTypeObject) PySet_Type;
PyAPI_DATA(PyTypeObject) PyFrozenSet_Type;
PyAPI_DATA(PyTypeObject) _PyNone_Type;
PyAPI_DATA(PyTypeObject) _PyNotImplemented_Type;
PyAPI_DATA(PyTypeObject) _PyWeakref_RefType;

/* Completes the type: it inherits from its base what it does not define itself. 0, or -1 with an error. */
PyAPI_FUNC(int) PyType_Ready(PyTypeObject *type);

/* Makes a type from a PyType_Spec. The spec may be freed afterwards, what it points to may not. NULL with an error. */
PyAPI_FUNC(PyObject *) PyType_FromSpec(PyType_Spec *spec);
PyAPI_FUNC(PyObject *) PyType_FromSpecWithBases(PyType_Spec *spec, PyObject *bases);
PyAPI_FUNC(PyObject *) PyType_FromModuleAndSpec(PyObject *module, PyType_Spec *spec, PyObject *bases);
/* `meta` is NULL or &PyType_Type. */
PyAPI_FUNC(PyObject *) PyType_FromMetaclass(PyTypeObject *meta, PyObject *module, PyType_Spec *spec, PyObject *bases);

PyAPI_FUNC(int) PyType_IsSubtype(PyTypeObject *type, PyTypeObject *base);
PyAPI_FUNC(unsigned long) PyType_GetFlags(PyTypeObject *type);
/* The type's function for Py_tp_new and so on; NULL if it has none. */
PyAPI_FUNC(void *) PyType_GetSlot(PyTypeObject *type, int slot);
PyAPI_FUNC(PyObject *) PyType_GetName(PyTypeObject *type);
PyAPI_FUNC(PyObject *) PyType_GetQualName(PyTypeObject *type);
PyAPI_FUNC(PyObject *) PyType_GetFullyQualifiedName(PyTypeObject *type);
PyAPI_FUNC(PyObject *) PyType_GetModuleName(PyTypeObject *type);
/* A borrowed reference to the type's module; the state of that module; a borrowed reference to the first module that
   was made from `def`, among those of the type and its bases. */
PyAPI_FUNC(PyObject *) PyType_GetModule(PyTypeObject *type);
PyAPI_FUNC(void *) PyType_GetModuleState(PyTypeObject *type);
PyAPI_FUNC(PyObject *) PyType_GetModuleByDef(PyTypeObject *type, struct PyModuleDef *def);
/* Call this after attributes of the type were changed. */
PyAPI_FUNC(void) PyType_Modified(PyTypeObject *type);

/* A new tracked object with `items` items, all 0; NULL with MemoryError. */
PyAPI_FUNC(PyObject *) PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t items);
/* Returns type->tp_alloc(type, 0). */
PyAPI_FUNC(PyObject *) PyType_GenericNew(PyTypeObject *type, PyObject *args, PyObject *kwargs);

static inline int PyType_HasFeature(PyTypeObject *type, unsigned long feature) {
    return (type->tp_flags & feature) != 0;
}
#define PyType_FastSubclass(type, flag) PyType_HasFeature(type, flag)

/* ---- objects ---- */

static inline PyTypeObject *_Py_TYPE(PyObject *op) { return op->ob_type; }
static inline Py_ssize_t _Py_REFCNT(PyObject *op) { return op->ob_refcnt; }
static inline Py_ssize_t _Py_SIZE(PyObject *op) { return ((PyVarObject *)op)->ob_size; }
static inline void _Py_SET_REFCNT(PyObject *op, Py_ssize_t n) {
    if (op->ob_refcnt < _Py_IMMORTAL_MINIMUM_REFCNT) op->ob_refcnt = n;
}
static inline void _Py_SET_TYPE(PyObject *op, PyTypeObject *type) { op->ob_type = type; }
static inline void _Py_SET_SIZE(PyVarObject *op, Py_ssize_t n) { op->ob_size = n; }
#define Py_TYPE(op) _Py_TYPE(_PyObject_CAST(op))
#define Py_REFCNT(op) _Py_REFCNT(_PyObject_CAST(op))
#define Py_SIZE(op) _Py_SIZE(_PyObject_CAST(op))
#define Py_SET_REFCNT(op, n) _Py_SET_REFCNT(_PyObject_CAST(op), n)
#define Py_SET_TYPE(op, type) _Py_SET_TYPE(_PyObject_CAST(op), type)
#define Py_SET_SIZE(op, n) _Py_SET_SIZE((PyVarObject *)(op), n)
#define Py_IS_TYPE(op, type) (Py_TYPE(op) == (type))
#define Py_Is(a, b) (_PyObject_CAST(a) == _PyObject_CAST(b))

static inline int _PyObject_TypeCheck(PyObject *op, PyTypeObject *type) {
    return op->ob_type == type || PyType_IsSubtype(op->ob_type, type);
}
#define PyObject_TypeCheck(op, type) _PyObject_TypeCheck(_PyObject_CAST(op), (type))
#define PyType_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_TYPE_SUBCLASS)
#define PyType_CheckExact(op) Py_IS_TYPE(op, &PyType_Type)

/* ---- reference counts ---- */

PyAPI_FUNC(void) Py_IncRef(PyObject *op);
PyAPI_FUNC(void) Py_DecRef(PyObject *op);
/* Deallocates the object; called when the last reference was released. */
PyAPI_FUNC(void) _Py_Dealloc(PyObject *op);

static inline int _Py_IsImmortal(PyObject *op) { return op->ob_refcnt >= _Py_IMMORTAL_MINIMUM_REFCNT; }
static inline void _Py_INCREF(PyObject *op) {
    if (!_Py_IsImmortal(op)) op->ob_refcnt++;
}
static inline void _Py_DECREF(PyObject *op) {
    if (!_Py_IsImmortal(op) && --op->ob_refcnt == 0) _Py_Dealloc(op);
}
static inline void _Py_XINCREF(PyObject *op) {
    if (op) _Py_INCREF(op);
}
static inline void _Py_XDECREF(PyObject *op) {
    if (op) _Py_DECREF(op);
}
static inline PyObject *_Py_NewRef(PyObject *op) {
    _Py_INCREF(op);
    return op;
}
static inline PyObject *_Py_XNewRef(PyObject *op) {
    _Py_XINCREF(op);
    return op;
}
#define Py_INCREF(op) _Py_INCREF(_PyObject_CAST(op))
#define Py_DECREF(op) _Py_DECREF(_PyObject_CAST(op))
#define Py_XINCREF(op) _Py_XINCREF(_PyObject_CAST(op))
#define Py_XDECREF(op) _Py_XDECREF(_PyObject_CAST(op))
#define Py_NewRef(op) _Py_NewRef(_PyObject_CAST(op))
#define Py_XNewRef(op) _Py_XNewRef(_PyObject_CAST(op))

/* Sets the variable to NULL, and then releases the reference. The order matters: the release may run code that reads
   the variable. */
#define Py_CLEAR(op) \
    do { \
        PyObject *_py_old = _PyObject_CAST(op); \
        if (_py_old) { \
            (op) = NULL; \
            _Py_DECREF(_py_old); \
        } \
    } while (0)

/* Gives the variable another reference, and then releases the old one. */
#define Py_SETREF(dst, src) \
    do { \
        PyObject *_py_old = _PyObject_CAST(dst); \
        (dst) = (src); \
        _Py_DECREF(_py_old); \
    } while (0)
#define Py_XSETREF(dst, src) \
    do { \
        PyObject *_py_old = _PyObject_CAST(dst); \
        (dst) = (src); \
        _Py_XDECREF(_py_old); \
    } while (0)

/* ---- constants ---- */

PyAPI_DATA(PyObject) _Py_NoneStruct;
PyAPI_DATA(PyObject) _Py_NotImplementedStruct;
PyAPI_DATA(PyObject) _Py_TrueStruct;
PyAPI_DATA(PyObject) _Py_FalseStruct;
#define Py_None (&_Py_NoneStruct)
#define Py_NotImplemented (&_Py_NotImplementedStruct)
#define Py_True (&_Py_TrueStruct)
#define Py_False (&_Py_FalseStruct)
#define Py_IsNone(op) Py_Is(op, Py_None)
#define Py_IsTrue(op) Py_Is(op, Py_True)
#define Py_IsFalse(op) Py_Is(op, Py_False)
#define Py_RETURN_NONE return Py_None
#define Py_RETURN_NOTIMPLEMENTED return Py_NotImplemented
#define Py_RETURN_TRUE return Py_True
#define Py_RETURN_FALSE return Py_False

#define Py_LT 0
#define Py_LE 1
#define Py_EQ 2
#define Py_NE 3
#define Py_GT 4
#define Py_GE 5
/* For two values that C's own operators can compare. */
#define Py_RETURN_RICHCOMPARE(a, b, op) \
    do { \
        switch (op) { \
        case Py_EQ: \
            if ((a) == (b)) Py_RETURN_TRUE; \
            Py_RETURN_FALSE; \
        case Py_NE: \
            if ((a) != (b)) Py_RETURN_TRUE; \
            Py_RETURN_FALSE; \
        case Py_LT: \
            if ((a) < (b)) Py_RETURN_TRUE; \
            Py_RETURN_FALSE; \
        case Py_GT: \
            if ((a) > (b)) Py_RETURN_TRUE; \
            Py_RETURN_FALSE; \
        case Py_LE: \
            if ((a) <= (b)) Py_RETURN_TRUE; \
            Py_RETURN_FALSE; \
        case Py_GE: \
            if ((a) >= (b)) Py_RETURN_TRUE; \
            Py_RETURN_FALSE; \
        default: Py_UNREACHABLE(); \
        } \
    } while (0)

/* ---- attributes ---- */

PyAPI_FUNC(PyObject *) PyObject_GetAttr(PyObject *op, PyObject *name);
PyAPI_FUNC(PyObject *) PyObject_GetAttrString(PyObject *op, const char *name);
/* Stores a new reference in *result and returns 1; NULL and 0 if there is no such attribute; NULL and -1 with an error. */
PyAPI_FUNC(int) PyObject_GetOptionalAttr(PyObject *op, PyObject *name, PyObject **result);
PyAPI_FUNC(int) PyObject_GetOptionalAttrString(PyObject *op, const char *name, PyObject **result);
/* 0, or -1 with an error. */
PyAPI_FUNC(int) PyObject_SetAttr(PyObject *op, PyObject *name, PyObject *value);
PyAPI_FUNC(int) PyObject_SetAttrString(PyObject *op, const char *name, PyObject *value);
PyAPI_FUNC(int) PyObject_DelAttr(PyObject *op, PyObject *name);
PyAPI_FUNC(int) PyObject_DelAttrString(PyObject *op, const char *name);
PyAPI_FUNC(int) PyObject_HasAttr(PyObject *op, PyObject *name);
PyAPI_FUNC(int) PyObject_HasAttrString(PyObject *op, const char *name);
PyAPI_FUNC(int) PyObject_HasAttrWithError(PyObject *op, PyObject *name);
PyAPI_FUNC(int) PyObject_HasAttrStringWithError(PyObject *op, const char *name);
/* The tp_getattro and tp_setattro of types that do not define their own. */
PyAPI_FUNC(PyObject *) PyObject_GenericGetAttr(PyObject *op, PyObject *name);
PyAPI_FUNC(int) PyObject_GenericSetAttr(PyObject *op, PyObject *name, PyObject *value);
/* The dict of an object whose type has a tp_dictoffset. */
PyAPI_FUNC(PyObject *) PyObject_GenericGetDict(PyObject *op, void *closure);
PyAPI_FUNC(int) PyObject_GenericSetDict(PyObject *op, PyObject *value, void *closure);
PyAPI_FUNC(PyObject *) PyObject_SelfIter(PyObject *op);
#ifndef PYHEAP_CPYTHON
PyAPI_FUNC(PyObject *) _PyObject_NextNotImplemented(PyObject *op);
#endif

/* Do nothing: the heap itself deallocates deep chains of containers a few objects at a time. */
#define Py_TRASHCAN_BEGIN(op, dealloc) do {
#define Py_TRASHCAN_END \
    } \
    while (0);

#endif
