// pyheap cc, and pyheap run for modules in C, as users run them.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { inProcess } from "../../test/in-process.js";
import { sharedCommand } from "../../test/shared-command.js";
import { findToolchain } from "../hosts/c/toolchain.js";
import type { JsonReport } from "../report/json.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLES = join(ROOT, "examples/c");
/** Where CI installs the compiler that itself runs in WebAssembly. */
const YOWASP = join(ROOT, "build/yowasp/node_modules/@yowasp");
const folder = mkdtempSync(join(tmpdir(), "pyheap-c-"));
const canCompile = (await findToolchain(ROOT)) !== undefined || process.env.CI !== undefined;

const pyheap = (args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd = folder) =>
  sharedCommand(args, { cwd, env });

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const ADD = `
#include <Python.h>
int add(int a, int b) { return a + b; }
long long twice(long long x) { return x * 2; }
int length(const char *s) { return (int)strlen(s); }
void quiet(void) {}
`;

describe.runIf(canCompile)("pyheap cc", () => {
  it("compiles to a module beside the file, or where it is told, with the compiler's options", async () => {
    file("add.c", ADD);
    expect(await pyheap(["cc", "add.c", "-O3", "-Wall", "-Werror"])).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(existsSync(join(folder, "add.wasm"))).toBe(true);
    mkdirSync(join(folder, "own"), { recursive: true });
    file("own/own.h", "#define ANSWER BASE + 2\n");
    file("two.c", '#include "own.h"\nextern int other(void);\nint main(void) { return ANSWER + other(); }\n');
    file("other.cpp", 'extern "C" int other() { return 1; }\n');
    expect(
      (await pyheap(["cc", "two.c", "other.cpp", "-I", "own", "-D", "BASE=40", "-o", "out/both.wasm"])).status,
    ).toBe(0);
    expect((await pyheap(["run", "--quiet", "out/both.wasm"])).status).toBe(43);
  });

  it("compiles and links in two steps, as a build's compiler does", async () => {
    file("half.c", "#include <Python.h>\nlong half(PyObject *o) { return PyLong_AsLong(o) / 2; }\n");
    file(
      "whole.c",
      "#include <Python.h>\nlong half(PyObject *);\nint main(void) { return half(PyLong_FromLong(84)); }\n",
    );
    expect(await pyheap(["cc", "-c", "half.c", "whole.c", "-Xclang", "-O2", "-idirafter", "."])).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect(await pyheap(["cc", "-shared", "half.o", "whole.o", "-lm", "-o", "linked.wasm"])).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    expect((await pyheap(["run", "--quiet", "linked.wasm"])).status).toBe(42);
    expect((await pyheap(["cc", "-c", "half.c", "-o", "out/other.o"])).status).toBe(0);
    expect(readFileSync(join(folder, "out/other.o"))).toEqual(readFileSync(join(folder, "half.o")));
  });

  it("refuses what it can't link, and outputs that it does not make", async () => {
    file("add.c", ADD);
    expect((await pyheap(["cc", "add.c", "-o", "add.wasm"])).status).toBe(0);
    expect(await pyheap(["cc", "-shared", "add.wasm", "-o", "again.wasm"])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^pyheap: Cannot link again\.wasm: .*add\.wasm is a module already, and nothing else was named\n$/,
      ),
    });
    file("foreign.c", "extern int PyType_Ready(void *); int ready(void *type) { return PyType_Ready(type); }\n");
    expect((await pyheap(["cc", "-c", "foreign.c"])).status).toBe(0);
    const object = readFileSync(join(folder, "foreign.o"));
    const header = `${"foreign.o/".padEnd(16)}${"0".padEnd(12)}${"0".padEnd(6)}${"0".padEnd(6)}${"644".padEnd(8)}`;
    writeFileSync(
      join(folder, "foreign.a"),
      Buffer.concat([Buffer.from(`!<arch>\n${header}${String(object.length).padEnd(10)}\`\n`), object]),
    );
    for (const name of ["foreign.o", "foreign.a"]) {
      expect(await pyheap(["cc", "add.c", name, "-o", "mixed.wasm"])).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          /^pyheap: Cannot link mixed\.wasm: .*foreign\.[oa] can't be used: it uses PyType_Ready, but was/,
        ),
      });
    }
    expect(existsSync(join(folder, "mixed.wasm"))).toBe(false);
    expect(await pyheap(["cc", "-S", "add.c"])).toMatchObject({
      status: 2,
      stderr: "pyheap: Cannot compile with -S: pyheap cc makes modules, and object files with -c\n",
    });
    expect((await pyheap(["cc", "-c", "foreign.o"])).stderr).toBe(
      "pyheap: Cannot compile foreign.o: not a file in C or C++\n",
    );
    expect((await pyheap(["cc", "-c", "add.c", "foreign.c", "-o", "one.o"])).stderr).toBe(
      "pyheap: Cannot compile add.c, foreign.c to one file, one.o: with -c, each has its own\n",
    );
  });

  it("passes on the compiler's messages, with exit code 1", async () => {
    file("broken.c", "int f( { }\n");
    const { status, stderr } = await pyheap(["cc", "broken.c"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/broken\.c:1:\d+: error:/);
    expect(stderr).toMatch(/pyheap: Cannot compile .*broken\.c: .*clang.* failed\n$/);
    expect(await pyheap(["cc"])).toMatchObject({ status: 2, stderr: "pyheap: Cannot compile: no file was named\n" });
    expect((await pyheap(["cc", "broken.c", "-o"])).stderr).toBe("pyheap: Cannot compile: -o needs a value after it\n");
  });

  it("replaces an older module only by a complete one", async () => {
    file("add.c", ADD);
    expect((await pyheap(["cc", "add.c", "-o", "kept/add.wasm"])).status).toBe(0);
    const older = readFileSync(join(folder, "kept/add.wasm"));
    // A linker that fails when it has written a part.
    mkdirSync(join(folder, "tools"), { recursive: true });
    file(
      "tools/wasm-ld",
      '#!/bin/sh\nfor word; do [ "$last" = -o ] && printf half > "$word"; last=$word; done; exit 1\n',
    );
    for (const version of ["-18", "-19", "-20", "-21", "-22"])
      symlinkSync("wasm-ld", join(folder, `tools/wasm-ld${version}`));
    chmodSync(join(folder, "tools/wasm-ld"), 0o755);
    const { status, stderr } = await pyheap(["cc", "add.c", "-o", "kept/add.wasm"], {
      PATH: `${join(folder, "tools")}:${process.env.PATH}`,
    });
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("Cannot link kept/add.wasm: "),
    });
    expect(readFileSync(join(folder, "kept/add.wasm"))).toEqual(older);
    expect(readdirSync(join(folder, "kept"))).toEqual(["add.wasm"]);
  });

  it("keeps the object files of the library for the next process, where a folder can be written", async () => {
    file("add.c", ADD);
    const kept = join(folder, "cache/c-library");
    const compile = (cache: string) => pyheap(["cc", "add.c", "-o", "cached.wasm"], { PYHEAP_CACHE: cache });
    expect(await compile(join(folder, "cache"))).toEqual({ status: 0, stdout: "", stderr: "" });
    const first = readFileSync(join(folder, "cached.wasm"));
    const [key = "", ...others] = readdirSync(kept);
    expect(others).toEqual([]);
    const whenMade = () => readdirSync(join(kept, key)).map((name) => [name, statSync(join(kept, key, name)).mtimeMs]);
    const made = whenMade();
    expect(made.map(([name]) => name)).toContain("libc-string.c.o");
    for (const cache of ["cache", "add.c"]) {
      expect(await compile(join(folder, cache))).toEqual({ status: 0, stdout: "", stderr: "" });
      expect(readFileSync(join(folder, "cached.wasm"))).toEqual(first);
      expect(whenMade()).toEqual(made);
    }
    expect(readdirSync(kept)).toEqual([key]);
  });

  it("does not overwrite the files that it compiles", async () => {
    file("given.wasm", "mine");
    expect(await pyheap(["cc", "given.wasm"])).toMatchObject({
      status: 2,
      stderr: "pyheap: Cannot compile given.wasm to itself: name another file with -o\n",
    });
    expect((await pyheap(["cc", "add.c", "-o", "./add.c"])).status).toBe(2);
    expect(readFileSync(join(folder, "given.wasm"), "utf8")).toBe("mine");
  });

  it("says what to install where there is no compiler", async () => {
    file("add.c", ADD);
    const { status, stderr } = await pyheap(["cc", "add.c"], { PATH: "" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/no compiler for WebAssembly was found: install clang and lld .*@yowasp\/clang\n$/);
  });

  it.runIf(existsSync(YOWASP) || process.env.CI !== undefined)(
    "takes @yowasp/clang where that is installed",
    async () => {
      const place = mkdtempSync(join(tmpdir(), "pyheap-yowasp-"));
      mkdirSync(join(place, "node_modules"));
      symlinkSync(YOWASP, join(place, "node_modules/@yowasp"));
      writeFileSync(join(place, "leak.c"), readFileSync(join(EXAMPLES, "leak.c")));
      // In this process: a compiler of 60 MB is loaded once.
      vi.stubEnv("PATH", "");
      const compile = (file: string) => inProcess(["cc", file], { cwd: place });
      expect(await compile("leak.c")).toEqual({ status: 0, stdout: "", stderr: "" });
      const { status, stdout, stderr } = await pyheap(["run", "--debug-hooks", "leak.wasm"], {}, place);
      expect({ status, stdout }).toEqual({ status: 0, stdout: "the same text, once more\n" });
      expect(stderr).toMatch(/Not freed {2}101 blocks/);
      writeFileSync(join(place, "broken.c"), "int f( { }\n");
      expect(await compile("broken.c")).toMatchObject({
        status: 1,
        stdout: "",
        stderr: expect.stringMatching(/error:[\s\S]*@yowasp\/clang failed/),
      });
    },
  );
});

