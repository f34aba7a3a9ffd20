// pyheap.objects, pyheap.referrers and pyheap.why in Python, compared with the gc module where that can tell.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PythonHeap } from "../../src/hosts/python/pyodide.js";
import { startPython } from "./start.js";

const PROGRAM = `
import collections, gc, sys, weakref, pyheap

class Point:
    pass
class Slots:
    __slots__ = ("first", "__weakref__")
class Node(dict):
    pass

gc.collect()
gc.disable()
shared = Point()
box = Point(); box.item = shared; box.more = [shared, (shared,), {"key": shared}, {shared}]
slots = Slots(); slots.first = shared
node = Node(a=shared); node.attribute = shared
Point.registry = {7: shared}
weak = weakref.ref(shared)
def closes():
    kept = shared
    return lambda: kept
closure = closes()
def generates(argument):
    yield argument
generator = generates(shared); next(generator)
queue = collections.deque([shared])
cycle = []; cycle.append(cycle)

def names(found):
    return sorted(type(each).__name__ for each in found)
`;

describe("what Python can ask about its objects", () => {
  let heap: PythonHeap;
  let python: (code: string) => unknown;
  beforeAll(async () => {
    const { pyodide, heap: made } = await startPython();
    heap = made;
    python = (code) => {
      const result: unknown = pyodide.runPython(code);
      const proxy = result as { toJs?: (options: object) => unknown } | undefined;
      return proxy?.toJs ? proxy.toJs({ dict_converter: Object.fromEntries }) : result;
    };
    python(PROGRAM);
  });
  afterAll(() => heap.check());

  it.each([
    ["'x'", "'x'"],
    ["'größe'", "'größe'"],
    ["'\\u4e2d'", "'\u4e2d'"],
    ['"it\'s"', '"it\'s"'],
    ['"\\\\"', "'\\\\'"],
    ['"\\x1b[31mred\\nline"', "'\\x1b[31mred\\nline'"],
    ['"\\ud800x"', "'\\ud800x'"],
  ])("pyheap.why shows the key %s as Python writes it, and prints nothing that a terminal obeys", (key, shown) => {
    const [path, printed] = python(`
import contextlib, io
box.keyed = {${key}: [Point()]}
with contextlib.redirect_stdout(io.StringIO()) as out: found = pyheap.why(next(iter(box.keyed.values()))[0])
[found, out.getvalue()]
`) as [string, string];
    expect(path.split(" box").pop()).toBe(`.keyed[${shown}][0]`);
    expect(printed).toContain(`[${shown}]`);
    expect(printed).not.toContain("\u001b");
    expect(printed).not.toMatch(/\p{Cs}/u);
    python("del box.keyed");
  });

  it("pyheap.objects counts each type, as gc.get_objects does for those that it knows", () => {
    const [ours, theirs] = python(`
import json
def both():
    ours = pyheap.objects()
    theirs = collections.Counter()
    for each in gc.get_objects(): theirs[f"{type(each).__module__}.{type(each).__qualname__}"] += 1
    return [json.dumps(ours), json.dumps(theirs)]
both()`) as [string, string];
    const [counts, known] = [JSON.parse(ours), JSON.parse(theirs)] as Record<string, number>[];
    for (const name of ["__main__.Point", "__main__.Slots", "__main__.Node", "collections.deque"]) {
      expect(counts?.[name], name).toBe(known?.[name]);
    }
    for (const name of ["function", "module", "builtin_function_or_method", "property"]) {
      expect(counts?.[name], name).toBe(known?.[`builtins.${name}`]);
    }
    // Strings are not tracked by the collector; the type with most objects comes first.
    expect(counts?.str).toBeGreaterThan(1000);
    const values = Object.values(counts ?? {});
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  it("an answer has nothing of the question in it: two in a row are the same", () => {
    expect(
      python(`
def twice():
    first = pyheap.objects().get
    kinds = ("__main__.Point", "function", "cell", "frame", "pyodide.ffi.JsProxy", "tuple", "generator")
    one = [first(kind) for kind in kinds]; del first
    second = pyheap.objects().get
    return one == [second(kind) for kind in kinds] or [one, [second(kind) for kind in kinds]]
twice()`),
    ).toBe(true);
    expect(python("before = sys.getrefcount(shared); pyheap.referrers(shared); sys.getrefcount(shared) - before")).toBe(
      0,
    );
  });

  it("pyheap.referrers finds what gc.get_referrers finds, and what the collector does not track", () => {
    const [ours, theirs] = python("[names(pyheap.referrers(shared)), names(gc.get_referrers(shared))]") as string[][];
    expect(ours).toEqual(theirs);
    // The globals and both other dicts; the list, the tuple, the set; the cell and the generator.
    expect(ours?.filter((name) => name === "dict").length).toBe(3);
    for (const name of ["Point", "Slots", "Node", "cell", "deque", "generator", "list", "set", "tuple"]) {
      expect(ours, name).toContain(name);
    }
    const sets = python(`
ids = lambda found: {id(each) for each in found if type(each) is not type(sys._getframe())}
[len(ids(pyheap.referrers(each)) ^ ids(gc.get_referrers(each))) for each in (shared, Point, cycle)]`);
    expect(sets).toEqual([0, 0, 0]);
    expect(python("pyheap.referrers(Point())")).toEqual([]);
  });

  it("pyheap.referrers has the frame of a function with the object in a variable", () => {
    expect(
      python(`
def outer():
    mine = Point()
    return inner(mine)
def inner(given):
    return [frame.f_code.co_name for frame in pyheap.referrers(given)]
outer()`),
    ).toEqual(["inner", "outer"]);
  });

  it("pyheap.why prints the shortest path and returns it; None if only the call holds the object", () => {
    const [path, text] = python(`
import io, contextlib
del queue, generator, closure, slots, node
box.deep = [Point()]
out = io.StringIO()
with contextlib.redirect_stdout(out):
    path = pyheap.why(box.deep[0])
[path, out.getvalue()]`) as [string, string];
    expect(path).toMatch(/^(sys\.modules\['__main__'\]\.|thread 1: .*)box\.deep\[0\]$/);
    const lines = text.trimEnd().split("\n");
    expect(lines.at(-1)).toMatch(/^ +\[0\] {2}__main__\.Point$/);
    expect(lines.at(-2)).toMatch(/^ +deep {2}list 1 item$/);
    expect(
      python(`
def held():
    local = Point()
    weak = weakref.ref(local)
    return pyheap.why(local)
with contextlib.redirect_stdout(out):
    answers = [held(), pyheap.why(Point()), pyheap.why(lambda: 0)]
answers`),
    ).toEqual([expect.stringMatching(/^thread 1: held .*local$/), undefined, undefined]);
    expect(python("out.getvalue().splitlines()[-1]")).toBe("nothing holds it but this call, and weak references");
  });

  it("works in a finalizer, in the middle of a collection, and with a coroutine suspended", () => {
    expect(
      python(`
said = []
class Ends:
    def __init__(self): self.me = self
    def __del__(self):
        with contextlib.redirect_stdout(out):
            said.append((pyheap.objects()["__main__.Ends"], pyheap.why(self) is not None, len(pyheap.referrers(shared)) > 3))
async def waits(local):
    await pause()
class Pause:
    def __await__(self): yield
pause = Pause
coroutine = waits(held_by_coroutine := Point()); coroutine.send(None)
one = Ends(); one.me = None; del one
Ends(); gc.collect()
name = pyheap.referrers(held_by_coroutine)
coroutine.close()
[len(said), said[0][0] >= 1, all(each[1] and each[2] for each in said), "coroutine" in names(name)]`),
    ).toEqual([2, true, true, true]);
  });
});
