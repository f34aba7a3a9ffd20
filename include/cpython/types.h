/* More of CPython's types, and what can be done with all objects and types. */
#ifndef Py_CPYTHON_TYPES_H
#define Py_CPYTHON_TYPES_H

#include "../descrobject.h"
#include "../dictobject.h"
#include "../methodobject.h"
#include "../objimpl.h"

#include <stdio.h>

/* ---- flags and slots ---- */

/* CPython keeps the list of weak references, or the dict, in front of the object. */
#define Py_TPFLAGS_MANAGED_WEAKREF (1UL << 3)
#define Py_TPFLAGS_MANAGED_DICT (1UL << 4)
#define Py_TPFLAGS_PREHEADER (Py_TPFLAGS_MANAGED_WEAKREF | Py_TPFLAGS_MANAGED_DICT)
#define Py_TPFLAGS_IS_ABSTRACT (1UL << 20)
#define _Py_TPFLAGS_HAVE_VECTORCALL Py_TPFLAGS_HAVE_VECTORCALL
#define _Py_IMMORTAL_INITIAL_REFCNT _Py_IMMORTAL_REFCNT
#define _Py_STATIC_IMMORTAL_INITIAL_REFCNT ((Py_ssize_t)((size_t)7 << 28))
#define Py_tp_token 83
#define Py_TP_USE_SPEC NULL
#define Py_RELATIVE_OFFSET 8

/* ---- objects ---- */

PyAPI_FUNC(PyObject *) PyObject_Dir(PyObject *o);
PyAPI_FUNC(PyObject *) PyObject_Format(PyObject *o, PyObject *format);
#define Py_PRINT_RAW 1
PyAPI_FUNC(int) PyObject_Print(PyObject *o, FILE *file, int flags);
PyAPI_FUNC(int) PyObject_AsFileDescriptor(PyObject *o);
PyAPI_FUNC(Py_hash_t) PyObject_GenericHash(PyObject *o);
PyAPI_FUNC(Py_hash_t) Py_HashPointer(const void *p);
PyAPI_FUNC(Py_hash_t) Py_HashBuffer(const void *bytes, Py_ssize_t n);
PyAPI_FUNC(int) Py_ReprEnter(PyObject *o);
PyAPI_FUNC(void) Py_ReprLeave(PyObject *o);
PyAPI_FUNC(PyObject *) Py_GenericAlias(PyObject *origin, PyObject *args);
PyAPI_DATA(PyTypeObject) Py_GenericAliasType;
#define Py_CONSTANT_NONE 0
#define Py_CONSTANT_FALSE 1
#define Py_CONSTANT_TRUE 2
#define Py_CONSTANT_ELLIPSIS 3
#define Py_CONSTANT_NOT_IMPLEMENTED 4
#define Py_CONSTANT_ZERO 5
#define Py_CONSTANT_ONE 6
#define Py_CONSTANT_EMPTY_STR 7
#define Py_CONSTANT_EMPTY_BYTES 8
#define Py_CONSTANT_EMPTY_TUPLE 9
PyAPI_FUNC(PyObject *) Py_GetConstant(unsigned int which);
PyAPI_FUNC(PyObject *) Py_GetConstantBorrowed(unsigned int which);
PyAPI_FUNC(PyObject **) _PyObject_GetDictPtr(PyObject *o);
PyAPI_FUNC(int) PyObject_VisitManagedDict(PyObject *o, visitproc visit, void *arg);
PyAPI_FUNC(void) PyObject_ClearManagedDict(PyObject *o);
PyAPI_FUNC(void *) PyObject_GetTypeData(PyObject *o, PyTypeObject *type);
PyAPI_FUNC(void *) PyObject_GetItemData(PyObject *o);
PyAPI_FUNC(int) PyUnstable_Object_IsUniquelyReferenced(PyObject *o);
PyAPI_FUNC(int) PyUnstable_Object_IsUniqueReferencedTemporary(PyObject *o);
PyAPI_FUNC(int) PyUnstable_Object_EnableDeferredRefcount(PyObject *o);
PyAPI_FUNC(int) PyUnstable_IsImmortal(PyObject *o);
PyAPI_FUNC(int) PyUnstable_TryIncRef(PyObject *o);
PyAPI_FUNC(void) PyUnstable_EnableTryIncRef(PyObject *o);
PyAPI_FUNC(void) _Py_NewReference(PyObject *o);
PyAPI_FUNC(PyObject *) _PyObject_GenericGetAttrWithDict(PyObject *o, PyObject *name, PyObject *dict, int suppress);
PyAPI_FUNC(int) _PyObject_GenericSetAttrWithDict(PyObject *o, PyObject *name, PyObject *value, PyObject *dict);
PyAPI_FUNC(int) _PyObject_GetMethod(PyObject *o, PyObject *name, PyObject **method);
#define PyObject_NEW(type, typeobj) PyObject_New(type, typeobj)
#define PyObject_NEW_VAR(type, typeobj, n) PyObject_NewVar(type, typeobj, n)
#define PyObject_DEL(o) PyObject_Free(o)
#define PyObject_MALLOC PyObject_Malloc
#define PyObject_REALLOC PyObject_Realloc
#define PyObject_FREE PyObject_Free
#define PyObject_INIT(o, type) PyObject_Init(_PyObject_CAST(o), (type))
#define PyObject_INIT_VAR(o, type, n) PyObject_InitVar((PyVarObject *)(o), (type), (n))
#define _PyObject_GC_TRACK PyObject_GC_Track
#define _PyObject_GC_UNTRACK PyObject_GC_UnTrack

