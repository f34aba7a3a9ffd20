// pyheap run --live-terminal, on a terminal and elsewhere: all output of the program is there when it has ended.

import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { MAIN } from "../../test/command.js";
import { Terminal } from "../../test/terminal.js";

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

const FIGURES = /^ {2}live [\d.]+ [KM]iB {3}peak/;

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

  it("is a line a second where standard error is not a terminal", () => {
    const code = "import time\nfor k in range(3): print(k, flush=True); time.sleep(1)";
    const { stdout, stderr } = spawnSync("sh", ["-c", `${COMMAND} "$CODE"`], {
      encoding: "utf8",
      env: { ...process.env, CODE: code },
    });
    expect(stdout).toBe("0\n1\n2\n");
    expect(stderr).toMatch(/^(pyheap: after [\d.]+ m?s [\d.]+ \S+ are live, at most [\d.]+ \S+ were\n){2,}$/);
  });
});
