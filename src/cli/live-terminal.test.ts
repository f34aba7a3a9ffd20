// pyheap run --live-terminal, on a terminal and elsewhere: all output of the program is there when it has ended.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import colors from "picocolors";
import { describe, expect, it, vi } from "vitest";
import { MAIN } from "../../test/command.js";
import { Terminal } from "../../test/terminal.js";
import { buildPage } from "../page/build.js";
import { Spans } from "../page/spans.js";
import { readHeapSnapshot } from "../snapshot/reader.js";
import { typeFunction } from "../trace/format.js";
import { LiveProgram } from "./live.js";
import { drawLive, liveText } from "./live-terminal.js";
import { makeShared, viewShared } from "./shared.js";

const COMMAND = `"${process.execPath}" "${MAIN}" run --quiet --live-terminal -c`;

/** Whether `script` is util-linux's, which gives a command a terminal. */
const hasScript = spawnSync("script", ["--version"], { encoding: "utf8" }).stdout?.includes("util-linux") === true;

const PROGRAM = [
  "import sys, time",
  "for k in range(12): print(k, file=(sys.stdout, sys.stderr)[k % 2], flush=True); time.sleep(0.15)",
  "for _ in range(4): print('.', end='', flush=True); time.sleep(0.2)",
  "print()",
  "print('hello', input('Name? '))",
  "time.sleep(0.7)",
  "print('no end', end='', flush=True)",
  "time.sleep(0.7)",
].join("\n");

