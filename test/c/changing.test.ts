// A comparison, a hash, a repr, an index or a length in C that changes the container which is being searched, compared,
// sorted, written or indexed: the operation ends with some result or one of Python's errors, nothing is used after it was
// freed, and the heap is whole. Each change fills the memory that it freed with a mark, so a use of that memory is noticed.

import { beforeAll, describe, expect, it } from "vitest";
import {
  Heap,
  type PyDict,
  PyException,
  type PyExtensionObject,
  type PyList,
  type PyModule,
  type PyObject,
  type PySet,
} from "../../src/index.js";
import { canCompile } from "../needs.js";
import { build } from "./build.js";

const TEXT = `
#include <Python.h>
extern void release(void);
typedef struct { PyObject_HEAD int k; } Key;
static PyTypeObject KeyType;
static PyObject *container;
static int what, countdown, equal, live;

/* Blocks that take the memory which was just freed, of each size, filled with a mark. */
enum { LARGEST = 2048, OF_EACH = 3, BLOCKS = LARGEST / 8 * OF_EACH };
static unsigned char *taken[BLOCKS];
static size_t sizeOf(int k) { return (size_t)(k / OF_EACH + 1) * 8; }
static void take(void) { for (int k = 0; k < BLOCKS; k++) if ((taken[k] = PyObject_Malloc(sizeOf(k)))) memset(taken[k], 0xdd, sizeOf(k)); }
static int giveBack(void) {
    int whole = 1;
    for (int k = 0; k < BLOCKS; k++) {
        for (size_t at = 0; taken[k] && at < sizeOf(k); at++) whole &= taken[k][at] == 0xdd;
        PyObject_Free(taken[k]);
        taken[k] = NULL;
    }
    return whole;
}

static PyObject *key(int k) {
    Key *o = PyObject_New(Key, &KeyType);
    if (o) o->k = k, live++;
    return (PyObject *)o;
}
static void dealloc(PyObject *o) { live--; PyObject_Free(o); }
static PyTypeObject RowType;
static void clear(PyObject *o) {
    if (PyList_Check(o)) PyList_Clear(o);
    else if (PyDict_Check(o)) PyDict_Clear(o);
    else if (Py_TYPE(o) != &RowType) PySet_Clear(o);
}
static void add(PyObject *o, int n) {
    for (int k = 0; k < n; k++) {
        PyObject *one = key(1000 + k);
        if (PyList_Check(o)) PyList_Append(o, one);
        else if (PyDict_Check(o)) PyDict_SetItem(o, one, one);
        else if (Py_TYPE(o) != &RowType) PySet_Add(o, one);
        Py_DECREF(one);
    }
}
static void removeOne(PyObject *o) {
    if (Py_TYPE(o) == &RowType) return;
    if (PyList_Check(o)) { if (PyList_Size(o) > 0) PyList_SetSlice(o, 0, 1, NULL); }
    else if (PyDict_Check(o)) { PyObject *k, *v; Py_ssize_t at = 0; if (PyDict_Next(o, &at, &k, &v)) { Py_INCREF(k); PyDict_DelItem(o, k); Py_DECREF(k); } }
    else Py_XDECREF(PySet_Size(o) > 0 ? PySet_Pop(o) : NULL);
}
static void act(void) {
    if (!container || countdown-- != 0) return;
    PyObject *o = container;
    container = NULL;
    if (what == 0) clear(o);
    if (what == 1) add(o, 100);
    if (what == 2) { clear(o); add(o, 12); }
    if (what == 3) removeOne(o);
    if (what == 4) release();
    Py_DECREF(o);
    PyErr_Clear();
    take();
}
static Py_hash_t hash(PyObject *o) { (void)o; act(); return 1; }
static PyObject *compare(PyObject *a, PyObject *b, int op) {
    act();
    if (op != Py_EQ && op != Py_NE) return PyBool_FromLong(Py_TYPE(a) == Py_TYPE(b) && ((Key *)a)->k < ((Key *)b)->k);
    int same = equal || (Py_TYPE(a) == Py_TYPE(b) && ((Key *)a)->k == ((Key *)b)->k);
    return PyBool_FromLong(same == (op == Py_EQ));
}
static PyObject *repr(PyObject *o) { act(); return PyUnicode_FromFormat("%d", ((Key *)o)->k); }
static PyObject *asIndex(PyObject *o) { act(); return PyLong_FromLong(((Key *)o)->k); }
static PyNumberMethods numbers = {.nb_index = asIndex};
static PyTypeObject KeyType = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "changing.Key", .tp_basicsize = sizeof(Key), .tp_dealloc = dealloc, .tp_hash = hash,
    .tp_richcompare = compare, .tp_repr = repr, .tp_as_number = &numbers,
};

/* A sequence whose functions use it after it was changed. */
static Py_ssize_t rowLength(PyObject *o) { act(); return ((Key *)o)->k; }
static PyObject *rowItem(PyObject *o, Py_ssize_t k) {
    act();
    if (k >= 0 && k < ((Key *)o)->k) return key((int)k);
    PyErr_SetNone(PyExc_IndexError);
    return NULL;
}
static int rowAssign(PyObject *o, Py_ssize_t k, PyObject *v) { (void)v; act(); return k >= 0 && k < ((Key *)o)->k ? 0 : (PyErr_SetNone(PyExc_IndexError), -1); }
static PySequenceMethods rowMethods = {.sq_length = rowLength, .sq_item = rowItem, .sq_ass_item = rowAssign};
static PyObject *rowRepr(PyObject *o) { (void)o; return PyUnicode_FromString("row"); }
static PyTypeObject RowType = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "changing.Row", .tp_basicsize = sizeof(Key), .tp_dealloc = dealloc, .tp_as_sequence = &rowMethods,
    .tp_repr = rowRepr,
};
static PyObject *row(PyObject *self, PyObject *n) {
    (void)self;
    Key *o = PyObject_New(Key, &RowType);
    if (o) o->k = (int)PyLong_AsLong(n), live++;
    return (PyObject *)o;
}
/* o[key], o[key] = value, del o[key]. */
static PyObject *getItem(PyObject *self, PyObject *args) { PyObject *o, *k; (void)self; return PyArg_ParseTuple(args, "OO", &o, &k) ? PyObject_GetItem(o, k) : NULL; }
static PyObject *setItem(PyObject *self, PyObject *args) {
    PyObject *o, *k, *v = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO|O", &o, &k, &v)) return NULL;
    return (v ? PyObject_SetItem(o, k, v) : PyObject_DelItem(o, k)) < 0 ? NULL : Py_NewRef(Py_None);
}
static PyObject *repeated(PyObject *self, PyObject *args) { PyObject *o, *k; (void)self; return PyArg_ParseTuple(args, "OO", &o, &k) ? PyNumber_Multiply(o, k) : NULL; }
static PyObject *make(PyObject *self, PyObject *k) { (void)self; return key((int)PyLong_AsLong(k)); }
/*
 * arm(container, what, countdown, equal): after \`countdown\` calls of functions of Key, the next call changes the container. Returns
 * whether nobody has written to memory that the last such change had freed.
 */
static PyObject *arm(PyObject *self, PyObject *args) {
    (void)self;
    PyObject *o;
    if (!PyArg_ParseTuple(args, "Oiii", &o, &what, &countdown, &equal)) return NULL;
    Py_XSETREF(container, o == Py_None ? NULL : Py_NewRef(o));
    return PyBool_FromLong(giveBack());
}
static PyObject *count(PyObject *self, PyObject *none) { (void)self, (void)none; return PyLong_FromLong(live); }
static PyMethodDef methods[] = {{"make", make, METH_O, NULL}, {"row", row, METH_O, NULL}, {"get", getItem, METH_VARARGS, NULL}, {"set", setItem, METH_VARARGS, NULL}, {"repeat", repeated, METH_VARARGS, NULL}, {"arm", arm, METH_VARARGS, NULL}, {"count", count, METH_NOARGS, NULL}, {NULL}};
static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "changing", .m_size = -1, .m_methods = methods};
PyMODINIT_FUNC PyInit_changing(void) {
    PyObject *module = PyModule_Create(&definition);
    if (!module || PyModule_AddType(module, &KeyType) < 0 || PyModule_AddType(module, &RowType) < 0) return NULL;
    return module;
}
`;

