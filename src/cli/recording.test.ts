// The end of a recording: every sink is closed, even if another one fails.

import { closeSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startPython } from "../../test/python/start.js";
import type { RunRequest, WorkerMessage } from "./protocol.js";
import { endAll, startRecording } from "./recording.js";
import { openTraceFile } from "./trace-file.js";

describe("a recording of a program", () => {
  it("ends the live view even if the file of the trace can't be closed", async () => {
    const { heap } = await startPython();
    const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
    const file = join(folder, "x.trace");
    const fd = openTraceFile(file);
    const program = { kind: "code", target: "x", args: [] } as const;
    const request = {
      program,
      live: true,
      trace: { file, fd, withStart: true },
      environment: {},
    } as unknown as RunRequest;
    const said: WorkerMessage["kind"][] = [];
    const fail = (what: string) => expect.unreachable(what);
    const recording = startRecording(heap, request, undefined, ({ kind }) => void said.push(kind), fail);
    closeSync(fd);
    said.length = 0;
    // The file is closed, so its last block can't be written.
    expect(() => recording?.stop()).toThrow(/EBADF/);
    expect(said.at(-1)).toBe("heap");
    heap.trace({ write: () => undefined }).stop();
  });
});

describe("endAll", () => {
  it("does every step, and throws the first error", () => {
    const done: string[] = [];
    const step = (name: string) => () => void done.push(name);
    const bad = (name: string) => () => {
      done.push(name);
      throw new Error(name);
    };
    expect(() => endAll([step("a"), bad("b"), bad("c"), step("d")])).toThrow("b");
    expect(done).toEqual(["a", "b", "c", "d"]);
    endAll([step("e")]);
  });
});