/* How older versions name attributes: by a string that is made when it is first used. */
typedef struct {
    const char *string;
    Py_ssize_t index;
    struct {
        uint8_t v;
    } mutex;
} _Py_Identifier;
#define _Py_static_string_init(text) {.string = (text), .index = -1}
#define _Py_static_string(variable, text) static _Py_Identifier variable = _Py_static_string_init(text)
#define _Py_IDENTIFIER(name) _Py_static_string(PyId_##name, #name)
/* A borrowed reference. */
PyAPI_FUNC(PyObject *) _PyUnicode_FromId(_Py_Identifier *id);
PyAPI_FUNC(PyObject *) _PyObject_GetAttrId(PyObject *o, _Py_Identifier *id);
Py_LOCAL_FUNC(PyObject *) _PyObject_CallMethodId(PyObject *o, _Py_Identifier *id, const char *format, ...);

/* ---- types ---- */

typedef PyObject *(*ssizessizeargfunc)(PyObject *, Py_ssize_t, Py_ssize_t);
typedef int (*ssizessizeobjargproc)(PyObject *, Py_ssize_t, Py_ssize_t, PyObject *);

PyAPI_FUNC(PyObject *) PyType_GetDict(PyTypeObject *type);
PyAPI_FUNC(Py_ssize_t) PyType_GetTypeDataSize(PyTypeObject *type);
PyAPI_FUNC(int) PyType_GetBaseByToken(PyTypeObject *type, void *token, PyTypeObject **result);
PyAPI_FUNC(int) PyType_Freeze(PyTypeObject *type);
PyAPI_FUNC(unsigned int) PyType_ClearCache(void);
/* A borrowed reference; NULL without an error if there is no such attribute. */
PyAPI_FUNC(PyObject *) _PyType_Lookup(PyTypeObject *type, PyObject *name);
PyAPI_FUNC(const char *) _PyType_Name(PyTypeObject *type);

/* What a class in Python is: a type with all of its tables. What follows `ht_qualname` is private to CPython. */
typedef struct {
    PyTypeObject ht_type;
    PyAsyncMethods as_async;
    PyNumberMethods as_number;
    PyMappingMethods as_mapping;
    PySequenceMethods as_sequence;
    PyBufferProcs as_buffer;
    PyObject *ht_name, *ht_slots, *ht_qualname;
    void *ht_cached_keys;
    PyObject *ht_module;
    char *_ht_tpname;
    void *ht_token;
    struct {
        PyObject *getitem;
        uint32_t getitem_version;
        PyObject *init;
    } _spec_cache;
} PyHeapTypeObject;

