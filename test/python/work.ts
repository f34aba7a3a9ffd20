// Work for an interpreter's heap: objects in cycles, weak references, text and JSON, a recursion to the limit, a
// collection.

/** A program that works with this many objects in cycles, and records in JSON. */
export const work = (nodes: number, records: number): string => `
import gc, json, re, weakref
class Node:
    def __init__(self, n): self.n, self.me = n, self
nodes = [Node(n) for n in range(${nodes})]
refs = [weakref.ref(node) for node in nodes]
text = json.dumps([{"n": n, "x": n / 7, "s": "é" * (n % 40)} for n in range(${records})])
assert json.loads(text)[${records - 1}]["n"] == ${records - 1}
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
try:
    deep(10**6)
except RecursionError:
    pass
del nodes
gc.collect()
assert all(ref() is None for ref in refs)
`;
