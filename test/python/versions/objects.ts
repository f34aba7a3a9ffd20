// A program whose objects are known, and a snapshot of them compared with what Python itself says: ids, types, references, sizes.

import { expect } from "vitest";
import { EDGE, FLAG, type ObjectGraph } from "../../../src/snapshot/graph.js";

/**
 * Makes `corpus`. Its function `tell` returns, as JSON, up to some 6,000 objects that can be reached from there: for each
 * its id, type, size, ids of referents, and whether the collector tracks it.
 */
export const CORPUS = `
import collections, dataclasses, functools, gc, json, sys, types, weakref, enum, itertools, array

class Plain:
    def __init__(self, x):
        self.x = x
        self.items = [x]

class Slotted:
    __slots__ = ("left", "right", "__weakref__")

class Both(Slotted):
    pass

@dataclasses.dataclass
class Point:
    x: int
    y: float = 1.5
    tags: list = dataclasses.field(default_factory=list)

class MyDict(dict): pass
class MyList(list): pass
class MyTuple(tuple): pass
class MyStr(str): pass
class MySet(set): pass
class MyInt(int): pass
class Failure(Exception): pass
class Color(enum.Enum):
    red = 1
Pair = collections.namedtuple("Pair", "first second")

def closure(kept):
    def inner(): return kept
    return inner

def numbers(limit):
    held = object()
    for n in range(limit):
        yield n

async def waits(what):
    local = [what]
    await suspends()
    return local

@types.coroutine
def suspends():
    yield "suspended"

def fails(depth):
    marker = ["in fails"]
    if depth == 0: raise Failure("deep", marker)
    try:
        fails(depth - 1)
    except Failure as error:
        raise ValueError("outer") from error

def make():
    corpus = {}
    cycle = []; cycle.append(cycle)
    left = Slotted(); left.left = left
    both = Both(); both.right = left; both.extra = {1: "one", (2, 3): "pair"}
    late = Plain(5)
    late.__dict__["added later"] = 7
    asked = Plain(6); vars(asked)
    many = Plain(7)
    for k in range(100): setattr(many, f"a{k}", [k])
    subclassed = MyDict(a=1); subclassed.note = ["kept"]
    generator = numbers(10); next(generator)
    finished = numbers(0); list(finished)
    coroutine = waits("cake"); coroutine.send(None)
    try: fails(2)
    except ValueError as error: corpus["error"] = error
    weak = Plain(8)
    deque = collections.deque(([k] for k in range(200)), 150)
    ordered = collections.OrderedDict((str(k), [k]) for k in range(5))
    gone = dict.fromkeys(range(50), []); [gone.pop(k) for k in range(0, 50, 2)]
    removed = {str(k) for k in range(40)}; [removed.discard(str(k)) for k in range(0, 40, 3)]
    text = MyStr("a text of a subclass"); text.note = [1]
    wide = "grüße " + str(len(corpus)); wide.encode()
    corpus.update(locals())
    corpus.update(
        point=Point(1, 2.5, ["a"]), mylist=MyList([1, [2]]), mytuple=MyTuple(([1], "x")), myset=MySet([(1, 2)]), myint=MyInt(2**70),
        inner=closure(["kept"]), color=Color.red, pair=Pair(["a"], "b"), partial=functools.partial(print, ["x"], sep=","),
        bound=weak.__init__, builtin=[].append, prop=property(lambda self: 1), mapping=types.MappingProxyType({"a": [1]}),
        reference=weakref.ref(weak), weakset=weakref.WeakSet([weak]), proxy=weakref.proxy(weak), weakdict=weakref.WeakValueDictionary(w=weak),
        frozen=frozenset([("a", "b")]), chain=itertools.chain([[1]], [[2]]), data=bytearray(b"x" * 1000), long=["x"] * 5000,
        array=array.array("d", range(300)), sliced=slice([1], None, 2), ranged=range(10**12), classmethod=classmethod(fails),
        iterator=iter([["x"]]), view={"k": [1]}.items(), cached=functools.lru_cache(closure), module=types.ModuleType("made"),
        classes=[Plain, Slotted, Both, Point, MyDict, Color, Pair, Failure], big=b"b" * 10_000, wide2="\\u4e2d" * 3000, huge=1 << 5000,
        nested=tuple([k, (k, [k])] for k in range(30)), empty=[[], {}, (), set(), "", b""], lambda_=lambda a=[1], *, b=[2]: a,
    )
    del corpus["corpus"]
    return corpus

corpus = make()
for _ in range(3): gc.collect()

def tell():
    gc.disable()
    skipped = {id(sys.modules), id(globals()), id(gc.get_referents)}
    seen, todo, told = {}, [corpus], []
    while todo:
        o = todo.pop(0)
        if id(o) in seen or id(o) in skipped or isinstance(o, types.FrameType) or len(seen) > 6000: continue
        seen[id(o)] = o
        todo.extend(gc.get_referents(o))
    objects = list(seen.values())
    for o in objects:
        told.append([id(o), type(o).__module__, type(o).__qualname__, sys.getsizeof(o), [id(x) for x in gc.get_referents(o)], gc.is_tracked(o)])
    gc.enable()
    return json.dumps(told)
`;

