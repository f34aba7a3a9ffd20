// The stacks of asyncio's tasks in a recording, compared with asyncio's own graph of which task waits for which.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { loadPython, type PythonHeap } from "../../src/hosts/python/pyodide.js";
import { Tape } from "../trace-data.js";
import { loaderOf, VERSIONS } from "./versions/list.js";

/** Blocks of at least this many bytes are the test's own: one for each look. */
const FIRST_SIZE = 1 << 20;

/** Generators that await. asyncio's graph does not have them. */
const GENERATOR = /^__sleep0:|__await__:/;

const PROGRAM = `
import asyncio, gc, json, random, host
random.seed(seed)

def named(task):
    name = task.get_name()
    return "<task>" if name.startswith("Task-") else f"<task {name}>"

def look():
    try:
        graph = asyncio.capture_call_graph()
    except RuntimeError:
        graph = None
    told = []
    while graph is not None:
        part = [f"{f.f_code.co_qualname}:{f.f_lineno}" for f in (entry.frame for entry in graph.call_stack)]
        if isinstance(graph.future, asyncio.Task):
            part.append(named(graph.future))
        told += part
        graph = min(graph.awaited_by, key=lambda other: id(other.future), default=None)
    # The innermost frame is that of this function, which is at another line now.
    host.allocate(json.dumps(told[1:]))

class Awaitable:
    def __await__(self):
        look()
        yield from asyncio.sleep(0).__await__()
        look()

async def rest():
    look()
    await asyncio.sleep(random.choice([0, 0, 0.001]))
    look()

async def deep(n, f):
    if n: await deep(n - 1, f)
    else: await f()

async def fails():
    await rest()
    raise ValueError

def some(n):
    return [work(n - 1) for _ in range(random.randrange(1, 4))]

async def gathers(n):
    await asyncio.gather(*some(n), return_exceptions=True)

async def groups(n):
    try:
        async with asyncio.TaskGroup() as group:
            for k, coroutine in enumerate(some(n)):
                group.create_task(coroutine, name=random.choice([None, f"part {k}"]))
            if random.random() < 0.2: group.create_task(fails())
            await rest()
    except* ValueError:
        look()

async def waits(n):
    tasks = [asyncio.create_task(coroutine, name="waited") for coroutine in some(n)]
    await rest()
    await asyncio.wait(tasks)

async def creates(n):
    first, *others = [asyncio.create_task(coroutine) for coroutine in some(n)]
    await rest()
    await asyncio.gather(asyncio.shield(first), *others)

async def hurries(n):
    try:
        async with asyncio.timeout(None) as timeout:
            # Not timeout(0.002): Pyodide's loop refuses a moment that has gone by, and a collection can take that long.
            loop = asyncio.get_running_loop()
            loop.call_later(0.002, lambda: timeout.reschedule(loop.time()))
            await asyncio.gather(*some(n))
    except TimeoutError:
        look()

async def both(n):
    shared = asyncio.create_task(work(n - 1), name="shared")
    async def awaits(): await shared
    await asyncio.gather(awaits(), awaits())

async def passes(n):
    queue = asyncio.Queue(1)
    async def put():
        for k in range(3): await queue.put([k, look()])
    async def get():
        for k in range(3): await queue.get(); look()
    await asyncio.gather(put(), get())

async def work(n):
    await rest()
    asyncio.get_running_loop().call_soon(look)
    if n == 0:
        await Awaitable()
        return
    kind = random.choice([gathers, groups, waits, creates, hurries, both, passes])
    await deep(random.randrange(3), lambda: kind(n))
    [None for _ in map(lambda _: look(), [1])]
    look()

async def eagerly():
    loop = asyncio.get_running_loop()
    await asyncio.gather(*[asyncio.Task(coroutine, loop=loop, eager_start=True) for coroutine in some(2)])

gc.set_threshold(100)
for _ in range(8):
    await asyncio.create_task(work(3), name="whole")
await eagerly()
`;

describe.each([VERSIONS[314], VERSIONS[315]])("The tasks of Pyodide $pyodide", (version) => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  let told: string[] = [];
  beforeAll(async () => {
    ({ pyodide, heap } = await loadPython({ loadPyodide: await loaderOf(version) }));
    pyodide.registerJsModule("host", {
      allocate: (stack: string) => {
        heap.raw.free(heap.raw.malloc(FIRST_SIZE + told.length));
        told.push(stack);
      },
    });
  });

  /** Runs a program. Returns, for each call of look, the recorded frames, from its caller outwards. */
  async function record(source: string, seed: number, sample: number): Promise<string[][]> {
    told = [];
    const tape = new Tape();
    const recorder = heap.trace({ write: tape.write, ...(sample > 0 && { sample }) });
    try {
      await pyodide.runPythonAsync(source, { globals: pyodide.toPy({ __name__: "app", seed }), filename: "app.py" });
    } finally {
      recorder.stop();
    }
    const { analysis, summary } = await tape.analyse();
    expect(summary.problem).toBeUndefined();
    const seen: string[][] = [];
    await tape.read({
      allocate: (_, size, __, node) => {
        if (size < FIRST_SIZE || size >= FIRST_SIZE + told.length) return;
        const frames = analysis.tree.stack(node);
        seen[size - FIRST_SIZE] = frames
          .map(({ function: f, line }) => (line > 0 ? `${f.name}:${line}` : f.name))
          .slice(1);
      },
    });
    heap.check();
    return seen;
  }

  it.each([
    [1, 0],
    [2, 0],
    [3, 64 * 1024],
    [4, 64 * 1024],
  ])("stand below those that wait for them: program %d, one sample in %d bytes", async (seed, sample) => {
    const seen = await record(PROGRAM, seed, sample);
    expect(told.length).toBeGreaterThan(150);
    expect(told.filter((stack) => stack.split("<task").length > 3).length).toBeGreaterThan(50);
    told.forEach((stack, k) => {
      const expected = JSON.parse(stack) as string[];
      // A task that begins at once runs on the stack of the task that made it. For asyncio, that task's frames are among
      // its own.
      const isEager = stack.includes("eagerly:");
      const isCompared = (frame: string) => !GENERATOR.test(frame) && !(isEager && frame.startsWith("<task"));
      const frames = (seen[k] ?? []).filter(isCompared);
      if (expected.length === 0) expect(frames.join()).not.toContain("<task");
      else expect(frames.slice(0, expected.filter(isCompared).length)).toEqual(expected.filter(isCompared));
    });
  });

  it("are seen through asynchronous generators, and what wraps a coroutine", async () => {
    const seen = await record(
      `
import asyncio, host

def look(): host.allocate("")

async def ticks():
    await asyncio.create_task(leaf(), name="tick")
    yield 1

class Wrapped:
    def __await__(self): return inner().__await__()

async def inner():
    async for _ in ticks(): pass

async def leaf():
    await asyncio.sleep(0)
    look()

await asyncio.create_task(inner(), name="first")

async def outer(): await Wrapped()
await asyncio.create_task(outer(), name="second")
`,
      0,
      0,
    );
    const inner = ["leaf:18", "<task tick>", "ticks:7", "inner:14"];
    expect(seen.map((frames) => frames.slice(0, 7))).toEqual([
      [...inner, "<task first>", "<module>:20", expect.stringContaining("run_async")],
      [...inner, "outer:22", "<task second>", "<module>:23"],
    ]);
  });
});
