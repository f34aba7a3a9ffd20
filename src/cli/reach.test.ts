// Programs that destroy everything they can reach: the run still does what was asked for, and shows no error of ours.

import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedCommand } from "../../test/shared-command.js";
import { Tape } from "../../test/trace-data.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-reach-"));

/** Each line removes something. */
const DESTRUCTION = [
  "import atexit, gc, os, signal, sys, time",
  "keep = bytearray(5_000_000)",
  "gc.callbacks.clear()",
  "gc.callbacks = gc.collect = gc.disable = None",
  "atexit._clear()",
  "os.environ.clear()",
  "signal.signal(signal.SIGINT, signal.SIG_IGN)",
  "del time.sleep, __name__",
  "sys.path.clear(), sys.meta_path.clear(), sys.path_hooks.clear()",
  "print('ends well', flush=True)",
  "modules = dict(sys.modules)",
  "for name in ('pyheap', '_pyheap', 'atexit', 'gc', 'time', 'signal'): sys.modules.pop(name, None)",
];

const check = (program: string) =>
  sharedCommand(["run", "--quiet", "--fail-over-leak", "1MiB", "-c", program], { cwd: folder });

/** The number of collections of the oldest generation in a recording. */
async function collectionsIn(file: string): Promise<{ full: number; problem: string | undefined }> {
  const tape = new Tape();
  tape.write(readFileSync(join(folder, file)));
  let full = 0;
  const { problem } = await tape.read({
    collection: ({ generation }) => {
      if (generation === 2) full++;
    },
  });
  return { full, problem };
}

describe("a program that destroys what it can reach", () => {
  it("is recorded to its end and checked", async () => {
    const { status, stdout, stderr } = await check(DESTRUCTION.join("\n"));
    expect(stderr).toMatch(/^pyheap: what the program did not free is 4\.8 MiB, over 1\.0 MiB\n/);
    expect(stderr).not.toMatch(/Traceback|Error|Exception|not ended/);
    expect({ status, stdout }).toEqual({ status: 3, stdout: "ends well\n" });
  });

  it("is checked when no builtin is left, and every Python function fails", async () => {
    const { status, stderr } = await check(`
import builtins, sys
keep = bytearray(5_000_000)
set = setattr
for name in dir(builtins): set(builtins, name, None)
sys.settrace(lambda *_: 1 / 0)
`);
    expect(stderr).toMatch(/^pyheap: what the program did not free is 4\.8 MiB/m);
    expect(stderr).not.toMatch(/<pyheap>/);
    expect(status).toBe(3);
  });

  it("has all collections in its recording", async () => {
    const program = `
import gc, sys
del sys.modules["gc"]
import gc as again
assert again is not gc
gc.disable()
kept = again.callbacks
again.collect()
kept.clear(); again.collect()
kept[:] = []; again.collect()
del kept[0]; again.collect()
kept.pop(); again.collect()
gc.callbacks.clear(); gc.collect()
sys.settrace(lambda *_: 1 / 0)
gc.collect()
sys.settrace(None)
print(len(kept), len(gc.callbacks), flush=True)
import os; os._exit(0)
`;
    const { stdout, stderr } = await sharedCommand(["run", "--quiet", "--trace", "marks.trace", "-c", program], {
      cwd: folder,
    });
    expect({ stdout, stderr }).toEqual({ stdout: "1 0\n", stderr: "" });
    expect(await collectionsIn("marks.trace")).toEqual({ full: 7, problem: undefined });
  });
});
