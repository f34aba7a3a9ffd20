// Files that the command writes: what is overwritten, what is refused, and the messages.

import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { command } from "../../test/command.js";
import { Tape } from "../../test/trace-data.js";
import { Heap } from "../heap/heap.js";
import { exportReport, FORMATS, type Format } from "../report/export/formats.js";
import type { TraceReport } from "../report/trace-context.js";
import { analyse } from "../trace/analysis.js";
import { KINDS } from "./report/export.js";
import { terminalColors } from "./report/trace-input.js";
import { checkFile, type FileKind, textBegins } from "./system/files.js";
import { Replacement, replaceFile } from "./system/replacement.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-files-"));
const at = (name: string) => join(folder, name);

function file(name: string, text: string | Uint8Array): string {
  writeFileSync(at(name), text);
  return at(name);
}

/** The bytes of a file, or of all files of a folder. */
const contentOf = (path: string): string[] =>
  statSync(path).isDirectory()
    ? readdirSync(path).flatMap((name) => contentOf(join(path, name)))
    : [readFileSync(path).toString("base64")];

const KIND: FileKind = { name: "a report", begins: textBegins(/^REPORT/) };

it("lets a file be written that does not exist, is empty, is of the same kind, or is a device or the like", () => {
  for (const [path, isNamed] of [
    [at("new"), false],
    [file("empty", ""), false],
    [file("older", "REPORT of yesterday"), true],
    ["/dev/null", false],
  ] as const) {
    checkFile(path, KIND, { isNamed });
  }
  checkFile(file("other", "mine"), KIND, { isNamed: false, force: true });
});

it("says why another file must not be written, and how it can be", () => {
  const source = file("source", "REPORT");
  for (const [path, how, why] of [
    [
      file("older", "REPORT"),
      { isNamed: false },
      "it is there already; name another file with -o, or overwrite it with --force",
    ],
    [file("mine", "mine"), { isNamed: true }, "it is there already, and is not a report; --force overwrites it"],
    [source, { isNamed: true, force: true, source: join(folder, ".", "source") }, "this command reads it"],
    [folder, { isNamed: true, force: true }, "it is a folder"],
    [join(source, "x"), { isNamed: true }, "a part of its path is not a folder"],
  ] as const) {
    expect(() => checkFile(path, KIND, how)).toThrow(`Cannot write ${path}: ${why}`);
  }
});

async function recordTrace(): Promise<Uint8Array> {
  const heap = await Heap.create();
  const tape = new Tape();
  const recorder = heap.trace({ write: tape.write });
  heap.malloc(1000);
  recorder.stop();
  return tape.bytes;
}

function pyheap(...args: string[]) {
  const { status, stderr } = command(args, { cwd: folder });
  return { status, stderr };
}

function beginOf({ write, ...format }: Format, report: TraceReport): Buffer {
  const whole = Buffer.concat([...write(report)].map((piece) => Buffer.from(piece as Uint8Array)));
  return (format.isCompressed ? gzipSync(whole) : whole).subarray(0, 4096);
}

it("knows each format by how its files begin", async () => {
  const { analysis, summary } = await analyse([await recordTrace()], "app.trace", {});
  const report = { analysis, summary, view: "allocated", colors: terminalColors() } as const;
  const begins = Object.entries(FORMATS).map(([name, format]) => ({
    name,
    bytes: beginOf(format, exportReport(report, format)),
  }));
  const others = ["mine", "mine\n", "a,b\n1,2\n", '{"version":1}', "<!doctype html>"].map((text) => Buffer.from(text));
  for (const [name, format] of Object.entries(KINDS)) {
    for (const { name: written, bytes } of begins) {
      expect([name, written, format.begins(bytes)]).toEqual([name, written, name === written]);
    }
    for (const bytes of [...others, gzipSync("mine")]) expect(format.begins(bytes)).toBe(false);
  }
});

it.each([
  [["export", "csv"], "app.csv"],
  [["flamegraph"], "app.html"],
])("pyheap report %j: overwrites no input, and after -o only a file of its own kind", async (words, own) => {
  file("app.trace", await recordTrace());
  const report = ["report", ...words];
  file(own, "mine");
  expect(pyheap(...report, "app.trace")).toEqual({
    status: 2,
    stderr: `pyheap: Cannot write ${own}: it is there already; name another file with -o, or overwrite it with --force\n`,
  });
  expect(pyheap(...report, "-o", own, "app.trace").stderr).toMatch(/it is there already, and is not .*; --force overw/);
  expect(readFileSync(at(own), "utf8")).toBe("mine");
  expect(pyheap(...report, "--force", "app.trace").status).toBe(0);
  expect(pyheap(...report, "-o", own, "app.trace").status).toBe(0);
  // A page tells what it was made from; an export can't.
  expect(pyheap(...report, "app.trace").status).toBe(own === "app.html" ? 0 : 2);
  file("other.trace", readFileSync(at("app.trace")));
  renameSync(at(own), at(own.replace("app", "other")));
  expect(pyheap(...report, "other.trace").stderr).toMatch(
    /^pyheap: Cannot write other\.\w+: it is there already; name/,
  );
  renameSync(at(own.replace("app", "other")), at(own));
  expect(pyheap(...report, "--force", "-o", "app.trace", "app.trace").stderr).toMatch(
    /app\.trace: this command reads it/,
  );
});

