// Scenarios of weak references and of the gc module, each written twice: in Python and for our heap (stage.ts).

import type { PyObject } from "../../src/index.js";
import type { Scenario } from "./stage.js";

export const MORE_SCENARIOS: Readonly<Record<string, Scenario>> = {
  "equality and hash of references, alive and dead": {
    python: `
a, b = frozenset([1]), frozenset([1, 1])
ra, rb, rc = weakref.ref(a), weakref.ref(b), ref(a, "a")
log(ra == rb, ra != rb, ra == rc, hash(ra) == hash(a))
h = hash(ra)
try: ra < rb
except TypeError as e: log(type(e).__name__)
del a
log(ra == rb, ra != rb, ra == ra, ra == rc, hash(ra) == h)
del b
log(ra == rb)
try: hash(rb)
except TypeError as e: log(e)`,
    ours: (s) => {
      const [a, b] = [s.heap.frozenset([1]), s.heap.frozenset([1, 1])];
      const [ra, rb, rc] = [s.heap.ref(a), s.heap.ref(b), s.ref(a, "a")];
      s.log(ra.equals(rb), !ra.equals(rb), ra.equals(rc), ra.hash() === a.hash());
      const h = ra.hash();
      try {
        ra.compare("<", rb);
      } catch (error) {
        s.log((error as Error).name);
      }
      s.del(a);
      s.log(ra.equals(rb), !ra.equals(rb), ra.equals(ra), ra.equals(rc), ra.hash() === h);
      s.del(b);
      s.log(ra.equals(rb));
      try {
        rb.hash();
      } catch (error) {
        s.log((error as Error).message);
      }
    },
  },
  "what there can be weak references to": {
    python: `
for o in ([], {}, (), 1, 1.5, "s", b"b", None, weakref.ref(set())):
    try: weakref.ref(o)
    except TypeError as e: log(e)
log(state(weakref.ref(Node)), [state(weakref.ref(o)) for o in [{1}, frozenset([1])]])`,
    ours: (s) => {
      const set = s.heap.set();
      const objects = [
        s.heap.list(),
        s.heap.dict(),
        s.heap.tuple(),
        s.heap.int(1),
        s.heap.float(1.5),
        s.heap.str("s"),
        s.heap.bytes([98]),
      ];
      const none = s.heap.exact(() => s.heap.list<unknown>([null]).getItem(0)) as PyObject;
      for (const o of [...objects, none, s.heap.ref(set)]) {
        try {
          s.heap.ref(o);
        } catch (error) {
          s.log((error as Error).message);
        }
      }
      s.log("alive", `['${[s.heap.set([1]), s.heap.frozenset([1])].map((o) => s.state(s.heap.ref(o))).join("', '")}']`);
    },
  },
  "an object that waits to be deallocated is dead already": {
    python: `
deep = Node("deep")
waiting = ref(deep, "deep")
first = Node("first")
def look(r): log("first", state(waiting))
r = weakref.ref(first, look)
l = [first]
for k in range(20): l = [l]
box = deep
for k in range(20): box = [box]
l = [box, l]
del deep, first, box
del l
log(state(waiting))`,
    ours: (s) => {
      const nest = (o: PyObject, depth: number): PyObject => {
        let outer = o;
        for (let k = 0; k < depth; k++) {
          const list = s.heap.list([outer]);
          outer.release();
          outer = list;
        }
        return outer;
      };
      const deep = s.node("deep");
      const waiting = s.ref(deep, "deep");
      const first = s.node("first");
      s.heap.ref(first, () => s.log("first", s.state(waiting)));
      const boxes = [nest(deep, 20), nest(first, 21)];
      const l = s.heap.list(boxes);
      s.del(...boxes);
      s.del(l);
      s.log(s.state(waiting));
    },
  },
  "debug flag SAVEALL keeps garbage": {
    python: `
gc.garbage.clear()
gc.set_debug(gc.DEBUG_SAVEALL)
a, b = [], Mortal("b")
a.append(b); b.x = a
r = ref(b, "b")
del a, b
collect()
gc.set_debug(0)
log([type(o).__name__ for o in gc.garbage])
gc.garbage.clear()
collect()`,
    ours: (s) => {
      s.heap.gc.debug = 32;
      const a = s.heap.list<unknown>();
      const b = s.mortal("b");
      a.append(b);
      b.set("x", a);
      s.ref(b, "b");
      s.del(a, b);
      s.collect();
      s.heap.gc.debug = 0;
      const { garbage } = s.heap.gc;
      s.heap.scope(() => s.log(`['${[...garbage].map((o) => o.typeName).join("', '")}']`));
      garbage.clear();
      s.collect();
    },
  },
  "callbacks of the collector": {
    python: `
def told(phase, info):
    log(phase, info["generation"], info["collected"], info["uncollectable"])
    gc.collect()
gc.callbacks.append(told)
l = []; l.append(l); del l
collect()
gc.callbacks.remove(told)`,
    ours: (s) => {
      s.heap.gc.callbacks.push((phase, info) => {
        s.log(phase, info.generation, info.collected, info.uncollectable);
        s.heap.gc.collect();
      });
      const l = s.heap.list<unknown>();
      l.append(l);
      s.del(l);
      s.collect();
      s.heap.gc.callbacks.pop();
    },
  },
  "referents and referrers": {
    python: `
a = Node("a"); l = [a, 1]; d = {"k": l, "n": 5}; t = (d, l)
log(len(gc.get_referents(l)), sorted(type(o).__name__ for o in gc.get_referents(t)))
log(sorted(type(o).__name__ for o in gc.get_referents(d)))
log(sorted(type(o).__name__ for o in gc.get_referrers(l) if o is d or o is t))
log(gc.get_referents(1, "text", 1.5))`,
    ours: (s) => {
      const a = s.node("a");
      const l = s.heap.list<unknown>([a, 1]);
      const d = s.heap.dict<string, unknown>({ k: l, n: 5 });
      const t = s.heap.tuple([d, l]);
      const names = (objects: Iterable<unknown>) =>
        `['${[...objects]
          .map((o) => (typeof o === "number" ? "int" : (o as PyObject).typeName))
          .sort()
          .join("', '")}']`;
      s.log(s.heap.gc.getReferents(l).length, names(s.heap.gc.getReferents(t)));
      s.log(names(s.heap.gc.getReferents(d)));
      s.log(names([...s.heap.gc.getReferrers(l)].filter((o) => o.is(d) || o.is(t))));
      s.log(s.heap.gc.getReferents(s.heap.int(1), s.heap.str("text"), s.heap.float(1.5)).repr());
    },
  },
  "what is tracked after a collection": {
    python: `
things = [(1, 2.5, "x"), ((1, (2, b"b")), None), ([],), ({},), ((Node("n"),),), [], Node("n")]
gc.collect()
for o in things: log(type(o).__name__, gc.is_tracked(o))
for o in (1, 1.5, "s", b"b", None, True, ()): log(gc.is_tracked(o))`,
    ours: (s) => {
      const { heap } = s;
      const things = [
        heap.tuple([1, 2.5, "x"]),
        heap.tuple([heap.tuple([1, heap.tuple([2, heap.bytes([98])])]), null]),
        heap.tuple([heap.list()]),
        heap.tuple([heap.dict()]),
        heap.tuple([heap.tuple([s.node("n")])]),
        heap.list(),
        s.node("n"),
      ];
      heap.gc.collect();
      for (const o of things) s.log(o.typeName, o.isTracked);
      const atoms = heap.exact(() => [...heap.list([1, 1.5, "s", heap.bytes([98]), null, true, heap.tuple()])]);
      for (const o of atoms) s.log((o as PyObject).isTracked);
    },
  },
  "frozen objects are not looked at": {
    python: `
gc.collect()
before = gc.get_freeze_count()
l = []; l.append(l)
gc.freeze()
del l
frozen = gc.get_freeze_count()
collect()
m = []; m.append(m); del m
collect()
log(before, gc.get_freeze_count() == frozen)
gc.unfreeze()
log(gc.get_freeze_count())
collect()`,
    ours: (s) => {
      s.heap.gc.collect();
      const before = s.heap.gc.frozen;
      const l = s.heap.list<unknown>();
      l.append(l);
      s.heap.gc.freeze();
      s.del(l);
      const { frozen } = s.heap.gc;
      s.collect();
      const m = s.heap.list<unknown>();
      m.append(m);
      s.del(m);
      s.collect();
      s.log(before, s.heap.gc.frozen === frozen);
      s.heap.gc.unfreeze();
      s.log(s.heap.gc.frozen);
      s.collect();
    },
  },
};