/**
 * Makes objects of the types whose freed objects CPython keeps for reuse, and frees them. `told` has, as JSON, the id and the size of an
 * array that has all their addresses.
 */
export const KEPT = `
import array, contextvars, gc, sys
async def values(): yield 1
class Any:
    def method(self): pass
def make():
    asynchronous = values()
    return [
        *(k + 0.5 for k in range(90)), *(10**6 * k for k in range(1, 90)), *([k] for k in range(70)), *({k: k} for k in range(70)),
        *(tuple([k] * (1 + k % 18)) for k in range(400)), *(slice(k, k + 1) for k in range(5)), *(range(k, 10**10) for k in range(5)),
        *(Any().method for k in range(40)), *([].append for k in range(40)), *(complex(k, 1) for k in range(40)),
        *({k} for k in range(40)), *(contextvars.copy_context() for k in range(40)), *((x for x in [k]) for k in range(10)),
        *(iter([k]) for k in range(20)), *(iter({k: 1}.items()) for k in range(20)), *(asynchronous.__anext__() for k in range(10)),
    ]
gc.collect()
made = make()
addresses = array.array("I", map(id, made))
del made
told = f"[{id(addresses)}, {sys.getsizeof(addresses)}]"
`;

/** While `take()` runs, objects of four classes are only on the stacks of functions that run. */
export const ON_STACKS = `
class Each:
    def __iter__(self): return self
    def __next__(self): return 1
class OnOwnStack(Each): pass
class OnCallersStack: pass
class OnStackBehindC(Each): pass
class OnGlobalStack(Each): pass
def inner():
    for _ in OnOwnStack():
        take()
        break
def outer():
    return [OnCallersStack(), inner()]
def through():
    for _ in OnStackBehindC():
        return list(map(lambda _: outer(), [1]))
for _ in OnGlobalStack():
    through()
    break
`;

type Told = [id: number, module: string, type: string, size: number, referents: number[], isTracked: boolean][];

/** References of objects that gc.get_referents does not return. */
const UNTOLD = [
  "(not visited)",
  "(key)",
  "(attribute name)",
  "(subclasses)",
  "__name__",
  "__qualname__",
  "__slots__",
  "__dict__",
];

export const nodesById = (graph: ObjectGraph): Map<number, number> =>
  new Map(Array.from(graph.ids, (id, node) => [id, node]));

export interface Edge {
  readonly kind: number;
  readonly name: string;
  readonly target: number;
}

export function edgesOf(graph: ObjectGraph, node: number): Edge[] {
  const edges: Edge[] = [];
  for (let k = graph.firstEdge[node] as number; k < (graph.firstEdge[node + 1] as number); k++) {
    const kind = graph.edgeKinds[k] as number;
    const name = graph.edgeNames[k] as number;
    const text = kind === EDGE.index ? `[${name}]` : (graph.strings[name] as string);
    edges.push({ kind, name: text, target: graph.targets[k] as number });
  }
  return edges;
}