it.each([
  ["csv", "app.csv"],
  ["pprof", "app.pb.gz"],
  ["parquet", "app.parquet"],
])("a broken trace leaves the older export to %s as it was, and nothing beside it", async (format, output) => {
  const own = mkdtempSync(join(folder, "replaced-"));
  const trace = Buffer.from(await recordTrace());
  writeFileSync(join(own, "app.trace"), trace);
  const write = () => command(["report", "export", format, "--force", "app.trace"], { cwd: own });
  expect(write().status).toBe(0);
  const content = () => readdirSync(own, { recursive: true, encoding: "utf8" }).sort();
  const [names, old] = [content(), contentOf(join(own, output))];
  writeFileSync(join(own, "app.trace"), Buffer.concat([trace.subarray(0, 12), Buffer.alloc(64)]));
  expect(write().status).toBe(2);
  expect([content(), contentOf(join(own, output))]).toEqual([names, old]);
});

it("a broken trace leaves none of the folders that were made for its tables", async () => {
  const own = mkdtempSync(join(folder, "none-"));
  writeFileSync(join(own, "app.trace"), Buffer.from(await recordTrace()).subarray(0, 12));
  const { status, stderr } = command(["report", "export", "parquet", "-o", "a/b/c", "app.trace"], { cwd: own });
  expect([status, stderr]).toEqual([2, expect.stringContaining("app.trace")]);
  expect(readdirSync(own)).toEqual(["app.trace"]);
});

it.each([
  [["--snapshot", "notes.txt"], 2],
  [[], 0],
])("the recording for a budget is gone after a run with %j", (options, code) => {
  const own = mkdtempSync(join(folder, "budget-"));
  const TMPDIR = mkdtempSync(join(folder, "temporary-"));
  writeFileSync(join(own, "notes.txt"), "notes");
  const args = ["run", "--quiet", "--fail-over-peak", "50MiB", ...options, "-c", "pass"];
  expect(command(args, { cwd: own, env: { TMPDIR } }).status).toBe(code);
  expect(readdirSync(TMPDIR)).toEqual([]);
});

it("a file that is replaced keeps its permissions, and the link that leads to it", () => {
  const target = file("old.json", "old");
  chmodSync(target, 0o640);
  symlinkSync(target, at("link.json"));
  replaceFile(at("link.json"), "new");
  expect(readFileSync(target, "utf8")).toBe("new");
  expect(statSync(target).mode & 0o777).toBe(0o640);
  const broken = new Replacement(target);
  writeFileSync(broken.path, "half");
  broken.drop();
  expect(readFileSync(at("link.json"), "utf8")).toBe("new");
  expect(existsSync(broken.path)).toBe(false);
});

it("pyheap run overwrites neither its program nor a file that is not a trace or report, before anything runs", () => {
  file("app.py", "open('ran', 'w')");
  file("notes.txt", "mine");
  for (const [words, why] of [
    [["--trace", "notes.txt"], "notes.txt: it is there already, and is not a trace; --force overwrites it"],
    [["--json", "notes.txt"], "notes.txt: it is there already, and is not a report of a run; --force overwrites it"],
    [["--force", "--json", "app.py"], "app.py: this command reads it"],
    [["--force", "--trace", "./app.py"], "./app.py: this command reads it"],
  ] as const) {
    expect(pyheap("run", ...words, "app.py")).toEqual({ status: 2, stderr: `pyheap: Cannot write ${why}\n` });
  }
  expect(existsSync(at("ran"))).toBe(false);
});

it("pyheap cc overwrites modules only", () => {
  file("spam.c", "int add(int a, int b) { return a + b; }");
  for (const text of ["mine", "\0asm\u0001\0\0\0\u0001\u0004\u0001`\0\0"]) {
    file("spam.wasm", text);
    expect(pyheap("cc", "spam.c")).toEqual({
      status: 2,
      stderr:
        "pyheap: Cannot write spam.wasm: it is there already, and is not a module as pyheap cc makes them; --force overwrites it\n",
    });
    expect(readFileSync(at("spam.wasm"), "utf8")).toBe(text);
  }
});
