// --dump-on-memory-error: a file has what was live when memory ran out, whatever the program does afterwards.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedCommand } from "../../test/shared-command.js";
import { Tape } from "../../test/trace-data.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-dump-"));

const pyheap = (...args: string[]) => sharedCommand(["run", "--quiet", ...args], { cwd: folder });

/**
 * The bytes that a program had allocated by the end of a trace, the bytes that were live then, and the problem that the
 * trace names.
 */
async function liveIn(file: string) {
  const tape = new Tape();
  tape.write(readFileSync(join(folder, file)));
  const { analysis, summary } = await tape.analyse();
  const { liveBytes, allocatedBytes } = analysis.figures;
  return { bytes: liveBytes, allocated: allocatedBytes, problem: summary.problem };
}

const LIMIT = "24MiB";
/**
 * The fewest and the most bytes that may be live in a dump. The fewest are far more than what is live after the program
 * has freed its rows. The most are the limit, which also covers the interpreter's start.
 */
const [LEAST, MOST] = [8 * 2 ** 20, 24 * 2 ** 20];

/** Runs out of memory twice, each time in a function whose rows are freed when MemoryError is caught. */
const CAUGHT = `
def fill():
    rows = []
    while True:
        rows.append(bytes(1000))
for _ in range(2):
    try: fill()
    except MemoryError: print("caught")
small = bytearray(2_000_000)
`;

describe("--dump-on-memory-error", () => {
  writeFileSync(join(folder, "caught.py"), CAUGHT);
  writeFileSync(join(folder, "uncaught.py"), `${CAUGHT}fill()`);

  it("has what was live when memory first ran out, even if it is freed when MemoryError is caught", async () => {
    const options = ["--limit", LIMIT, "--soft-limit", "16MiB", "--dump-on-memory-error", "caught.trace"];
    const { status, stdout, stderr } = await pyheap(...options, "caught.py");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "caught\ncaught\n" });
    expect(stderr).toMatch(
      /^pyheap: no memory was left for 10\d\d B, at .*caught\.py:5 in fill; caught\.trace has what was live then \(.*\)\n$/,
    );
    const { bytes, problem } = await liveIn("caught.trace");
    expect(problem).toBeUndefined();
    expect(bytes).toBeGreaterThan(LEAST);
    expect(bytes).toBeLessThan(MOST);
  });

  it("copies the trace when memory first runs out; the trace goes on until MemoryError ends the program", async () => {
    const options = ["--limit", LIMIT, "--trace", "whole.trace", "--dump-on-memory-error", "part.trace"];
    const { status, stdout, stderr } = await pyheap(...options, "uncaught.py");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "caught\ncaught\n" });
    expect(stderr).toMatch(/^pyheap: no memory was left [^\n]*\nTraceback (.*\n)*MemoryError\n$/);
    const [whole, part] = [await liveIn("whole.trace"), await liveIn("part.trace")];
    expect([whole.problem, part.problem]).toEqual([undefined, undefined]);
    expect(part.bytes).toBeGreaterThan(LEAST);
    expect(whole.allocated).toBeGreaterThan(2 * part.allocated);
  });

  it("leaves a file as it is when memory does not run out", async () => {
    const before = readFileSync(join(folder, "caught.trace"));
    const { status, stderr } = await pyheap("--dump-on-memory-error", "caught.trace", "-c", "pass");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(readFileSync(join(folder, "caught.trace")).equals(before)).toBe(true);
  });

  it("dumps for a request that is larger than the limit, also a sampled recording", async () => {
    const options = ["--limit", LIMIT, "--sample", "4KiB", "--dump-on-memory-error", "large.trace"];
    const code = "kept = bytes(3_000_000)\ntry: bytearray(100_000_000)\nexcept MemoryError: print('caught')";
    const { stdout, stderr } = await pyheap(...options, "-c", code);
    expect(stdout).toBe("caught\n");
    expect(stderr).toMatch(/^pyheap: no memory was left for 95\.4 MiB, at <string>:2 in <module>; /);
    expect((await liveIn("large.trace")).bytes).toBeGreaterThan(3_000_000);
  });

  it.each([
    [["--dump-on-memory-error", "."], /Cannot write \.: it is a folder/],
    [["--dump-on-memory-error", "none/dump.trace"], /Cannot write none\/dump\.trace: there is no such file or folder/],
    [["--dump-on-memory-error", "caught.py"], /Cannot write caught\.py: it is there already, and is not a trace/],
    [
      ["--trace", "a.trace", "--dump-on-memory-error", "a.trace"],
      /Cannot write both the trace and the dump to a\.trace/,
    ],
    [["--trace", "/dev/null", "--dump-on-memory-error", "a.trace"], /Cannot dump a trace that goes to \/dev\/null/],
    [
      ["--allocator", "malloc", "--dump-on-memory-error", "a.trace"],
      /Cannot use --dump-on-memory-error with --allocator/,
    ],
  ])("%j is refused before the program runs", async (options, why) => {
    const { status, stdout, stderr } = await pyheap(...options, "-c", "print(1)");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(why);
  });
});
