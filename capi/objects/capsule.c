// Capsules: the manual's chapter "Capsules".

#include "objects.h"

typedef struct {
    PyObject_HEAD
    void *pointer;
    const char *name;
    void *context;
    PyCapsule_Destructor destructor;
} Capsule;

static void capsule_dealloc(PyObject *o) {
    PyCapsule_Destructor destructor = ((Capsule *)o)->destructor;
    if (destructor) destructor(o);
    PyObject_Free(o);
}

static PyObject *capsule_repr(PyObject *o) {
    const char *name = ((Capsule *)o)->name;
    const char *quote = name ? "\"" : "";
    return PyUnicode_FromFormat("<capsule object %s%s%s at %p>", quote, name ? name : "NULL", quote, o);
}

PyTypeObject PyCapsule_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0).tp_name = "PyCapsule",
    .tp_basicsize = sizeof(Capsule),
    .tp_dealloc = capsule_dealloc,
    .tp_repr = capsule_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

AT_LOAD ready(void) { PyType_Ready(&PyCapsule_Type); }

// The capsule, if it has a pointer; NULL with ValueError, which says what was asked of it.
static Capsule *valid(PyObject *o, const char *asked) {
    if (o && PyCapsule_CheckExact(o) && ((Capsule *)o)->pointer) return (Capsule *)o;
    PyErr_Format(PyExc_ValueError, "%s called with invalid PyCapsule object", asked);
    return NULL;
}

static int same_name(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

PyObject *PyCapsule_New(void *pointer, const char *name, PyCapsule_Destructor destructor) {
    if (!pointer) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_New called with null pointer");
        return NULL;
    }
    Capsule *capsule = PyObject_New(Capsule, &PyCapsule_Type);
    if (!capsule) return NULL;
    capsule->pointer = pointer;
    capsule->name = name;
    capsule->context = NULL;
    capsule->destructor = destructor;
    return (PyObject *)capsule;
}

int PyCapsule_IsValid(PyObject *o, const char *name) {
    return o && PyCapsule_CheckExact(o) && ((Capsule *)o)->pointer && same_name(((Capsule *)o)->name, name);
}

void *PyCapsule_GetPointer(PyObject *o, const char *name) {
    Capsule *capsule = valid(o, "PyCapsule_GetPointer");
    if (!capsule) return NULL;
    if (same_name(capsule->name, name)) return capsule->pointer;
    PyErr_SetString(PyExc_ValueError, "PyCapsule_GetPointer called with incorrect name");
    return NULL;
}

const char *PyCapsule_GetName(PyObject *o) {
    Capsule *capsule = valid(o, "PyCapsule_GetName");
    return capsule ? capsule->name : NULL;
}

PyCapsule_Destructor PyCapsule_GetDestructor(PyObject *o) {
    Capsule *capsule = valid(o, "PyCapsule_GetDestructor");
    return capsule ? capsule->destructor : NULL;
}

void *PyCapsule_GetContext(PyObject *o) {
    Capsule *capsule = valid(o, "PyCapsule_GetContext");
    return capsule ? capsule->context : NULL;
}

int PyCapsule_SetPointer(PyObject *o, void *pointer) {
    Capsule *capsule = valid(o, "PyCapsule_SetPointer");
    if (!capsule) return -1;
    if (!pointer) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_SetPointer called with null pointer");
        return -1;
    }
    capsule->pointer = pointer;
    return 0;
}

int PyCapsule_SetName(PyObject *o, const char *name) {
    Capsule *capsule = valid(o, "PyCapsule_SetName");
    if (capsule) capsule->name = name;
    return capsule ? 0 : -1;
}

int PyCapsule_SetDestructor(PyObject *o, PyCapsule_Destructor destructor) {
    Capsule *capsule = valid(o, "PyCapsule_SetDestructor");
    if (capsule) capsule->destructor = destructor;
    return capsule ? 0 : -1;
}

int PyCapsule_SetContext(PyObject *o, void *context) {
    Capsule *capsule = valid(o, "PyCapsule_SetContext");
    if (capsule) capsule->context = context;
    return capsule ? 0 : -1;
}
