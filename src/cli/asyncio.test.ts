// asyncio under `pyheap run` and under the machine's own python: the same programs print the same, end with the same exit code,
// and with the same last line of standard error.

import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Said } from "../../test/command.js";
import { hasPython } from "../../test/needs.js";
import { sharedCommand } from "../../test/shared-command.js";

const PROGRAMS: Readonly<Record<string, string>> = {
  runner: `
import asyncio, contextvars
mark = contextvars.ContextVar("mark", default="none")
async def show(text):
    print(text, mark.get(), asyncio.current_task().get_name())
    mark.set(text)
    return len(text)
with asyncio.Runner(debug=True) as runner:
    print(runner.run(show("one")), runner.run(show("three")), runner.get_loop().get_debug())
    print(runner.get_loop().run_until_complete(asyncio.sleep(0, 9)))
    loop = runner.get_loop()
print(loop.is_closed(), loop.is_running())
try:
    runner.run(show("late"))
except RuntimeError as error:
    print(error)
asyncio.run(show("fresh"))
async def nested(): asyncio.run(asyncio.sleep(0))
try:
    asyncio.run(nested())
except RuntimeError as error:
    print(error)
try:
    asyncio.run(print)
except (TypeError, ValueError):
    print("not a coroutine")
loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
print(asyncio.get_event_loop() is loop, loop.run_until_complete(show("own")))
loop.call_later(0.01, lambda: print("later") or loop.stop())
loop.call_soon(print, "soon")
loop.run_forever()
loop.close()
`,
  groups: `
import asyncio
async def fails(after, error):
    await after.wait()
    raise error
async def waits(name):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise
async def main():
    now = asyncio.Event()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(waits("a"))
            group.create_task(fails(now, ValueError("v")))
            group.create_task(fails(now, KeyError("k")))
            asyncio.get_running_loop().call_later(0.01, now.set)
    except* ValueError as errors:
        print(repr(errors.exceptions))
    except* KeyError as errors:
        print(repr(errors.exceptions))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(asyncio.sleep(0.001 * (5 - k), k)) for k in range(5)]
    print([task.result() for task in tasks])
    async with asyncio.TaskGroup() as group:
        group.create_task(fails(now, OSError(5, "broken")))
asyncio.run(main())
`,
  timeouts: `
import asyncio, time
async def main():
    loop = asyncio.get_running_loop()
    start = loop.time()
    try:
        async with asyncio.timeout(1) as outer:
            try:
                async with asyncio.timeout(0.01):
                    await asyncio.sleep(5)
            except TimeoutError:
                print("inner", outer.expired())
            await asyncio.sleep(5)
    except TimeoutError:
        print("outer", outer.expired(), outer.when() > start)
    async with asyncio.timeout(0.01) as moved:
        moved.reschedule(loop.time() + 5)
        await asyncio.sleep(0.02)
    print("moved", moved.expired())
    async with asyncio.timeout_at(None): await asyncio.sleep(0)
    for limit in (0.01, 0, -1):
        try:
            await asyncio.wait_for(asyncio.Event().wait(), limit)
        except asyncio.TimeoutError as error:
            print(limit, repr(error))
    print(await asyncio.wait_for(asyncio.sleep(0.001, "in time"), 5))
    done, pending = await asyncio.wait([asyncio.create_task(asyncio.sleep(t, t)) for t in (0.001, 5)], timeout=0.5)
    print([task.result() for task in done], len(pending))
    for task in pending: task.cancel()
    print(0.5 <= loop.time() - start, start <= time.monotonic())
    await asyncio.wait_for(asyncio.sleep(5), 0.01)
asyncio.run(main())
`,
  queues: `
import asyncio
async def main():
    for kind in asyncio.Queue, asyncio.LifoQueue, asyncio.PriorityQueue:
        queue = kind(2)
        async def put():
            for k in (3, 1, 2, 5, 4): await queue.put(k)
        taken = []
        async def take():
            while True:
                taken.append(await queue.get())
                queue.task_done()
        taker = asyncio.create_task(take())
        await put()
        await queue.join()
        taker.cancel()
        print(kind.__name__, taken, queue.empty(), queue.qsize())
    queue = asyncio.Queue(1)
    queue.put_nowait(1)
    try: queue.put_nowait(2)
    except asyncio.QueueFull as error: print(repr(error))
    print(queue.get_nowait())
    try: queue.get_nowait()
    except asyncio.QueueEmpty as error: print(repr(error))
    queue.task_done(); queue.task_done()
asyncio.run(main())
`,
  locks: `
import asyncio
async def main():
    order = []
    lock, condition, semaphore, event = asyncio.Lock(), asyncio.Condition(), asyncio.BoundedSemaphore(2), asyncio.Event()
    async def locked(k):
        async with lock:
            order.append(k)
            await asyncio.sleep(0)
    await asyncio.gather(*map(locked, range(5)))
    print(order, lock.locked())
    inside = most = 0
    async def limited():
        nonlocal inside, most
        async with semaphore:
            inside += 1; most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1
    await asyncio.gather(*[limited() for _ in range(6)])
    print(most)
    async def told(k):
        async with condition:
            await condition.wait_for(lambda: len(order) > 5)
            order.append(k)
    waiters = [asyncio.create_task(told(k)) for k in "abc"]
    await asyncio.sleep(0)
    async with condition:
        order.append("x"); condition.notify_all()
    await asyncio.gather(*waiters)
    print(order)
    asyncio.get_running_loop().call_later(0.01, event.set)
    print(await event.wait(), event.is_set())
    barrier = asyncio.Barrier(3)
    print(sorted(await asyncio.gather(*[barrier.wait() for _ in range(3)])))
    semaphore.release()
asyncio.run(main())
`,
  generators: `
import asyncio, contextlib
async def numbers(name):
    try:
        for k in range(3):
            yield k
            await asyncio.sleep(0)
    finally:
        await asyncio.sleep(0)
        print(name, "closed")
@contextlib.asynccontextmanager
async def opened(name):
    print("open", name)
    try: yield name
    finally: print("shut", name)
async def main():
    print([k async for k in numbers("whole")])
    generator = numbers("closed by hand")
    print(await anext(generator))
    await generator.aclose()
    generator = numbers("thrown into")
    await anext(generator)
    try: await generator.athrow(ValueError("in"))
    except ValueError as error: print(error)
    async with contextlib.AsyncExitStack() as stack:
        for name in "ab": await stack.enter_async_context(opened(name))
    global kept
    kept = numbers("at the end")
    print(await anext(kept))
asyncio.run(main())
print("after")
async def fails():
    yield 1
    raise LookupError("from a generator")
async def use():
    async for k in fails(): print(k)
asyncio.run(use())
`,
  exits: `
import asyncio, sys, atexit
atexit.register(print, "at exit")
async def leaves():
    await asyncio.sleep(0.001)
    sys.exit(7)
async def main():
    try:
        await asyncio.gather(leaves(), asyncio.sleep(10))
    finally:
        print("cleaned")
asyncio.run(main())
`,
  unawaited: `
import asyncio, gc
async def forgotten(): pass
async def main():
    forgotten()
    gc.collect()
    await asyncio.sleep(0)
asyncio.run(main(), debug=False)
`,
  "not retrieved": `
import asyncio, gc
async def fails(): raise ArithmeticError("lost")
async def main():
    asyncio.create_task(fails())
    await asyncio.sleep(0.001)
    gc.collect()
asyncio.run(main())
print("end")
`,
  handlers: `
import asyncio
async def main():
    loop = asyncio.get_running_loop()
    seen = []
    loop.set_exception_handler(lambda loop, context: seen.append((context["message"].split("(")[0], repr(context["exception"]))))
    loop.call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.001)
    print(seen)
    loop.set_exception_handler(None)
    loop.call_soon(lambda: [][0])
    await asyncio.sleep(0.001)
asyncio.run(main())
`,
  order: `
import asyncio
async def main():
    loop, out = asyncio.get_running_loop(), []
    async def step(name):
        for k in range(3):
            out.append(f"{name}{k}")
            await asyncio.sleep(0)
    loop.call_soon(out.append, "soon")
    at = loop.time() + 0.5
    for k in (3, 1, 2): loop.call_at(at + k / 1000, out.append, k)
    loop.call_later(0.5, out.append, "never").cancel()
    await asyncio.gather(step("a"), step("b"))
    await asyncio.sleep(0.6)
    print(out)
    first = [await task for task in asyncio.as_completed([asyncio.sleep(t, t) for t in (0.6, 0.001, 0.3)])]
    print(first)
    print(await asyncio.gather(asyncio.sleep(0, 1), step(1), asyncio.sleep(0), return_exceptions=True))
    async def cleans():
        try: await asyncio.sleep(5)
        finally: out.append("cleaned")
    task = asyncio.create_task(cleans(), name="named")
    await asyncio.sleep(0)
    print(task.get_name(), task.cancel("why"), task.cancelling(), sorted(t.get_name() for t in asyncio.all_tasks()))
    try: await task
    except asyncio.CancelledError as error: print(error.args, task.cancelled(), out[-1])
    shielded = asyncio.create_task(asyncio.sleep(0.3, "kept"))
    try: await asyncio.wait_for(asyncio.shield(shielded), 0.001)
    except TimeoutError: print(await shielded)
    future = loop.create_future()
    loop.call_soon(future.set_exception, StopAsyncIteration("odd"))
    await future
asyncio.run(main())
`,
  interrupt: `
import asyncio, signal
async def main():
    asyncio.get_running_loop().call_later(0.01, signal.raise_signal, signal.SIGINT)
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("cancelled")
        raise
    finally:
        await asyncio.sleep(0.001)
        print("cleaned")
asyncio.run(main())
`,
  // The interrupt comes while the loop blocks, without a task that could be cancelled.
  "interrupt of a loop": `
import asyncio, signal
loop = asyncio.new_event_loop()
loop.call_later(0.01, signal.raise_signal, signal.SIGINT)
try:
    loop.run_forever()
except KeyboardInterrupt:
    print("interrupted", loop.is_running())
loop.run_until_complete(loop.shutdown_asyncgens())
loop.close()
raise SystemExit("end")
`,
};

/** Runs a file under the machine's python. */
function python(file: string, cwd: string): Promise<Said> {
  const child = spawn("python3", [file], { cwd });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  return new Promise((done) => {
    child.on("close", (code, signal) => {
      // A process that ended by SIGINT has the exit code 130 in a shell.
      done({ status: signal === "SIGINT" ? 130 : code, stdout, stderr });
    });
  });
}

/** What is the same under each Python. */
const compared = ({ status, stdout, stderr }: Said) => ({
  ...{ status, stdout },
  lastLine: stderr.trimEnd().split("\n").at(-1) ?? "",
});

describe.runIf(hasPython)("asyncio under pyheap run, beside the machine's python", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-asyncio-"));
  beforeAll(() => {
    for (const [name, code] of Object.entries(PROGRAMS)) writeFileSync(join(folder, `${name}.py`), code);
  });

  it.concurrent.each(Object.keys(PROGRAMS))("%s", async (name) => {
    const file = `${name}.py`;
    const said = await sharedCommand(["run", "--quiet", file], { cwd: folder });
    expect(compared(said)).toEqual(compared(await python(file, folder)));
  });
});
