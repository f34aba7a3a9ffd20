// The types in a recording, compared with those of a heap snapshot of its end.

import { expect } from "vitest";
import type { PythonHeap } from "../../../src/hosts/python/pyodide.js";
import { NODE } from "../../../src/snapshot/graph.js";
import { Tape } from "../../trace-data.js";

/** A block of a recording that is live at its end. */
interface LiveBlock {
  readonly size: number;
  /** undefined if no type was recorded. */
  readonly type: string | undefined;
}

/** The blocks that are live at the end of a recording, by address. */
async function liveBlocks(tape: Tape): Promise<Map<number, LiveBlock>> {
  const live = new Map<number, LiveBlock>();
  /** By number: the type for which a function stands, and the type for which a node stands. */
  const functions: (string | undefined)[] = [undefined];
  const types: (string | undefined)[] = [undefined];
  const enter = (address: number, size: number, node: number) => void live.set(address, { size, type: types[node] });
  const summary = await tape.read({
    wantsTypes: true,
    function: ({ isType, name }) => void functions.push(isType && name),
    node: (_parent, number) => void types.push(functions[number]),
    allocate: (address, size, _tag, node) => enter(address, size, node),
    free: (address) => void live.delete(address),
    resize: (before, address, size, _tag, node) => {
      live.delete(before);
      enter(address, size, node);
    },
  });
  expect(summary.problem).toBeUndefined();
  return live;
}

/** The bytes that a block can have before its object. */
const FRONTS = [0, 8, 16];

/**
 * Records `run`. Then each object whose block was allocated in the recording must have the type that a snapshot shows.
 * Returns the number of these objects.
 */
export async function compareTypes(heap: PythonHeap, run: () => void): Promise<number> {
  const tape = new Tape();
  const recorder = heap.trace({ write: tape.write, types: true });
  try {
    run();
  } finally {
    recorder.stop();
  }
  const { nodeCount, kinds, ids, types, strings } = heap.graph();
  const live = await liveBlocks(tape);
  const wrong: string[] = [];
  let compared = 0;
  for (let node = 0; node < nodeCount; node++) {
    if (kinds[node] !== NODE.object && kinds[node] !== NODE.string) continue;
    const id = ids[node] as number;
    const front = FRONTS.find((bytes) => (live.get(id - bytes)?.size ?? 0) > bytes);
    if (front === undefined) continue;
    const type = strings[types[node] as number] as string;
    const block = live.get(id - front) as LiveBlock;
    compared++;
    if (block.type !== type) wrong.push(`${type}, recorded as ${block.type}, ${front} + ${block.size - front} bytes`);
  }
  expect(wrong).toEqual([]);
  return compared;
}

/** A program of random steps: it makes, keeps, changes and drops objects of built-in types and of classes that come and go. */
export const RANDOM_OBJECTS = `
import random, sys, gc, collections, functools, array

def make_class(rng, k):
    kind = rng.randrange(6)
    name = f"Class{k % 7}"
    if kind == 0: return type(name, (), {})
    if kind == 1: return type(name, (), {"__slots__": ("a", "b")})
    if kind == 2: return type(name, (rng.choice([list, dict, set, int, float, str, tuple, bytes, Exception]),), {})
    if kind == 3: return type(name, (), {"__slots__": ("a", "__weakref__")})
    if kind == 4: return collections.namedtuple(name, "a b")._make
    class Meta(type): pass
    return Meta(name, (), {"__init__": lambda self: setattr(self, "x", [self])})

def numbers(n):
    kept = [n]
    while True: yield kept

def step(rng, kept, classes, k):
    what = rng.randrange(22)
    if what == 0: classes.append(make_class(rng, k))
    elif what == 1 and classes: classes.pop(rng.randrange(len(classes)))
    elif what < 8 and classes:
        c = rng.choice(classes)
        try: kept.append(c())
        except TypeError: kept.append(c([1, 2]))
    elif what == 8: kept.append("x" * rng.randrange(700))
    elif what == 9: kept.append(bytes(rng.randrange(700)))
    elif what == 10:
        text = ""
        for n in range(rng.randrange(40)): text += chr(97 + n % 26 + (n == 30) * 500)
        kept.append(text)
    elif what == 11: kept.append(tuple(range(rng.randrange(30))) + (object(),))
    elif what == 12: kept.append({n: [n] for n in range(rng.randrange(20))})
    elif what == 13:
        g = numbers(k); next(g); kept.append(g)
    elif what == 14: kept.append(functools.partial(print, [k]))
    elif what == 15: kept.append(lambda a=k: kept)
    elif what == 16: kept.append(2 ** rng.randrange(600))
    elif what == 17: kept.append(array.array("d", range(rng.randrange(50))))
    elif what == 18: kept.append(bytearray(rng.randrange(100)))
    elif what == 19: kept.append(frozenset(range(rng.randrange(20))))
    elif what == 20:
        try: {}[k]
        except KeyError as error: kept.append(error)
    else: kept.append(b"".join([b"ab"] * rng.randrange(50)))
    while len(kept) > 300: kept.pop(rng.randrange(len(kept)))
    if rng.randrange(200) == 0: gc.collect()

def play(seed, steps):
    rng = random.Random(seed)
    kept, classes = [], []
    for k in range(steps): step(rng, kept, classes, k)
    return kept, classes
`;
