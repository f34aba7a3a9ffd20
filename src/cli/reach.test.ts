// Programs that destroy what is within their reach: what a run was asked for happens none the less, and no error of ours is shown.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** Each line takes something away. */
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
  "for name in ('pyheap', '_pyheap', 'gc', 'time', 'signal'): sys.modules.pop(name, None)",
];

describe("a program that destroys what it can reach", () => {
  it("is recorded to its end and checked", () => {
    const args = [MAIN, "run", "--quiet", "--fail-over-leak", "1MiB", "-c", DESTRUCTION.join("\n")];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 3, stdout: "ends well\n" });
    expect(stderr).toMatch(/^pyheap: what the program left is 4\.8 MiB, over 1\.0 MiB\n/);
    expect(stderr).not.toMatch(/Traceback|Error|not ended/);
  });
});
