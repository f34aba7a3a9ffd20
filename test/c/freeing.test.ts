// Exceptions from a tp_dealloc, tp_clear or tp_finalize in C, at each step of everything that frees objects. All other
// objects are freed nevertheless, and the heap is whole.

import { describe, expect, it } from "vitest";
import { Heap, type PyDict, type PyExtensionType, type PyList, type PyObject, type PySet } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { footprint } from "../objects/leak-free.js";
import { build } from "./build.js";

const TEXT = `
#include <Python.h>
extern void step(int what);
typedef struct { PyObject_HEAD PyObject *child; } Plain;
static void plain_dealloc(PyObject *o) {
    PyObject *child = ((Plain *)o)->child;
    PyObject_Free(o);
    Py_XDECREF(child);
    step(1);
}
static PyTypeObject PlainType = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "freeing.Plain", .tp_basicsize = sizeof(Plain), .tp_dealloc = plain_dealloc, .tp_new = PyType_GenericNew,
};
static int traverse(PyObject *o, visitproc visit, void *arg) { Py_VISIT(((Plain *)o)->child); return 0; }
static int clear(PyObject *o) { Py_CLEAR(((Plain *)o)->child); step(2); return 0; }
static void dealloc(PyObject *o) {
    PyObject_GC_UnTrack(o);
    PyObject *child = ((Plain *)o)->child;
    PyObject_GC_Del(o);
    Py_XDECREF(child);
    step(3);
}
static void finalize(PyObject *o) { (void)o; step(4); }
static PyTypeObject NodeType = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "freeing.Node", .tp_basicsize = sizeof(Plain), .tp_flags = Py_TPFLAGS_HAVE_GC, .tp_traverse = traverse,
    .tp_clear = clear, .tp_dealloc = dealloc, .tp_new = PyType_GenericNew,
};
static PyTypeObject FinalType = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "freeing.Final", .tp_basicsize = sizeof(Plain), .tp_flags = Py_TPFLAGS_HAVE_GC, .tp_traverse = traverse,
    .tp_clear = clear, .tp_dealloc = dealloc, .tp_finalize = finalize, .tp_new = PyType_GenericNew,
};
static PyObject *adopt(PyObject *self, PyObject *args) {
    PyObject *parent, *child;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &parent, &child)) return NULL;
    Py_XSETREF(((Plain *)parent)->child, Py_NewRef(child));
    Py_RETURN_NONE;
}
static PyMethodDef methods[] = {{"adopt", adopt, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "freeing", .m_size = -1, .m_methods = methods};
PyMODINIT_FUNC PyInit_freeing(void) {
    PyObject *module = PyModule_Create(&definition);
    if (!module || PyModule_AddType(module, &PlainType) < 0 || PyModule_AddType(module, &NodeType) < 0 || PyModule_AddType(module, &FinalType) < 0) return NULL;
    return module;
}
`;

interface Stage {
  readonly heap: Heap;
  plain(): PyObject;
  node(): PyObject;
  final(): PyObject;
  adopt(parent: unknown, child: unknown): void;
}

/** Makes an object that has the only reference to others, and releases others through it. */
interface Scene {
  make(stage: Stage): PyObject;
  free(o: PyObject, heap: Heap): void;
  /**
   * Whether destructors in C release objects whose destructors are in C, too. An inner destructor that fails then also
   * ends the outer one, which takes one step less.
   */
  isNested?: boolean;
}

const release = (o: PyObject) => o.release();
const asList = (o: PyObject) => o as PyList<unknown>;
const asDict = (o: PyObject) => o as PyDict<unknown, unknown>;
const asSet = (o: PyObject) => o as PySet<unknown>;
/** Releases a cycle, and collects it. */
const collect = (o: PyObject, heap: Heap) => {
  o.release();
  heap.gc.collect();
};