PyAPI_DATA(PyTypeObject) PySuper_Type;
PyAPI_DATA(PyTypeObject) _PyUnion_Type;
PyAPI_DATA(PyTypeObject) PyRange_Type;
PyAPI_DATA(PyTypeObject) PyEnum_Type;
PyAPI_DATA(PyTypeObject) PyReversed_Type;
PyAPI_DATA(PyTypeObject) PyMap_Type;
PyAPI_DATA(PyTypeObject) PyFilter_Type;
PyAPI_DATA(PyTypeObject) PyZip_Type;
#define PyRange_Check(o) Py_IS_TYPE((o), &PyRange_Type)

/* ---- iterators ---- */

PyAPI_DATA(PyTypeObject) PySeqIter_Type;
PyAPI_DATA(PyTypeObject) PyCallIter_Type;
PyAPI_DATA(PyTypeObject) PyListIter_Type;
PyAPI_DATA(PyTypeObject) PyTupleIter_Type;
PyAPI_DATA(PyTypeObject) PySetIter_Type;
PyAPI_DATA(PyTypeObject) PyRangeIter_Type;
PyAPI_FUNC(PyObject *) PyCallIter_New(PyObject *callable, PyObject *last);
PyAPI_FUNC(PyObject *) PyObject_GetAIter(PyObject *o);
PyAPI_FUNC(int) PyAIter_Check(PyObject *o);
PyAPI_FUNC(PySendResult) PyIter_Send(PyObject *iterator, PyObject *value, PyObject **result);

/* ---- dicts and sets ---- */

PyAPI_DATA(PyTypeObject) PyDictProxy_Type;
PyAPI_DATA(PyTypeObject) PyDictKeys_Type;
PyAPI_DATA(PyTypeObject) PyDictValues_Type;
PyAPI_DATA(PyTypeObject) PyDictItems_Type;
PyAPI_DATA(PyTypeObject) PyDictIterKey_Type;
PyAPI_DATA(PyTypeObject) PyDictIterValue_Type;
PyAPI_DATA(PyTypeObject) PyDictIterItem_Type;
#define PyDictKeys_Check(o) PyObject_TypeCheck((o), &PyDictKeys_Type)
#define PyDictValues_Check(o) PyObject_TypeCheck((o), &PyDictValues_Type)
#define PyDictItems_Check(o) PyObject_TypeCheck((o), &PyDictItems_Type)
#define PyDictViewSet_Check(o) (PyDictKeys_Check(o) || PyDictItems_Check(o))
PyAPI_FUNC(PyObject *) PyDictProxy_New(PyObject *mapping);
PyAPI_FUNC(PyObject *) _PyDict_NewPresized(Py_ssize_t n);
PyAPI_FUNC(PyObject *) _PyDict_GetItem_KnownHash(PyObject *o, PyObject *key, Py_hash_t hash);
PyAPI_FUNC(int) _PyDict_SetItem_KnownHash(PyObject *o, PyObject *key, PyObject *value, Py_hash_t hash);
PyAPI_FUNC(PyObject *) _PyDict_Pop(PyObject *o, PyObject *key, PyObject *otherwise);
PyAPI_FUNC(int) _PySet_NextEntryRef(PyObject *o, Py_ssize_t *position, PyObject **key, Py_hash_t *hash);
PyAPI_DATA(PyTypeObject) PyODict_Type;
PyAPI_FUNC(PyObject *) PyODict_New(void);

/* ---- weak references ---- */

