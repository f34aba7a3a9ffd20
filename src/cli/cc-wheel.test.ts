// pyheap cc --for cpython and --wheel: what is made, and what is refused. test/c/cpython.test.ts has what CPython says of such modules.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strFromU8, unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { inProcess } from "../../test/in-process.js";
import { canCompile, ROOT } from "../../test/needs.js";
import { Heap } from "../index.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-wheel-"));
const pyheap = (...words: string[]) => inProcess(words, { cwd: folder });

function file(name: string, text: string): void {
  mkdirSync(join(folder, name, ".."), { recursive: true });
  writeFileSync(join(folder, name), text);
}

const EGGS = `
#include <Python.h>
static PyObject *two(PyObject *self, PyObject *none) { return PyLong_FromLong(2); }
static PyMethodDef methods[] = {{"two", two, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_eggs", NULL, -1, methods};
PyMODINIT_FUNC PyInit__eggs(void) { return PyModule_Create(&definition); }
`;
const SUFFIX = ".cpython-314-wasm32-emscripten.so";
const TAG = "cp314-cp314-pyemscripten_2026_0_wasm32";

file("spam/_eggs.c", EGGS);
file("spam/__init__.py", "from ._eggs import two\n");
file("spam/data/table.txt", "1 2 3\n");
file("spam/__pycache__/x.pyc", "");
file("spam/_eggs.x86_64-linux-gnu.so", "");
file("single.py", "one = 1\n");

describe.runIf(canCompile)("pyheap cc --for cpython", () => {
  it("makes a module that CPython finds, and that a heap refuses", async () => {
    expect(await pyheap("cc", "--for", "cpython", "spam/_eggs.c")).toEqual({ status: 0, stdout: "", stderr: "" });
    const path = join(folder, `spam/_eggs${SUFFIX}`);
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(path)));
    expect(imports.map(({ name }) => name)).toContain("PyModule_Create2");
    expect(imports.filter(({ name }) => name.includes("pyheap"))).toEqual([]);
    const heap = await Heap.create();
    await expect(heap.load(path)).rejects.toThrow(
      /^Cannot load .*: it was compiled for CPython: compile it again with pyheap cc$/,
    );
  });

  it("does not link files that were compiled for a heap, and the other way round", async () => {
    expect((await pyheap("cc", "-c", "spam/_eggs.c", "-o", "heap.o")).status).toBe(0);
    expect((await pyheap("cc", "-c", "--for", "cpython", "spam/_eggs.c", "-o", "cpython.o")).status).toBe(0);
    const [wrong, other] = [await pyheap("cc", "--for", "cpython", "heap.o"), await pyheap("cc", "cpython.o")];
    expect(wrong.stderr).toMatch(/heap\.o can't be used: it was compiled for a heap: .* pyheap cc --for cpython\n$/);
    expect(other.stderr).toMatch(/cpython\.o can't be used: it was compiled for CPython: .* pyheap cc\n$/);
    expect([wrong.status, other.status]).toEqual([1, 1]);
    expect((await pyheap("cc", "--for", "cpython", "cpython.o", "-o", "linked.so")).status).toBe(0);
  });

  it("refuses other targets, and options without a wheel", async () => {
    expect((await pyheap("cc", "--for", "windows", "spam/_eggs.c")).stderr).toContain(
      "Cannot compile for windows: modules are for heap or for cpython",
    );
    expect((await pyheap("cc", "--with", "spam", "spam/_eggs.c")).stderr).toContain("are for a wheel; say --wheel");
    expect((await pyheap("cc", "-c", "--wheel", "spam/_eggs.c")).stderr).toContain("Cannot make a wheel with -c");
  });
});

describe.runIf(canCompile)("pyheap cc --wheel", () => {
  it("has the module, what it is to be with, and what an installer has to know", async () => {
    const project = ['name = "Spam.Eggs"', 'version = "1.2"', 'description = "Both"', 'dependencies = ["attrs>=23"]'];
    file("pyproject.toml", `[project]\n${project.join("\n")}\nrequires-python = ">=3.10"\n`);
    const words = ["--module", "spam._eggs", "--with", "spam", "--with", "single.py", "spam/_eggs.c"];
    expect(await pyheap("cc", "--wheel", ...words)).toEqual({ status: 0, stdout: "", stderr: "" });
    const bytes = readFileSync(join(folder, `spam_eggs-1.2-${TAG}.whl`));
    const files = unzipSync(bytes);
    const info = "spam_eggs-1.2.dist-info";
    expect(Object.keys(files).sort()).toEqual([
      ...["single.py", "spam/__init__.py", `spam/_eggs${SUFFIX}`, "spam/data/table.txt"],
      ...[`${info}/METADATA`, `${info}/RECORD`, `${info}/WHEEL`],
    ]);
    const text = (name: string) => strFromU8(files[`${info}/${name}`] as Uint8Array);
    expect(text("WHEEL")).toBe(`Wheel-Version: 1.0\nGenerator: pyheap\nRoot-Is-Purelib: false\nTag: ${TAG}\n`);
    expect(text("METADATA").split("\n")).toEqual([
      ...["Metadata-Version: 2.1", "Name: Spam.Eggs", "Version: 1.2", "Summary: Both", "Requires-Python: >=3.10"],
      ...["Requires-Dist: attrs>=23", ""],
    ]);
    const single = files["single.py"] as Uint8Array;
    const hash = createHash("sha256").update(single).digest("base64url");
    expect(text("RECORD").split("\n")).toContain(`single.py,sha256=${hash},${single.length}`);
    // The same files make the same wheel.
    expect((await pyheap("cc", "--wheel", ...words)).status).toBe(0);
    expect(readFileSync(join(folder, `spam_eggs-1.2-${TAG}.whl`)).equals(bytes)).toBe(true);
  });

  it("says what it does not know", async () => {
    const said = async (...words: string[]) => {
      const { status, stderr } = await pyheap("cc", "--wheel", ...words);
      expect(status).not.toBe(0);
      return stderr;
    };
    file("pyproject.toml", '[project]\nname = "spam"\ndynamic = ["version"]\n');
    expect(await said("spam/_eggs.c")).toContain(
      "the version of spam is not known, pyproject.toml leaves it to the build",
    );
    file("pyproject.toml", "[project\n");
    expect(await said("spam/_eggs.c")).toContain("Cannot read pyproject.toml: ");
    file("pyproject.toml", "");
    expect(await said("spam/_eggs.c")).toContain(
      "the package's name is not known, pyproject.toml in this folder has none",
    );
    const release = ["--release", "spam==1.0"];
    expect(await said(...release, "--with", "nowhere", "spam/_eggs.c")).toContain("nowhere: there is no such file");
    expect(await said(...release, "--module", "spam.eggs", "spam/_eggs.c")).toContain(
      "the module is called _eggs in C, and not eggs",
    );
    file("none.c", "int x;\n");
    expect(await said(...release, "none.c")).toContain("a module has one function PyInit_NAME, this one has none");
    expect(await said(...release, "--pyodide", join(ROOT, "node_modules/pyodide-0.29"), "spam/_eggs.c")).toContain(
      "Cannot make a wheel for CPython 3.13.2: modules are compiled for CPython 3.14",
    );
    expect(existsSync(join(folder, `spam-1.0-${TAG}.whl`))).toBe(false);
  });
});