describe.runIf(canCompile)("pyheap run, for C", () => {
  /** The module of an example, which is compiled once. */
  async function compiled(name: string): Promise<string> {
    const made = `${name}.wasm`;
    if (existsSync(join(folder, made))) return made;
    const { status, stderr } = await pyheap(["cc", join(EXAMPLES, `${name}.c`), "-Wall", "-Wextra", "-o", made]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return made;
  }

  for (const [name, output] of [
    ["buffer_libc", "read into 1024 bytes of the C library's heap\n"],
    ["buffer_functions", "read into 1024 bytes of Python's heap\n"],
    ["buffer_macros", "read into 1024 chars of Python's heap\n"],
  ] as const) {
    it(`runs examples/c/${name}.c, and it frees what it allocated`, async () => {
      const { status, stdout, stderr } = await pyheap(["run", "--debug-hooks", await compiled(name)]);
      expect({ status, stdout }).toEqual({ status: 0, stdout: output });
      expect(stderr).toContain(`${name}.wasm on pyheap`);
      expect(stderr).toContain("Not freed  nothing");
    });
  }

  it("catches the three wrong calls of examples/c/wrong_functions.c", async () => {
    const { status, stderr } = await pyheap(["run", "--debug-hooks", "--quiet", await compiled("wrong_functions")]);
    expect(status).toBe(134);
    expect(stderr.match(/^pyheap: Cannot free or resize/gm)).toHaveLength(3);
    expect(stderr.match(/^ {2}called at main \(wrong_functions\.wasm\)$/gm)).toHaveLength(3);
  });

  it("shows what a program did not free, as text and as JSON", async () => {
    const path = await compiled("leak");
    const { stderr } = await pyheap(["run", path]);
    expect(stderr).toMatch(/Not freed {2}101 blocks.*--debug-hooks says which functions allocated it/);
    for (const line of stderr.split("\n")) expect(line.length).toBeLessThanOrEqual(90);
    const { stdout } = await pyheap(["run", "--quiet", "--debug-hooks", "--json", "report.json", path]);
    expect(stdout).toBe("the same text, once more\n");
    const report = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")) as JsonReport;
    expect(report.program).toMatchObject({ kind: "wasm", target: path });
    expect(report.leaks).toMatchObject({ blocks: 101, bytes: 7500, exact: true });
    expect(report.leaks?.leaks[0]?.allocatedAt).toMatch(/ \(leak\.wasm\)$/);
    expect(report.account.platform).toBe(report.platformBytes);
  });

  it("records a program's allocations with its functions, and nothing of the command", async () => {
    const path = await compiled("leak");
    expect((await pyheap(["run", "--quiet", "--trace", "leak.trace", path])).status).toBe(0);
    const { stdout } = await pyheap(["report", "tree", "--at", "end", "leak.trace"]);
    expect(stdout).toMatch(/\bmain\b.*leak\.wasm/);
    expect(stdout).not.toMatch(/\.js\b|node:|wasm:0/);
    expect((await pyheap(["report", "table", "leak.trace"])).stdout).toMatch(/\bmain \(leak\.wasm\)/);
  });

  it("calls a function with words", async () => {
    file("add.c", ADD);
    await pyheap(["cc", "add.c"]);
    const run = (...words: string[]) => pyheap(["run", "--quiet", "add.wasm", ...words]);
    expect(await run("add", "3", "-4")).toEqual({ status: 0, stdout: "-1\n", stderr: "" });
    expect((await run("twice", "5000000000")).stdout).toBe("10000000000\n");
    expect((await run("twice", "5000000000n")).stdout).toBe("10000000000\n");
    expect(await run("twice", "x")).toMatchObject({
      status: 2,
      stderr: 'pyheap: Cannot use "x" as an argument: a whole number is needed\n',
    });
    expect(await run("add", "3")).toMatchObject({
      status: 2,
      stderr: "pyheap: Cannot run add.wasm: add takes 2 arguments, not 1\n",
    });
    expect((await run("length", "hello")).stdout).toBe("5\n");
    expect(await run("quiet")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect((await run("mul", "3")).stderr).toBe(
      "pyheap: Cannot run add.wasm: mul is not a function of it; it has no main, but: add, twice, length, quiet\n",
    );
    expect(await run()).toMatchObject({ status: 2, stderr: expect.stringContaining("name a function of it") });
  });

  it("calls a function of a Python module", async () => {
    const run = (...words: string[]) => pyheap(["run", "--quiet", "spam.wasm", ...words]);
    file(
      "spam.c",
      `#include <Python.h>
      static PyObject *twice(PyObject *self, PyObject *x) { (void)self; return PyNumber_Add(x, x); }
      static PyObject *none(PyObject *self, PyObject *x) { (void)self, (void)x; return Py_None; }
      static PyMethodDef methods[] = {{"twice", twice, METH_O, NULL}, {"none", none, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
      static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "spam", .m_size = -1, .m_methods = methods};
      PyMODINIT_FUNC PyInit_spam(void) { return PyModule_Create(&definition); }`,
    );
    expect((await pyheap(["cc", "spam.c"])).status).toBe(0);
    for (const [word, answer] of [
      ["21", "42"],
      ["1.25", "2.5"],
      ["ha", "haha"],
      ["12345678901234567890", "24691357802469135780"],
    ] as const)
      expect((await run("twice", word)).stdout).toBe(`${answer}\n`);
    expect(await run("none")).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await run("twice")).toEqual({
      status: 1,
      stdout: "",
      stderr: "TypeError: spam.twice() takes exactly one argument (0 given)\n",
    });
    expect((await run()).stderr).toBe(
      "pyheap: Cannot run spam.wasm: name a function of it; it has no main, but: twice, none\n",
    );
  });

  it("says that a program broke the heap", async () => {
    file("breaks.c", "int breaks(int at) { for (int k = 0; k < 1000; k++) ((int *)at)[k] = k; return 0; }\n");
    expect((await pyheap(["cc", "breaks.c"])).status).toBe(0);
    const { status, stderr } = await pyheap(["run", "breaks.wasm", "breaks", String(2 ** 20)]);
    expect(status).toBe(134);
    expect(stderr).toMatch(/^pyheap: Cannot report on breaks\.wasm: The heap is corrupt: .*\n$/);
  });

  it("ends as the program ends", async () => {
    file(
      "ends.c",
      `#include <Python.h>
      int main(int argc, char **argv) {
        printf("%d %s\\n", argc, argv[argc - 1]);
        if (argc == 2) exit(9);
        if (argc == 3) abort();
        if (argc == 4) { Py_Malloc(1000000000); return 0; }
        return 300;
      }`,
    );
    expect((await pyheap(["cc", "ends.c"])).status).toBe(0);
    const run = (...words: string[]) => pyheap(["run", "--quiet", "--limit", "1MiB", "ends.wasm", ...words]);
    expect(await run()).toEqual({ status: 44, stdout: "1 ends.wasm\n", stderr: "" });
    expect(await run("--option")).toEqual({ status: 9, stdout: "2 --option\n", stderr: "" });
    expect(await run("a", "b")).toMatchObject({
      status: 134,
      stderr: expect.stringMatching(/was stopped: unreachable\n[\s\S]*ends\.wasm\.main/),
    });
    expect(await run("a", "b", "c")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("MemoryError: Cannot allocate 1000000000 bytes"),
    });
  });

  it("refuses what it can't run", async () => {
    file("none.wasm", "no module");
    expect(await pyheap(["run", "none.wasm"])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^pyheap: Cannot load none\.wasm: not valid WebAssembly: /),
    });
    expect((await pyheap(["run", "--allocator", "malloc", "none.wasm"])).stderr).toBe(
      "pyheap: Cannot run C with --allocator malloc: only Python has it\n",
    );
  });
});