const SIZE = 12;
const CHANGES = ["clears it", "makes it larger", "fills it anew", "removes an item", "releases its handle"];
/** After how many calls of a Key's function the container is changed. */
const COUNTDOWNS = [0, 4, SIZE - 1];

interface Stage {
  readonly heap: Heap;
  readonly module: PyModule;
  key(k: number): PyObject;
  keys(): PyObject[];
}
type Kind = "list" | "dict" | "set" | "row";
type Operation = (o: PyObject, other: PyObject, stage: Stage) => unknown;

const list = (o: PyObject) => o as PyList<unknown>;
const dict = (o: PyObject) => o as PyDict<unknown, unknown>;
const set = (o: PyObject) => o as PySet<unknown>;
const row = (o: PyObject) => o as PyExtensionObject;

const OPERATIONS: Record<Kind, Record<string, Operation>> = {
  list: {
    find: (o, _, { key }) => list(o).indexOf(key(7)),
    count: (o, _, { key }) => list(o).count(key(7)),
    has: (o, _, { key }) => list(o).includes(key(-1)),
    remove: (o, _, { key }) => list(o).remove(key(SIZE - 1)),
    "is equal": (o, other) => list(o).equals(other),
    "is equal to it": (o, other) => list(other).equals(o),
    "is less": (o, other, { heap }) => heap.compare(o, "<", other),
    sort: (o) => list(o).sort(),
    "sort backwards": (o) => list(o).sort({ reverse: true }),
    repr: (o) => o.repr(),
    "get by an index": (o, _, { key, module }) => module.callMethod("get", o, key(7)),
    "get by an index from its end": (o, _, { key, module }) => module.callMethod("get", o, key(-1)),
    "set by an index": (o, _, { key, module }) => module.callMethod("set", o, key(7), 1),
    "delete by an index": (o, _, { key, module }) => module.callMethod("set", o, key(7)),
    "repeat by an index": (o, _, { key, module }) => module.callMethod("repeat", o, key(3)),
  },
  row: {
    length: (o) => row(o).length,
    truth: (o) => o.isTrue,
    get: (o) => row(o).getItem(-2),
    "get by an index": (o, _, { key }) => row(o).getItem(key(7)),
    set: (o) => row(o).setItem(-2, 1),
    delete: (o, _, { key }) => row(o).delItem(key(2)),
    has: (o) => row(o).includes(77),
    iterate: (o) => [...row(o)].length,
  },
  dict: {
    get: (o, _, { key }) => dict(o).get(key(7)),
    set: (o, _, { key }) => dict(o).set(key(7), 1),
    "set anew": (o, _, { key }) => dict(o).set(key(77), 1),
    delete: (o, _, { key }) => dict(o).delete(key(7)),
    pop: (o, _, { key }) => dict(o).pop(key(SIZE - 1)),
    setDefault: (o, _, { key }) => dict(o).setDefault(key(77), 1),
    update: (o, other) => dict(o).update(dict(other)),
    "update another": (o, other) => dict(other).update(dict(o)),
    "is equal": (o, other) => dict(o).equals(other),
    "is equal to it": (o, other) => dict(other).equals(o),
    repr: (o) => o.repr(),
  },
  set: {
    has: (o, _, { key }) => set(o).has(key(7)),
    add: (o, _, { key }) => set(o).add(key(77)),
    "add again": (o, _, { key }) => set(o).add(key(7)),
    delete: (o, _, { key }) => set(o).delete(key(7)),
    remove: (o, _, { key }) => set(o).remove(key(77)),
    "is equal": (o, other) => set(o).equals(other),
    "is equal to it": (o, other) => set(other).equals(o),
    "is a subset": (o, other) => set(o).isSubsetOf(set(other)),
    "is a superset": (o, other) => set(o).isSupersetOf(set(other)),
    "is disjoint": (o, other) => set(o).isDisjointFrom(set(other)),
    update: (o, other) => set(o).update(set(other)),
    "update another": (o, other) => set(other).update(set(o)),
    union: (o, other) => set(o).union(set(other)),
    intersection: (o, other) => set(o).intersection(set(other)),
    "intersection with it": (o, other) => set(other).intersection(set(o)),
    difference: (o, other) => set(o).difference(set(other)),
    "difference to it": (o, other) => set(other).difference(set(o)),
    differenceUpdate: (o, other) => set(o).differenceUpdate(set(other)),
    symmetricDifference: (o, other) => set(o).symmetricDifference(set(other)),
    symmetricDifferenceUpdate: (o, other) => set(o).symmetricDifferenceUpdate(set(other)),
    repr: (o) => o.repr(),
  },
};

