// JavaScript's promises in programs under `pyheap run`, if the engine can suspend WebAssembly. event-loop.test.ts has the error
// of other engines. The tests of runtimes run the same program in other engines.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { launch } from "../../test/child.js";
import { command } from "../../test/command.js";
import { canSuspend } from "../../test/needs.js";
import { PROMISES } from "../../test/run-programs.js";

const run = (...words: string[]) => command(["run", "--quiet", ...words]);

describe.runIf(canSuspend)("JavaScript's promises in a program", () => {
  it("are awaited, and waited for by run_sync, while JavaScript calls the program", () => {
    expect(run("-c", PROMISES.code)).toEqual({ status: 0, stdout: PROMISES.stdout, stderr: "" });
  });

  it("are awaited outside of functions; one that fails ends the program as an exception does", () => {
    const failed = run(
      "-c",
      "import js\nprint(await js.Promise.resolve(5))\nawait js.Promise.reject(js.Error.new('why'))",
    );
    expect({ status: failed.status, stdout: failed.stdout }).toEqual({ status: 1, stdout: "5\n" });
    expect(failed.stderr).toMatch(
      /^Traceback \(most recent call last\):\n {2}File "<string>", line 3, in <module>\n.*JsException: Error: why\n$/s,
    );
  });

  it("can be fetched", () => {
    const code = "from pyodide.http import pyfetch\nprint(await (await pyfetch('data:text/plain,hi')).string())";
    expect(run("-c", code)).toEqual({ status: 0, stdout: "hi\n", stderr: "" });
  });

  it("are recorded with the stack of the task that waited", () => {
    const trace = join(mkdtempSync(join(tmpdir(), "pyheap-promises-")), "app.trace");
    const code = [
      "import asyncio, js",
      "async def keeps():",
      "    await js.Promise.resolve(1)",
      "    return [bytes(1000) for _ in range(500)]",
      "async def main(): return await asyncio.create_task(keeps(), name='keeper')",
      "kept = asyncio.run(main())",
    ].join("\n");
    expect(run("--trace", trace, "-c", code)).toEqual({ status: 0, stdout: "", stderr: "" });
    const { stdout } = command(["report", "tree", trace]);
    expect(stdout).toMatch(/main.*\n.*keeper.*\n.*keeps/);
  });

  it("can be interrupted when nothing else goes on", async () => {
    const code = "import js\nprint('up', flush=True)\nawait js.Promise.new(lambda done, fail: None)";
    const child = launch(["run", "--quiet", "-c", code]);
    let stderr = "";
    child.stdout.once("data", () => setTimeout(() => child.kill("SIGINT"), 200));
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const status = await new Promise((done) => child.on("close", done));
    expect(stderr.trimEnd()).toMatch(/KeyboardInterrupt$/);
    expect(status).toBe(130);
  });
});
