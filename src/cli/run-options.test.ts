// Which words of a command line are ours, which are the program's, and which options exclude each other.

import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { command } from "../../test/command.js";
import type { Program } from "../report/run-result.js";
import { type RunOptions, runCommand } from "./run-options.js";
import { UsageError } from "./system/errors.js";

const SCRIPT = fileURLToPath(import.meta.url);

interface Asked {
  readonly program: Program;
  readonly options: RunOptions;
}

/** What `pyheap run` with these words would run; undefined if it would run nothing. Throws what the command throws. */
async function ask(...words: string[]): Promise<Asked | undefined> {
  let asked: Asked | undefined;
  const command = runCommand(async (program, options) => {
    asked = { program, options };
    return 0;
  });
  await command
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .parseAsync(words, { from: "user" });
  return asked;
}

describe("the words of pyheap run", () => {
  it.each([
    [["-c", "CODE", "-x", "--limit", "1"], { kind: "code", target: "CODE", args: ["-x", "--limit", "1"] }],
    [["-cCODE", "--help"], { kind: "code", target: "CODE", args: ["--help"] }],
    [["-c", "CODE", "--", "y"], { kind: "code", target: "CODE", args: ["--", "y"] }],
    [["-c", "CODE", "-c", "OTHER", "-m", "mod"], { kind: "code", target: "CODE", args: ["-c", "OTHER", "-m", "mod"] }],
    [["-c", "-1"], { kind: "code", target: "-1", args: [] }],
    [["-m", "json.tool", "--sort-keys", "d"], { kind: "module", target: "json.tool", args: ["--sort-keys", "d"] }],
    [["-mjson.tool", "--compact"], { kind: "module", target: "json.tool", args: ["--compact"] }],
    [[SCRIPT, "--limit", "3", "-c", "x"], { kind: "script", target: SCRIPT, args: ["--limit", "3", "-c", "x"] }],
    [["--", SCRIPT, "--quiet"], { kind: "script", target: SCRIPT, args: ["--quiet"] }],
  ])("%j: options after the program are the program's", async (words, program) => {
    expect((await ask(...words))?.program).toEqual(program);
    const ours = await ask("--limit", "40MiB", "--quiet", "--trace=-c", ...words);
    expect(ours?.program).toEqual(program);
    expect(ours?.options).toMatchObject({ limit: 40 * 2 ** 20, quiet: true, trace: "-c" });
  });

  it.each([
    [["--port", "8080"], /^Cannot use --port without --live/],
    [["--port", "0", "--live-terminal"], /^Cannot use --port without --live/],
    [["--sample", "1MiB"], /^Cannot use --sample without --trace/],
    [["--serve", "0", "--trace", "t", "--aggregate"], /^Cannot use --serve with --aggregate: /],
    [["--serve", "0", "--allocator", "malloc"], /^Cannot use --serve with --allocator malloc/],
    [["--serve-name", "app"], /^Cannot use --serve-name without --serve/],
    [["--aggregate"], /^Cannot use --aggregate without --trace/],
    [["--live", "--fail-over-leak", "0"], /^Cannot use --live with --fail-over-leak: /],
    [["--live-terminal", "--trace", "t", "--aggregate"], /^Cannot use --live-terminal with --aggregate: /],
    [["--live-terminal", "--allocator", "malloc"], /^Cannot use --live-terminal with --allocator malloc/],
    [["--limit", "9M", "--soft-limit", "9M"], /^Cannot use a --soft-limit that is not below/],
  ])("%j does not go together", async (words, message) => {
    await expect(ask(...words, "-c", "1")).rejects.toThrow(UsageError);
    await expect(ask(...words, "-c", "1")).rejects.toThrow(message);
  });

  it("--serve takes a port, or an address and a port", async () => {
    const serve = async (word: string) => (await ask("--serve", word, "-c", "1"))?.options.serve;
    expect(await serve("6060")).toEqual({ port: 6060 });
    expect(await serve("0.0.0.0:6060")).toEqual({ host: "0.0.0.0", port: 6060 });
    expect(await serve("[::1]:0")).toEqual({ host: "::1", port: 0 });
  });

  it.each([
    [["--limit", "0"], "It must be at least one byte."],
    [["--sample", "0", "--trace", "x"], "It must be at least one byte."],
    [["--sample", "65MiB", "--trace", "x"], "It must be at most 64MiB."],
    [["--fail-over-leak", "-1"], "A size is a number of bytes"],
    [["--serve", "65536"], "It must be a number up to 65535."],
    [["--serve", "here"], "It must be a number up to 65535."],
    [["--what"], "unknown option '--what'"],
  ])("%j is said to be wrong", async (words, message) => {
    await expect(ask(...words, "-c", "1")).rejects.toThrow(message);
  });

  it("takes budgets of 0 bytes", async () => {
    const asked = await ask("--fail-over-leak", "0", "--fail-over-peak", "0", "-c", "1");
    expect(asked?.options).toMatchObject({ failOverLeak: 0, failOverPeak: 0 });
  });
});

const pyheap = (args: readonly string[], input = "") => command(args, { input });

describe("a module as a program", () => {
  it("gets the options after its name", () => {
    const words = ["run", "--quiet", "-m", "json.tool", "--compact", "--sort-keys"];
    expect(pyheap(words, '{"b":1,"a":2}')).toEqual({ status: 0, stdout: '{"a":2,"b":1}\n', stderr: "" });
  });

  it("gets Python's message if it is missing, with the name of our command", () => {
    expect(pyheap(["run", "--quiet", "-m", "nomod"])).toEqual({
      status: 1,
      stdout: "",
      stderr: "pyheap run: No module named nomod\n",
    });
  });

  it("shows the command in its usage", () => {
    expect(pyheap(["run", "--quiet", "-m", "json.tool", "--nope"])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^usage: pyheap run -m json\.tool .*\n.*error: unrecognized arguments: --nope\n$/s),
    });
  });
});

describe("a command with a word missing", () => {
  it.each([[[]], [["report"]]])("%j: shows its help, with exit code 2", (words) => {
    const { status, stdout, stderr } = pyheap(words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain("Usage: pyheap");
  });
});