const SCENES: Record<string, Scene> = {
  "one object": { make: ({ plain }) => plain(), free: release },
  "an object with another": {
    make: ({ plain, node, adopt }) => {
      const o = node();
      adopt(o, plain());
      return o;
    },
    free: release,
    isNested: true,
  },
  "a list": {
    make: ({ heap, plain }) => heap.list([plain(), 1, plain(), plain(), heap.list([plain(), plain()])]),
    free: release,
  },
  "a tuple in a tuple": {
    make: ({ heap, plain, node }) => heap.tuple([plain(), heap.tuple([node(), plain()]), plain()]),
    free: release,
  },
  "a dict": {
    make: ({ heap, plain }) =>
      heap.dict<unknown, unknown>([
        ["a", plain()],
        ["b", plain()],
        [plain(), plain()],
      ]),
    free: release,
  },
  "a set": { make: ({ heap, plain }) => heap.set<unknown>([plain(), plain(), plain()]), free: release },
  "an instance": {
    make: ({ heap, plain }) =>
      heap.type("Two", { fields: { a: "object", b: "object" } }).new({ a: plain(), b: plain() }),
    free: release,
  },
  "a nest": {
    make: ({ heap, plain }) => {
      let l = heap.list<unknown>([plain()]);
      for (let k = 0; k < 120; k++) l = heap.list<unknown>(k % 10 === 0 ? [plain(), l, plain()] : [l]);
      return l;
    },
    free: release,
  },
  "list.clear()": { make: ({ heap, plain }) => heap.list([plain(), plain(), plain()]), free: (o) => asList(o).clear() },
  "a slice of a list": {
    make: ({ heap, plain }) => heap.list<unknown>([1, plain(), plain(), plain(), 2]),
    free: (o) => asList(o).deleteSlice(1, 4),
  },
  "a slice that is replaced": {
    make: ({ heap, plain }) => heap.list<unknown>([1, plain(), plain(), plain(), 2]),
    free: (o) => asList(o).setSlice([7, 8], 1, 4),
  },
  "an item that is replaced": {
    make: ({ heap, plain }) => heap.list<unknown>([plain()]),
    free: (o) => void asList(o).set(0, 5),
  },
  "dict.clear()": {
    make: ({ heap, plain }) =>
      heap.dict<unknown, unknown>([
        ["a", plain()],
        [plain(), plain()],
      ]),
    free: (o) => asDict(o).clear(),
  },
  "a value of a dict": {
    make: ({ heap, plain }) =>
      heap.dict<unknown, unknown>([
        ["a", plain()],
        ["b", plain()],
      ]),
    free: (o) => {
      asDict(o).set("a", 1);
      asDict(o).delete("b");
    },
  },
  "set.clear()": { make: ({ heap, plain }) => heap.set<unknown>([plain(), plain()]), free: (o) => asSet(o).clear() },
  "a weak reference's object": {
    make: ({ heap, plain }) => {
      const type = heap.type("Weak", { fields: { a: "object" }, weakReferences: true });
      const o = type.new({ a: plain() });
      heap.list([heap.ref(o)]);
      return o;
    },
    free: release,
  },
  "garbage: a cycle of lists": {
    make: ({ heap, plain, node }) => {
      const l = heap.list<unknown>([plain(), node(), plain()]);
      l.push(l);
      return l;
    },
    free: collect,
  },
  "garbage: cycles through C": {
    make: ({ heap, plain, node, adopt }) => {
      const all = heap.list<unknown>();
      for (let k = 0; k < 3; k++) {
        const [a, b] = [node(), node()];
        const l = heap.list<unknown>([a, plain(), all]);
        adopt(a, b);
        adopt(b, l);
        all.push(a);
      }
      return all;
    },
    free: collect,
    isNested: true,
  },
  "garbage with finalizers": {
    make: ({ heap, final, plain, adopt }) => {
      const all = heap.list<unknown>();
      for (let k = 0; k < 3; k++) {
        const a = final();
        adopt(a, heap.list<unknown>([a, plain(), all]));
        all.push(a);
      }
      return all;
    },
    free: collect,
  },
};

describe.runIf(canCompile)("what frees objects of C", () => {
  it.each(Object.keys(SCENES))("goes on whatever one of them throws, and reports it: %s", async (name) => {
    const { make, free, isNested = false } = SCENES[name] as Scene;
    let count = 0;
    let failAt = 0;
    const step = (what: number) => {
      if (++count === failAt) throw new RangeError(`step ${count}: ${what}`);
    };
    const reports: unknown[] = [];
    const heap = await Heap.create({ policies: { freeLists: false } });
    heap.onUnraisable = (error) => void reports.push((error as Error).message);
    const { module } = await heap.load(await build("freeing", TEXT), { imports: { step } });
    const maker = (type: string) => {
      const made = module.getAttr(type) as PyExtensionType;
      return () => made.call() as PyObject;
    };
    const stage: Stage = {
      ...{ heap, plain: maker("Plain"), node: maker("Node"), final: maker("Final") },
      adopt: (parent, child) => void module.callMethod("adopt", parent, child),
    };
    /** Returns how many steps there were. */
    const run = (fail: number): number => {
      failAt = 0;
      const o = heap.scope(() => make(stage));
      count = 0;
      failAt = fail;
      free(o, heap);
      const steps = count;
      failAt = 0;
      if (!o.released) o.release();
      heap.gc.collect();
      heap.check();
      return steps;
    };
    run(0);
    const steps = run(0);
    expect(steps).toBeGreaterThan(0);
    const before = footprint(heap);
    for (let fail = 1; fail <= steps; fail++) {
      expect(steps - run(fail), `step ${fail}`).toBeLessThanOrEqual(isNested ? 1 : 0);
      expect(reports.splice(0), `step ${fail}`).toEqual([expect.stringContaining(`step ${fail}: `)]);
      expect(footprint(heap), `step ${fail}`).toEqual(before);
    }
    heap.compact();
    heap.check();
  });
});
