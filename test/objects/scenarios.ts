// Scenarios of garbage and finalizers, each written twice: in Python and for our heap (stage.ts).

import type { PyObject, PyRef } from "../../src/index.js";
import type { Node, Scenario } from "./stage.js";

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "containers that contain themselves": {
    python: `
l = []; l.append(l); del l; collect()
d = {}; d[1] = d; del d; collect()
l = []; t = (l,); l.append(t); del l, t; collect()
n = Node("n"); n.x = n; del n; collect()
n = Node("n"); s = {n}; n.x = s; del n, s; collect()
n = Node("n"); s = frozenset([n]); n.x = s; del n, s; collect()
d = {}; l = [d]; d["l"] = l; del d, l; collect()
n = Node("n"); d = {n: 1}; n.x = d; del n, d; collect()
collect()`,
    ours: (s) => {
      const { heap } = s;
      const cycle = (...handles: PyObject[]) => {
        s.del(...handles);
        s.collect();
      };
      const [l, d, m] = [heap.list<unknown>(), heap.dict<unknown, unknown>(), heap.list<unknown>()];
      l.append(l);
      cycle(l);
      d.set(1, d);
      cycle(d);
      const t = heap.tuple([m]);
      m.append(t);
      cycle(m, t);
      const own = s.node("n");
      own.set("x", own);
      cycle(own);
      for (const make of [
        (n: Node) => heap.set([n]),
        (n: Node) => heap.frozenset([n]),
        (n: Node) => heap.dict([[n, 1]]),
      ]) {
        const n = s.node("n");
        const container = make(n);
        n.set("x", container);
        if (container.typeName === "dict") {
          const inner = heap.dict<unknown, unknown>();
          const outer = heap.list([inner]);
          inner.set("l", outer);
          cycle(inner, outer);
        }
        cycle(n, container);
      }
      s.collect();
    },
  },
  "a ring, and what hangs on it": {
    python: `
ring = [Node(str(k)) for k in range(5)]
for k in range(5): ring[k].x = ring[(k + 1) % 5]
ring[2].y = [{"a": (ring, 1)}]
keep = ring[3]
del ring
collect()
keep.x = None
del keep
collect()`,
    ours: (s) => {
      const nodes = [0, 1, 2, 3, 4].map((k) => s.node(String(k)));
      const ring = s.heap.list(nodes);
      for (const [k, node] of nodes.entries()) node.set("x", nodes[(k + 1) % 5]);
      const inner = s.heap.tuple([ring, 1]);
      const dict = s.heap.dict([["a", inner]]);
      const list = s.heap.list([dict]);
      nodes[2]?.set("y", list);
      const keep = nodes[3]?.clone() as Node;
      s.del(...nodes, ring, inner, dict, list);
      s.collect();
      keep.set("x", null);
      s.del(keep);
      s.collect();
    },
  },
  "weak references are called from the newest to the oldest": {
    python: `
n = Node("n")
plain = weakref.ref(n)
refs = [ref(n, str(k)) for k in range(4)]
log(weakref.ref(n) is plain, refs[0] is plain, plain() is n)
dropped = ref(n, "dropped")
del dropped
del n
log(state(plain), [state(r) for r in refs])`,
    ours: (s) => {
      const n = s.node("n");
      const plain = s.heap.ref(n);
      const refs = [0, 1, 2, 3].map((k) => s.ref(n, String(k)));
      const same = plain.deref() as PyObject;
      s.log(s.heap.ref(n).is(plain), refs[0]?.is(plain), same.is(n));
      s.del(s.ref(n, "dropped"));
      s.del(same, n);
      s.log(s.state(plain), `['${refs.map((r) => s.state(r)).join("', '")}']`);
    },
  },
  "callbacks of references inside and outside of the garbage": {
    python: `
a, b = Node("a"), Node("b")
a.x = b; b.x = a
outside = ref(a, "outside")
b.y = ref(a, "inside")
a.y = weakref.ref(b)
other = weakref.ref(b)
del a, b
gc.collect()  # and not collect(), which logs the count: CPython counts the inner callback's function, our collector does not
log(state(outside), state(other))`,
    ours: (s) => {
      const [a, b] = [s.node("a"), s.node("b")];
      a.set("x", b);
      b.set("x", a);
      const outside = s.ref(a, "outside");
      const inside = s.ref(a, "inside");
      b.set("y", inside);
      const plain = s.heap.ref(b);
      a.set("y", plain);
      const other = s.heap.ref(b);
      s.del(a, b, inside, plain);
      s.heap.gc.collect();
      s.log(s.state(outside), s.state(other));
    },
  },
  "references are cleared before the finalizers of a cycle run": {
    python: `
a, b = Mortal("a"), Mortal("b")
a.x = b; b.x = a
refs = [weakref.ref(a), weakref.ref(b), ref(a, "a"), ref(b, "b")]
def on_del(node): log(node.name, [state(r) for r in refs], node.x.name)
del a, b
collect()`,
    ours: (s) => {
      const [a, b] = [s.mortal("a"), s.mortal("b")];
      a.set("x", b);
      b.set("x", a);
      const refs = [s.heap.ref(a), s.heap.ref(b), s.ref(a, "a"), s.ref(b, "b")];
      s.onDel = (node) => {
        const x = node.get("x") as Node;
        s.log(node.get("name"), `['${refs.map((r) => s.state(r)).join("', '")}']`, x.get("name"));
        x.release();
      };
      s.del(a, b);
      s.collect();
    },
  },
  "a finalizer brings one object of a cycle back, and with it all": {
    python: `
a, b, c = Mortal("a"), Node("b"), Mortal("c")
a.x = b; b.x = a; a.y = c; c.x = c
rb = ref(b, "b")
kept = []
def on_del(node):
    if node.name == "a": kept.append(node)
del a, b, c
collect()
log(state(rb), kept[0].x.name, kept[0].y.name, gc.is_finalized(kept[0]), gc.is_finalized(kept[0].x))
again = weakref.ref(kept[0])
kept.clear()
collect()
log(state(again))
collect()`,
    ours: (s) => {
      const [a, b, c] = [s.mortal("a"), s.node("b"), s.mortal("c")];
      a.set("x", b);
      b.set("x", a);
      a.set("y", c);
      c.set("x", c);
      const rb = s.ref(b, "b");
      const kept: Node[] = [];
      s.onDel = (node) => {
        if (node.get("name") === "a") kept.push(node.clone());
      };
      s.del(a, b, c);
      s.collect();
      const node = kept[0] as Node;
      const [x, y] = [node.get("x") as Node, node.get("y") as Node];
      s.log(s.state(rb), x.get("name"), y.get("name"), node.isFinalized, x.isFinalized);
      const again = s.heap.ref(node);
      s.del(node, x, y);
      s.collect();
      s.log(s.state(again));
      s.collect();
    },
  },
  "a finalizer brings back one of two cycles": {
    python: `
kept = []
for name in "ab":
    n = Mortal(name); n.x = n; n.y = [n]
del n
def on_del(node):
    if node.name == "b": kept.append(node)
collect()
log(len(kept), kept[0].name)
kept.clear()
collect()`,
    ours: (s) => {
      const kept: Node[] = [];
      for (const name of "ab") {
        const n = s.mortal(name);
        const list = s.heap.list([n]);
        n.set("x", n).set("y", list);
        s.del(n, list);
      }
      s.onDel = (node) => {
        if (node.get("name") === "b") kept.push(node.clone());
      };
      s.collect();
      s.log(kept.length, kept[0]?.get("name"));
      s.del(...kept);
      s.collect();
    },
  },
  "resurrection by the reference count leaves weak references alone": {
    python: `
kept = []
def on_del(node): kept.append(node)
n = Mortal("n")
plain, called = weakref.ref(n), ref(n, "n")
del n
log(state(plain), state(called), len(kept), gc.is_finalized(kept[0]))
kept.clear()
log(state(plain), state(called))`,
    ours: (s) => {
      const kept: Node[] = [];
      s.onDel = (node) => void kept.push(node.clone());
      const n = s.mortal("n");
      const [plain, called] = [s.heap.ref(n), s.ref(n, "n")];
      s.del(n);
      s.log(s.state(plain), s.state(called), kept.length, kept[0]?.isFinalized);
      s.del(...kept);
      s.log(s.state(plain), s.state(called));
    },
  },
  "finalizers change the graph": {
    python: `
a, b, c = Mortal("a"), Mortal("b"), Mortal("c")
a.x = b; b.x = c; c.x = a
fresh = []
def on_del(node):
    if node.name == "a":
        node.x.x = None            # b releases c; c still refers to a
        node.y = Mortal("new")     # dies with a
    if node.name == "b":
        fresh.append(Mortal("kept"))
        l = []; l.append(l)        # garbage that is younger than the collection
del a, b, c
collect()
log(len(fresh))
on_del = None
fresh.clear()
collect()`,
    ours: (s) => {
      const [a, b, c] = [s.mortal("a"), s.mortal("b"), s.mortal("c")];
      a.set("x", b);
      b.set("x", c);
      c.set("x", a);
      const fresh: Node[] = [];
      s.onDel = (node) => {
        if (node.get("name") === "a") {
          const x = node.get("x") as Node;
          x.set("x", null);
          const made = s.mortal("new");
          node.set("y", made);
          s.del(x, made);
        }
        if (node.get("name") === "b") {
          fresh.push(s.mortal("kept"));
          const l = s.heap.list<unknown>();
          l.append(l);
          l.release();
        }
      };
      s.del(a, b, c);
      s.collect();
      s.log(fresh.length);
      s.onDel = undefined;
      s.del(...fresh);
      s.collect();
    },
  },
  "a collection inside a callback and inside a finalizer": {
    python: `
n = Mortal("n"); n.x = n
r = weakref.ref(n, lambda r: collect())
def on_del(node): collect()
del n
collect()
m = Mortal("m")
l = []; l.append(l); del l
del m`,
    ours: (s) => {
      const n = s.mortal("n");
      n.set("x", n);
      s.heap.ref(n, () => s.collect());
      s.onDel = () => s.collect();
      s.del(n);
      s.collect();
      const m = s.mortal("m");
      const l = s.heap.list<unknown>();
      l.append(l);
      s.del(l);
      s.del(m);
    },
  },
  "a callback drops the last reference to something with a callback": {
    python: `
a, b = Node("a"), Node("b")
box = [b]
def drop(r):
    log("drop")
    box.clear()
    log("dropped")
ra = weakref.ref(a, drop)
rb = ref(b, "b")
del b
del a
log(state(ra), state(rb))`,
    ours: (s) => {
      const [a, b] = [s.node("a"), s.node("b")];
      const box = s.heap.list([b]);
      const ra = s.heap.ref(a, () => {
        s.log("drop");
        box.clear();
        s.log("dropped");
      });
      const rb = s.ref(b, "b");
      s.del(b);
      s.del(a);
      s.log(s.state(ra), s.state(rb));
    },
  },
  "a finalizer makes a weak reference to its dying object": {
    python: `
made = []
def on_del(node):
    made.append(ref(node, node.name))
    made.append(ref(node.x, node.x.name + " from " + node.name))
a, b = Mortal("a"), Mortal("b")
a.x = b; b.x = a
del a, b
collect()
log([state(r) for r in made])`,
    ours: (s) => {
      const made: PyRef[] = [];
      s.onDel = (node) => {
        const x = node.get("x") as Node;
        made.push(s.ref(node, String(node.get("name"))));
        made.push(s.ref(x, `${x.get("name")} from ${node.get("name")}`));
        x.release();
      };
      const [a, b] = [s.mortal("a"), s.mortal("b")];
      a.set("x", b);
      b.set("x", a);
      s.del(a, b);
      s.collect();
      s.log(`['${made.map((r) => s.state(r)).join("', '")}']`);
      s.del(...made);
    },
  },
};