it("the view has the program's figures, and the interpreter's start as one", () => {
  const spans = new Spans();
  spans.metadata({ command: ["app.py"], started: "", stacks: "python", sample: 0 });
  for (const name of ["of_start", "of_program"]) spans.function({ name, file: `${name}.py`, firstLine: 1 });
  for (const k of [1, 2]) spans.node(0, k, 1);
  spans.function(typeFunction("app.Point"));
  spans.node(2, 3, 0);
  const facts = { command: ["app.py"], started: "", python: null, sample: 0, problem: null };
  const view = () => liveText(buildPage(spans, facts), colors.createColors(false), 100);
  spans.allocate(8, 5 * 2 ** 20, 2, 1);
  spans.time(1000);
  spans.program();
  spans.allocate(16, 3 * 2 ** 20, 2, 2);
  spans.free(16);
  spans.allocate(24, 2 ** 20, 2, 3);
  spans.time(2000);
  expect(view()).toMatch(/^ {2}live 1\.0 MiB {3}peak 3\.0 MiB {3}interpreter's start 5\.0 MiB {3}from the platform /m);
  expect(view()).toMatch(/1\.0 MiB +100 % .*of_program/);
  expect(view()).not.toMatch(/of_start|app\.Point/);
});

it("writes nothing while the interpreter starts, and nothing at the end if the program never began", () => {
  vi.useFakeTimers();
  try {
    const begin = () => {
      const program = new LiveProgram(["app.py"]);
      const written: string[] = [];
      const terminal = { isTTY: false, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
      const drawing = drawLive(program, colors.createColors(false), viewShared(makeShared()), terminal);
      program.spans.time(500);
      program.spans.allocate(8, 5 * 2 ** 20, 2, 0);
      vi.advanceTimersByTime(3000);
      return { program, written, drawing };
    };
    const failed = begin();
    failed.drawing.end();
    expect(failed.written).toEqual([]);
    const { program, written, drawing } = begin();
    program.spans.program();
    program.spans.allocate(16, 2 ** 20, 2, 0);
    vi.advanceTimersByTime(1000);
    const line = "pyheap: after 0.0 ms 1.0 MiB are live, at most 1.0 MiB were\n";
    expect(written).toEqual([line]);
    // A last line that would say the same again is left out.
    drawing.end();
    expect(written).toEqual([line]);
    program.spans.free(16);
    drawing.end();
    expect(written).toEqual([line, "pyheap: after 0.0 ms 0 B are live, at most 1.0 MiB were\n"]);
  } finally {
    vi.useRealTimers();
  }
});

const FIGURES = /^ {2}live [\d.]+ ([KM]i)?B {3}peak/;

describe("the view of a program, in its terminal", () => {
  it.runIf(hasScript)("leaves all that the program wrote above it", () => {
    const command = `${COMMAND} "$PROGRAM"`;
    const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
      encoding: "utf8",
      input: "Ada\n",
      env: { ...process.env, PROGRAM, TERM: "xterm", CI: "" },
    });
    const terminal = new Terminal(80);
    terminal.write(stdout);
    const lines = terminal.lines.map((line) => line.trimEnd());
    const numbers = Array.from({ length: 12 }, (_, k) => String(k));
    // The terminal shows what is typed as soon as it arrives, which may be before the program asks for it.
    const written = lines.filter((line) => line !== "Ada" && line !== "");
    expect(written.slice(0, 13)).toEqual([...numbers, "...."]);
    expect(written.slice(13, 15).join("\n")).toMatch(/^Name\? (Ada\n)?hello Ada/);
    const end = written.indexOf("no end");
    expect(written[end + 1]).toMatch(/^import sys, time/);
    expect(written[end + 2]).toMatch(FIGURES);
    expect(written.filter((line) => FIGURES.test(line)).length).toBe(1);
    // It was drawn while the program ran.
    expect(stdout.split("peak").length).toBeGreaterThan(3);
  });

  it.runIf(hasScript)("has an error of the start in place of the note that Python starts", () => {
    const command = `"${process.execPath}" "${MAIN}" run --image none.pyimage -c pass`;
    const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], {
      encoding: "utf8",
      env: { ...process.env, TERM: "xterm", CI: "" },
    });
    expect(stdout).toContain("starting Python");
    const terminal = new Terminal(80);
    terminal.write(stdout);
    expect(terminal.lines.map((line) => line.trimEnd()).join("\n")).toMatch(/^pyheap: .*none\.pyimage/);
  });

  it.runIf(hasScript)("takes a heap snapshot when Ctrl-\\ is pressed", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pyheap-live-terminal-"));
    const code = "import os, time\nkept = [7]\nwhile not os.path.exists('key.1.heapsnapshot'): time.sleep(0.1)";
    const options = "--quiet --live-terminal --snapshot key.heapsnapshot";
    const command = `"${process.execPath}" "${MAIN}" run ${options} -c "$CODE"`;
    const script = spawn("script", ["-qec", command, "/dev/null"], {
      cwd: folder,
      env: { ...process.env, CODE: code, TERM: "xterm", CI: "" },
    });
    let shown = "";
    let isPressed = false;
    script.stdout.on("data", (text) => {
      shown += text;
      if (isPressed || !shown.includes("Ctrl-\\ takes a heap snapshot")) return;
      isPressed = true;
      script.stdin.write("\u001c");
    });
    const [status] = await once(script, "exit");
    expect([status, isPressed], shown).toEqual([0, true]);
    expect(shown).toContain("heap snapshot: key.1.heapsnapshot");
    const { strings } = readHeapSnapshot([readFileSync(join(folder, "key.1.heapsnapshot"))]);
    expect(strings).toContain("kept");
  });

  it("is one line each second if standard error is not a terminal", () => {
    const code = "import time\nfor k in range(3): print(k, flush=True); time.sleep(1)";
    const { stdout, stderr } = spawnSync("sh", ["-c", `${COMMAND} "$CODE"`], {
      encoding: "utf8",
      env: { ...process.env, CODE: code },
    });
    expect(stdout).toBe("0\n1\n2\n");
    expect(stderr).toMatch(/^(pyheap: after [\d.]+ m?s [\d.]+ \S+ are live, at most [\d.]+ \S+ were\n){2,}$/);
  });
});
