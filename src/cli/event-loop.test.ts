// asyncio under `pyheap run`: programs on our event loop print what they print under `python`.

import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { launch } from "../../test/child.js";
import { MAIN } from "../../test/command.js";
import { canSuspend } from "../../test/needs.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-async-"));

const PROGRAM = `import asyncio, signal, time

async def square(k):
    await asyncio.sleep(0.001 * (k % 3))
    return k * k

async def fails():
    await asyncio.sleep(0.001)
    raise ValueError("no")

async def numbers():
    try:
        for k in range(4):
            yield k
            await asyncio.sleep(0)
    finally:
        await asyncio.sleep(0)
        print("closed")

async def main():
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(square(k)) for k in range(100)]
    print(sum(task.result() for task in tasks))
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except TimeoutError:
        print("timeout")
    try:
        await asyncio.wait_for(asyncio.Event().wait(), 0.01)
    except TimeoutError:
        print("wait_for")
    queue = asyncio.Queue(3)

    async def produce():
        for k in range(20):
            await queue.put(k)
        await queue.put(None)

    async def consume():
        total = 0
        while (item := await queue.get()) is not None:
            total += item
        return total

    print(await asyncio.gather(produce(), consume()))
    async with asyncio.Lock() as _, asyncio.Semaphore(2):
        print("locked")
    async for k in numbers():
        if k == 2:
            break
    print([k async for k in numbers()])
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
    except* ValueError as errors:
        print(errors.exceptions)
    loop = asyncio.get_running_loop()
    loop.call_later(0.01, print, "later")
    start = time.monotonic()
    await asyncio.sleep(0.05)
    print(time.monotonic() - start >= 0.049)
    came = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, came.set)
    loop.call_soon(signal.raise_signal, signal.SIGTERM)
    await came.wait()
    print(loop.remove_signal_handler(signal.SIGTERM), loop.remove_signal_handler(signal.SIGTERM))
    return "done"

print(asyncio.run(main()))
with asyncio.Runner() as runner:
    print(runner.run(square(7)), runner.run(square(8)))
loop = asyncio.new_event_loop()
print(loop.run_until_complete(square(9)))
loop.close()

async def stray():
    asyncio.create_task(asyncio.sleep(100))

asyncio.run(stray())
square(1)
try:
    asyncio.get_running_loop()
except RuntimeError as error:
    print(error)

async def promised():
    import js
    return await js.Promise.resolve(4)

asyncio.run(promised())
`;

describe("asyncio in a program", () => {
  it("has tasks, timers, queues, generators and signals", () => {
    writeFileSync(join(folder, "tasks.py"), PROGRAM);
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, "run", "--quiet", "tasks.py"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stdout.split("\n")).toEqual([
      ...["328350", "timeout", "wait_for", "[None, 190]", "locked"],
      // The generator that was not used up is closed when it is collected, which the loop does at an undefined moment.
      ...["closed", "closed", "[0, 1, 2, 3]", "(ValueError('no'),)", "later", "True", "True False", "done"],
      ...["49 64", "81", "no running event loop", ""],
    ]);
    expect(stderr).toContain("RuntimeWarning: coroutine 'square' was never awaited");
    // Engines that can suspend Python have no error here; promises.test.ts tests them.
    if (canSuspend) return;
    expect(stderr.trimEnd()).toMatch(
      /\nRuntimeError: pyheap run cannot wait for a JavaScript promise here: .*Node 24.*$/,
    );
    expect(status).toBe(1);
  });

  it("is interrupted in a sleep: its tasks are cancelled, and KeyboardInterrupt is raised", async () => {
    const code = [
      "import asyncio",
      "async def main():",
      "    print('up', flush=True)",
      "    try:",
      "        await asyncio.sleep(100)",
      "    finally:",
      "        print('cleaned')",
      "asyncio.run(main())",
    ].join("\n");
    const child = launch(["run", "--quiet", "-c", code]);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (text) => {
      if (stdout === "") child.kill("SIGINT");
      stdout += text;
    });
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const status = await new Promise((done) => child.on("close", done));
    expect({ status, stdout }).toEqual({ status: 130, stdout: "up\ncleaned\n" });
    expect(stderr.trimEnd()).toMatch(/KeyboardInterrupt$/);
  });
});