PyAPI_DATA(PyTypeObject) _PyWeakref_ProxyType;
PyAPI_DATA(PyTypeObject) _PyWeakref_CallableProxyType;
PyAPI_FUNC(PyObject *) PyWeakref_NewProxy(PyObject *o, PyObject *callback);
#define PyWeakref_CheckRefExact(o) Py_IS_TYPE((o), &_PyWeakref_RefType)
#ifdef PYHEAP_CPYTHON
#define PyWeakref_CheckProxy(o) \
    (Py_IS_TYPE((o), &_PyWeakref_ProxyType) || Py_IS_TYPE((o), &_PyWeakref_CallableProxyType))
#else
#define PyWeakref_CheckProxy(o) ((void)(o), 0)
#endif
#define PyWeakref_Check(o) (PyWeakref_CheckRef(o) || PyWeakref_CheckProxy(o))

/* ---- functions and methods ---- */

typedef struct {
    PyObject_HEAD
    PyMethodDef *m_ml;
    PyObject *m_self;
    PyObject *m_module;
    PyObject *m_weakreflist;
    vectorcallfunc vectorcall;
} PyCFunctionObject;
typedef struct {
    PyCFunctionObject func;
    PyTypeObject *mm_class;
} PyCMethodObject;
PyAPI_DATA(PyTypeObject) PyCMethod_Type;

typedef struct _PyFunctionObject PyFunctionObject;
PyAPI_DATA(PyTypeObject) PyFunction_Type;
#define PyFunction_Check(o) Py_IS_TYPE((o), &PyFunction_Type)
PyAPI_FUNC(PyObject *) PyFunction_New(PyObject *code, PyObject *globals);
/* Borrowed references. */
PyAPI_FUNC(PyObject *) PyFunction_GetCode(PyObject *o);
PyAPI_FUNC(PyObject *) PyFunction_GetGlobals(PyObject *o);
PyAPI_FUNC(PyObject *) PyFunction_GetModule(PyObject *o);
PyAPI_FUNC(PyObject *) PyFunction_GetDefaults(PyObject *o);
PyAPI_FUNC(PyObject *) PyFunction_GetKwDefaults(PyObject *o);
PyAPI_FUNC(PyObject *) PyFunction_GetClosure(PyObject *o);
PyAPI_FUNC(PyObject *) PyFunction_GetAnnotations(PyObject *o);
PyAPI_FUNC(int) PyFunction_SetDefaults(PyObject *o, PyObject *defaults);

typedef struct {
    PyObject_HEAD
    PyObject *im_func;
    PyObject *im_self;
    PyObject *im_weakreflist;
    vectorcallfunc vectorcall;
} PyMethodObject;
PyAPI_DATA(PyTypeObject) PyMethod_Type;
PyAPI_DATA(PyTypeObject) PyInstanceMethod_Type;
#define PyMethod_Check(o) Py_IS_TYPE((o), &PyMethod_Type)
#define PyMethod_GET_FUNCTION(o) (((PyMethodObject *)(o))->im_func)
#define PyMethod_GET_SELF(o) (((PyMethodObject *)(o))->im_self)
PyAPI_FUNC(PyObject *) PyMethod_New(PyObject *function, PyObject *self);
PyAPI_FUNC(PyObject *) PyMethod_Function(PyObject *o);
PyAPI_FUNC(PyObject *) PyMethod_Self(PyObject *o);
PyAPI_FUNC(PyObject *) PyInstanceMethod_New(PyObject *function);
PyAPI_DATA(PyTypeObject) PyClassMethod_Type;
PyAPI_DATA(PyTypeObject) PyStaticMethod_Type;
PyAPI_FUNC(PyObject *) PyClassMethod_New(PyObject *callable);
PyAPI_FUNC(PyObject *) PyStaticMethod_New(PyObject *callable);