/** A container of Keys that are equal to those of every other such container, but other objects. */
function containerOf(kind: Kind, { heap, keys, module }: Stage): PyObject {
  if (kind === "row") return module.callMethod("row", SIZE) as PyObject;
  if (kind === "list") return heap.list(keys());
  if (kind === "set") return heap.set<unknown>(keys());
  return heap.dict<unknown, unknown>(keys().map((key, k) => [key, keys()[k]] as const));
}

describe.runIf(canCompile)("a function in C that changes the container which is in use", () => {
  const cases = Object.entries(OPERATIONS).flatMap(([kind, operations]) =>
    Object.keys(operations).map((name) => [kind as Kind, name] as const),
  );
  let file: string;
  beforeAll(async () => {
    file = await build("changing", TEXT);
  });

  it.each(cases)("%s, %s", async (kind, name) => {
    const heap = await Heap.create({ policies: { freeLists: false } });
    let used: PyObject | undefined;
    const { module } = await heap.load(file, { imports: { release: () => used?.release() } });
    const key = (k: number) => module.callMethod("make", k) as PyObject;
    const stage: Stage = { heap, module, key, keys: () => Array.from({ length: SIZE }, (_, k) => key(k)) };
    const operation = OPERATIONS[kind][name] as Operation;
    for (const [what, change] of CHANGES.entries()) {
      for (const countdown of COUNTDOWNS)
        for (const equal of [0, 1])
          for (const changed of ["the container", "the other"]) {
            const where = `${change}, after ${countdown}, ${changed}, ${equal ? "equal" : "different"}`;
            heap.scope(() => {
              const o = containerOf(kind, stage);
              const other = containerOf(kind, stage);
              used = changed === "the other" ? other : o;
              module.callMethod("arm", used, what, countdown, equal);
              try {
                operation(o, other, stage);
              } catch (error) {
                const isReleased = used?.released && error instanceof ReferenceError;
                // A SystemError says that one of the core's functions returned nothing, and raised nothing.
                const isPythons = error instanceof PyException && error.name !== "SystemError";
                if (!isReleased && !isPythons) throw new Error(where, { cause: error });
              }
              expect(module.callMethod("arm", null, 0, 0, 0), where).toBe(true);
              for (const each of [o, other]) if (!each.released) expect(each.repr().length, where).toBeLessThan(2000);
            });
            expect(module.callMethod("count"), where).toBe(0);
          }
      heap.check();
    }
  });
});
