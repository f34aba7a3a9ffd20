// The graph of a heap with a module in C: members have their names, tp_traverse shows the rest, what only C holds is shown as
// that, and buffers belong to the objects that have their addresses.

import { expect, it } from "vitest";
import { Heap, type ObjectGraph } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { edgesOf, nodesById, typeName } from "../python/versions/objects.js";
import { build } from "./build.js";

const SOURCE = `
#include <Python.h>
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *item;
    PyObject *secret;
} Holder;

static PyMemberDef members[] = {
    {"item", Py_T_OBJECT_EX, offsetof(Holder, item), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static int traverse(PyObject *op, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(op));
    Py_VISIT(((Holder *)op)->item);
    Py_VISIT(((Holder *)op)->secret);
    return 0;
}

static int clear(PyObject *op) {
    Py_CLEAR(((Holder *)op)->item);
    Py_CLEAR(((Holder *)op)->secret);
    return 0;
}

static PyType_Slot slots[] = {
    {Py_tp_members, members}, {Py_tp_traverse, traverse}, {Py_tp_clear, clear}, {Py_tp_new, PyType_GenericNew}, {0, NULL},
};
static PyType_Spec spec = {"lib.Holder", sizeof(Holder), 0, Py_TPFLAGS_HAVE_GC, slots};

static PyObject *held, *method;

/* An instance that only C holds, and a bound method of its item, a list. Returns the instance's address. */
unsigned make(void) {
    PyObject *type = PyType_FromSpec(&spec);
    if (!type) return 0;
    held = PyObject_CallNoArgs(type);
    Py_DECREF(type);
    if (!held) return 0;
    ((Holder *)held)->item = PyList_New(0);
    ((Holder *)held)->secret = PyUnicode_FromString("kept in C");
    method = PyObject_GetAttrString(((Holder *)held)->item, "append");
    PyErr_Clear();
    return (unsigned)(size_t)held;
}

unsigned bound(void) { return (unsigned)(size_t)method; }
`;

it.runIf(canCompile)("has the objects of a module in C", async () => {
  const heap = await Heap.create();
  const module = await heap.load(await build("holder", SOURCE));
  const address = Number(module.call("make")) >>> 0;
  expect(address).not.toBe(0);
  const before = new Uint8Array(heap.memory.buffer).slice();
  const graph: ObjectGraph = heap.graph();
  // C's stack, on which tp_traverse runs, is not compared: it is below the heap.
  const base = 256 * 1024;
  expect(Buffer.compare(before.subarray(base), new Uint8Array(heap.memory.buffer, base))).toBe(0);
  expect(graph.sizes.reduce((sum, size) => sum + size, 0)).toBe(heap.stats().account.platform);
  const nodes = nodesById(graph);
  const shown = (node: number) =>
    edgesOf(graph, node).map(({ name, target }) => {
      const value = graph.strings[graph.values[target] as number] as string;
      return `${name}: ${typeName(graph, target)} ${value}`.trim();
    });
  const holder = nodes.get(address) as number;
  expect(typeName(graph, holder)).toMatch(/Holder$/);
  expect(shown(holder)).toEqual([
    "item: list 0 items",
    "(field): str kept in C",
    expect.stringMatching(/^__class__: type /),
  ]);
  const group = edgesOf(graph, 0).find(({ name }) => name === "(held by C)")?.target as number;
  expect(edgesOf(graph, group).map(({ target }) => target)).toContain(holder);
  const method = Number(module.call("bound")) >>> 0;
  if (method !== 0) {
    const list = edgesOf(graph, holder)[0]?.target;
    expect(edgesOf(graph, nodes.get(method) as number)[0]).toMatchObject({ name: "__self__", target: list });
  }
  heap.check();
});

const BUFFERS = `
#include <Python.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    PyObject_HEAD
    double number;
    char **data;
    char *shared;
} Buffered;

static int traverse(PyObject *op, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(op));
    return 0;
}

static PyType_Slot slots[] = {{Py_tp_traverse, traverse}, {Py_tp_new, PyType_GenericNew}, {0, NULL}};
static PyType_Spec spec = {"lib.Buffered", sizeof(Buffered), 0, Py_TPFLAGS_HAVE_GC, slots};

static PyObject *type;
static char *common;

/* An object with a buffer of 3,000 bytes, in which the address of one of 5,000 bytes is; two objects have one of 700 together. */
unsigned make(int isSharing) {
    if (!type) type = PyType_FromSpec(&spec);
    if (!type) return 0;
    if (!common) common = malloc(700);
    Buffered *made = (Buffered *)PyObject_CallNoArgs(type);
    if (!made) return 0;
    made->number = 0.5;
    made->data = PyMem_Malloc(3000);
    memset(made->data, 0, 3000);
    made->data[0] = malloc(5000);
    memset(made->data[0], 0, 5000);
    made->shared = isSharing ? common : NULL;
    return (unsigned)(size_t)made;
}
`;

it.runIf(canCompile).each(["default", "debug"] as const)(
  "has the buffers of objects in C: allocator %s",
  async (allocator) => {
    const heap = await Heap.create({ allocator });
    const module = await heap.load(await build("buffers", BUFFERS));
    const made = [0, 1, 1].map((isSharing) => Number(module.call("make", isSharing)) >>> 0);
    const graph: ObjectGraph = heap.graph();
    expect(graph.sizes.reduce((sum, size) => sum + size, 0)).toBe(heap.stats().account.platform);
    const nodes = nodesById(graph);
    for (const address of made) {
      const node = nodes.get(address) as number;
      expect(typeName(graph, node)).toMatch(/Buffered$/);
      expect(graph.sizes[node]).toBeGreaterThan(8000);
      expect(graph.sizes[node]).toBeLessThan(8200);
      expect(graph.bufferOwners.filter((owner) => owner === node)).toHaveLength(2);
    }
    const blocks = made.map((address) =>
      edgesOf(graph, nodes.get(address) as number).filter(({ name }) => name === "(block)"),
    );
    expect(blocks.map(({ length }) => length)).toEqual([0, 1, 1]);
    const shared = blocks[1]?.[0]?.target as number;
    expect(blocks[2]?.[0]?.target).toBe(shared);
    expect(typeName(graph, shared)).toBe("(block of several objects)");
    expect(graph.sizes[shared]).toBeGreaterThanOrEqual(700);
    heap.check();
  },
);