/** The node of one of the root's groups. */
export const groupOf = (graph: ObjectGraph, name: string): number =>
  edgesOf(graph, 0).find((edge) => edge.name === name)?.target as number;

export const typeName = (graph: ObjectGraph, node: number): string =>
  graph.strings[graph.types[node] as number] as string;

/** What each node is, and its references, in their order; by id. */
function describe(graph: ObjectGraph): Map<number, string> {
  const { ids, kinds, values, sizes, flags, strings } = graph;
  const described = new Map<number, string>();
  for (let node = 0; node < graph.nodeCount; node++) {
    const edges = edgesOf(graph, node).map(({ kind, name, target }) => `${kind} ${name} ${ids[target]}`);
    const is = [kinds[node], typeName(graph, node), strings[values[node] as number], sizes[node], flags[node]];
    described.set(ids[node] as number, [...is, ...edges].join("\n"));
  }
  return described;
}

/** The nodes that are not the same in two graphs of the same objects. */
export function differences(one: ObjectGraph, other: ObjectGraph): [string | undefined, string | undefined][] {
  const [a, b] = [describe(one), describe(other)];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((id) =>
    a.get(id) === b.get(id) ? [] : [[a.get(id), b.get(id)] as [string | undefined, string | undefined]],
  );
}

/**
 * Checks that a snapshot has what Python tells, and returns the number of objects. `text` is what `tell` returned, and nothing
 * has run since.
 */
export function compareWithPython(graph: ObjectGraph, text: string): number {
  const told = JSON.parse(text) as Told;
  const nodes = nodesById(graph);
  const wrong: string[] = [];
  let dictsOfInstances = 0;
  for (const [id, module, type, size, referents, isTracked] of told) {
    const node = nodes.get(id);
    if (node === undefined) {
      wrong.push(`${type} ${id} is not in the snapshot`);
      continue;
    }
    const name = typeName(graph, node);
    if (!name.endsWith(type) || (module === "__main__" && name !== `__main__.${type}`))
      wrong.push(`${name} is ${type}`);
    const edges = edgesOf(graph, node).filter(({ kind }) => kind !== EDGE.weak);
    const found = edges.map(({ target }) => graph.ids[target] as number);
    if (type === "Plain" && edges.some((edge) => edge.name === "__dict__")) dictsOfInstances++;
    const missing = [...referents];
    for (const [k, target] of found.entries()) {
      const at = missing.indexOf(target);
      if (at >= 0) missing.splice(at, 1);
      else if (isTracked && !UNTOLD.includes(edges[k]?.name ?? ""))
        wrong.push(`${name} ${id} has ${edges[k]?.name} too many`);
    }
    if (missing.length > 0) wrong.push(`${name} ${id} lacks ${missing.length} of ${referents.length}`);
    const own = graph.sizes[node] as number;
    if (type === "deque" && own < size) wrong.push(`${name} has only ${own} of ${size}`);
    const isOurs = ((graph.flags[node] as number) & FLAG.static) === 0;
    if (
      isOurs &&
      KNOWN_SIZES.has(type) &&
      !((own >= size || (type === "dict" && own === DICT_ALONE)) && own < size + 48)
    )
      wrong.push(`${name} has ${own}, not ${size}`);
  }
  expect(dictsOfInstances, "late, asked and many own a dict").toBe(3);
  expect(wrong.slice(0, 20), `${wrong.length} of ${told.length}`).toEqual([]);
  return told.length;
}

/** Bytes of a dict's own block. Its values can be in an instance; Python counts them as the dict's nevertheless. */
const DICT_ALONE = 40;

/** Types whose sys.getsizeof counts what the object alone owns. */
const KNOWN_SIZES = new Set(
  [
    "list",
    "tuple",
    "dict",
    "set",
    "frozenset",
    "str",
    "bytes",
    "int",
    "float",
    "Slotted",
    "function",
    "bytearray",
  ].concat(["partial", "method", "cell", "slice", "complex", "array", "OrderedDict"]),
);
