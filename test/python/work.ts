// Work for an interpreter's heap: objects in cycles, weak references, text and JSON, a recursion to the limit, a
// collection; garbage in cycles; objects of many sizes.

/** A program that works with `nodes` objects in cycles, and with `records` rows of JSON. */
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

/** 600 MB of garbage in 3000 cycles. CPython's own collector reacts at 2000 objects. */
export const CYCLES = `
class Node:
    def __init__(self):
        self.me = self
        self.payload = bytearray(200_000)

for _ in range(3000):
    Node()
`;

/** Objects of many sizes, in ten lines. */
export const MIXED_SIZES = `class Node:
    def __init__(self, n):
        self.n = n * 1000
        self.next = None
        self.data = bytes(n)

nodes = [Node(n) for n in range(1000)]
table = {str(n) * 3: None for n in range(1000, 3000)}
text = "".join(table)
pairs = [bytearray(n) for n in range(500, 900)]
`;