PyAPI_DATA(PyTypeObject) PyProperty_Type;
PyAPI_DATA(PyTypeObject) PyGetSetDescr_Type;
PyAPI_DATA(PyTypeObject) PyMemberDescr_Type;
PyAPI_DATA(PyTypeObject) PyMethodDescr_Type;
PyAPI_DATA(PyTypeObject) PyClassMethodDescr_Type;
PyAPI_DATA(PyTypeObject) PyWrapperDescr_Type;
PyAPI_FUNC(PyObject *) PyDescr_NewMethod(PyTypeObject *type, PyMethodDef *method);
PyAPI_FUNC(PyObject *) PyDescr_NewClassMethod(PyTypeObject *type, PyMethodDef *method);
PyAPI_FUNC(PyObject *) PyDescr_NewMember(PyTypeObject *type, PyMemberDef *member);
PyAPI_FUNC(PyObject *) PyDescr_NewGetSet(PyTypeObject *type, PyGetSetDef *attribute);
PyAPI_FUNC(int) PyDescr_IsData(PyObject *o);
PyAPI_FUNC(PyObject *) PyWrapper_New(PyObject *descriptor, PyObject *self);

PyAPI_DATA(PyTypeObject) PyCell_Type;
PyAPI_FUNC(PyObject *) PyCell_New(PyObject *o);
PyAPI_FUNC(PyObject *) PyCell_Get(PyObject *cell);
PyAPI_FUNC(int) PyCell_Set(PyObject *cell, PyObject *o);

PyAPI_DATA(PyTypeObject) PyGen_Type;
PyAPI_DATA(PyTypeObject) PyCoro_Type;
PyAPI_DATA(PyTypeObject) PyAsyncGen_Type;
#define PyGen_Check(o) PyObject_TypeCheck((o), &PyGen_Type)
#define PyGen_CheckExact(o) Py_IS_TYPE((o), &PyGen_Type)
#define PyCoro_CheckExact(o) Py_IS_TYPE((o), &PyCoro_Type)

/* ---- variables of contexts ---- */

PyAPI_DATA(PyTypeObject) PyContext_Type;
PyAPI_DATA(PyTypeObject) PyContextVar_Type;
#define PyContext_CheckExact(o) Py_IS_TYPE((o), &PyContext_Type)
PyAPI_FUNC(PyObject *) PyContext_New(void);
PyAPI_FUNC(PyObject *) PyContext_Copy(PyObject *context);
PyAPI_FUNC(PyObject *) PyContext_CopyCurrent(void);
PyAPI_FUNC(int) PyContext_Enter(PyObject *context);
PyAPI_FUNC(int) PyContext_Exit(PyObject *context);
PyAPI_FUNC(PyObject *) PyContextVar_New(const char *name, PyObject *otherwise);
PyAPI_FUNC(int) PyContextVar_Get(PyObject *variable, PyObject *otherwise, PyObject **value);
PyAPI_FUNC(PyObject *) PyContextVar_Set(PyObject *variable, PyObject *value);
PyAPI_FUNC(int) PyContextVar_Reset(PyObject *variable, PyObject *token);

/* ---- named tuples ---- */

typedef struct {
    const char *name;
    const char *doc;
} PyStructSequence_Field;
typedef struct {
    const char *name;
    const char *doc;
    PyStructSequence_Field *fields;
    int n_in_sequence;
} PyStructSequence_Desc;
PyAPI_DATA(const char *const) PyStructSequence_UnnamedField;
PyAPI_FUNC(PyTypeObject *) PyStructSequence_NewType(PyStructSequence_Desc *desc);
PyAPI_FUNC(void) PyStructSequence_InitType(PyTypeObject *type, PyStructSequence_Desc *desc);
PyAPI_FUNC(int) PyStructSequence_InitType2(PyTypeObject *type, PyStructSequence_Desc *desc);
PyAPI_FUNC(PyObject *) PyStructSequence_New(PyTypeObject *type);
PyAPI_FUNC(void) PyStructSequence_SetItem(PyObject *o, Py_ssize_t k, PyObject *value);
PyAPI_FUNC(PyObject *) PyStructSequence_GetItem(PyObject *o, Py_ssize_t k);
#define PyStructSequence_SET_ITEM PyStructSequence_SetItem
#define PyStructSequence_GET_ITEM PyStructSequence_GetItem

#endif
