// The means for scenarios that are written twice, in Python and for our heap, with the same log as the result.
//
//   Node(name)     has the fields x and y
//   Mortal(name)   a Node with a finalizer, which logs "del <name>" and then calls on_del(node), if that is set
//   log(...)       adds a line to the log
//   collect()      collects, and logs how many objects were collected
//
// PRELUDE has them for Python; a Stage has them for the heap.

import type { Heap, PyInstance, PyObject, PyRef } from "../../src/index.js";

export const PRELUDE = `
import gc, weakref
log_lines = []
def log(*parts): log_lines.append(" ".join(map(str, parts)))
class Node:
    __slots__ = ("name", "x", "y", "__weakref__")
    def __init__(self, name):
        self.name = name
        self.x = None
        self.y = None
on_del = None
class Mortal(Node):
    __slots__ = ()
    def __del__(self):
        log("del", self.name)
        if on_del: on_del(self)
def ref(o, name): return weakref.ref(o, lambda r: log("callback", name, "dead" if r() is None else "alive"))
def state(r): return "dead" if r() is None else "alive"
def collect(): log("collected", gc.collect())
gc.disable()
gc.collect()
`;

const NODE = { name: "object", x: "object", y: "object" } as const;
export type Node = PyInstance<typeof NODE, never>;

/** What a scenario can use on the heap. The scope in which it runs releases all handles. */
export class Stage {
  readonly lines: string[] = [];
  onDel: ((node: Node) => void) | undefined;
  readonly Node;
  readonly Mortal;

  constructor(readonly heap: Heap) {
    const options = { fields: NODE, weakReferences: true } as const;
    this.Node = heap.type("Node", options);
    this.Mortal = heap.type("Mortal", {
      ...options,
      finalize: (node) => {
        this.log("del", node.get("name"));
        this.onDel?.(node as Node);
      },
    });
  }

  readonly log = (...parts: unknown[]): void => {
    this.lines.push(
      parts
        .map((part) => (part === null ? "None" : part === true ? "True" : part === false ? "False" : String(part)))
        .join(" "),
    );
  };

  node(name: string): Node {
    return this.Node.new({ name }) as Node;
  }

  mortal(name: string): Node {
    return this.Mortal.new({ name }) as Node;
  }

  ref(o: PyObject, name: string): PyRef {
    return this.heap.ref(o, (r) => this.log("callback", name, this.state(r)));
  }

  state(ref: PyRef): string {
    const object = ref.deref();
    object?.release();
    return object === undefined ? "dead" : "alive";
  }

  collect(): void {
    this.log("collected", this.heap.gc.collect());
  }

  /** Releases handles: `del a, b`. */
  del(...handles: PyObject[]): void {
    for (const handle of handles) handle.release();
  }
}

export interface Scenario {
  readonly python: string;
  readonly ours: (stage: Stage) => void;
}
