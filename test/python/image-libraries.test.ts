// Images of interpreters that have packages in their memory, with modules in C: everything is where it was.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PyodideAPI } from "pyodide";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodePythonImage, encodePythonImage, type PythonImageMetadata } from "../../src/hosts/python/image/format.js";
import { createImage, loadPython } from "../../src/hosts/python/pyodide.js";
import { ImageError } from "../../src/index.js";
import { compileNative, type NativeFiles } from "../native-wheels.js";
import { canCompile } from "../needs.js";
import { serve, wheel } from "../wheels.js";
import { loaderOf, VERSIONS } from "./versions/list.js";

const MIB = 2 ** 20;
/** What the watch for libraries replaces. */
const engine = [WebAssembly.Instance, WebAssembly.instantiate];
const folder = mkdtempSync(join(tmpdir(), "pyheap-libraries-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Puts a package, two modules in C and a library into an interpreter, and imports them. */
function install(pyodide: PyodideAPI, { native, needy, answer }: NativeFiles): void {
  const site = pyodide.runPython("import site; site.getsitepackages()[0]") as string;
  const tag = pyodide.runPython("import sys; 'cpython-%d%d-wasm32-emscripten' % sys.version_info[:2]") as string;
  pyodide.FS.mkdirTree(`${site}/native/data`);
  const files = {
    "native/__init__.py": "from ._native import *\n",
    "native/later.py": "name = 'later'\n",
    "native/data/words.txt": "spam",
    [`native/_native.${tag}.so`]: native,
    [`needy.${tag}.so`]: needy,
    "libanswer.so": answer,
  };
  for (const [name, bytes] of Object.entries(files)) pyodide.FS.writeFile(`${site}/${name}`, bytes);
  pyodide.runPython(`
import importlib, native, needy
importlib.invalidate_caches()
native.keep(1000)
held = [native.reversed_copy, needy.ask]
assert held[0]("abc") == "cba" and held[1](2) == 14
`);
}

/** What a program from the image does with them. */
const USED = `
import gc, importlib, sys
gc.collect()
assert held == [native.reversed_copy, needy.ask], held
native.drop(); native.keep(10)
for n in range(2000): held[0]("x" * n)
del sys.modules["needy"]
again = importlib.import_module("needy")
from native import later
import os
words = open(os.path.dirname(native.__file__) + "/data/words.txt").read()
str((held[0]("stressed"), held[1](6), again.ask(3), later.name, words))
`;

describe.skipIf(!canCompile)("an image of an interpreter with modules in C", () => {
  let files: NativeFiles;
  let image: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    files = await compileNative(folder);
    image = await createImage({ prepare: (pyodide) => install(pyodide, files) });
    await loadPython({ image, native: false });
    expect([WebAssembly.Instance, WebAssembly.instantiate]).toEqual(engine);
  });

  it("goes on with them, as often as one likes; heap, limit and account are those of its own", async () => {
    for (const limit of [64 * MIB, 32 * MIB]) {
      const { pyodide, heap } = await loadPython({ image, limit, debugHooks: true });
      expect(pyodide.runPython(USED)).toBe("('desserts', 42, 21, 'later', 'spam')");
      expect(heap.limit).toBe(limit);
      pyodide.runPython("native.drop(); native.keep(1000)");
      const { account, modules } = heap.stats();
      expect(account.native).toBeGreaterThan(500_000);
      expect(modules).toMatchObject([{ name: expect.stringMatching(/^_native\..*so$/), bytes: account.native }]);
      heap.check();
      pyodide.runPython("open(os.path.dirname(native.__file__) + '/data/words.txt', 'w').write('eggs')");
    }
  });

  it("is refused if what it says of its libraries does not fit, and its checksum does", async () => {
    const { metadata, files: whole, ...parts } = await decodePythonImage(image);
    const { link } = metadata;
    if (!link) throw new Error("it has no libraries");
    const [first] = link.libraries;
    if (!first) throw new Error("it has no libraries");
    const changed: PythonImageMetadata["link"][] = [
      { ...link, table: 100 },
      { ...link, table: 9_999_999_999 },
      { ...link, entries: [[link.table - 1, 0, "no such function"]] },
      { ...link, libraries: [{ ...first, memoryBase: metadata.info.memory - 4 }] },
      { ...link, libraries: [{ ...first, tableBase: link.table }] },
      { ...link, libraries: [{ ...first, name: "/no/such.so" }] },
    ];
    for (const other of changed) {
      const broken = await encodePythonImage({ metadata: { ...metadata, link: other }, files: whole, ...parts }, false);
      await expect(loadPython({ image: broken }), JSON.stringify(other)).rejects.toThrow(ImageError);
    }
    const damaged = whole.map((file) => (file.path === first.name ? { ...file, bytes: file.bytes.slice(9) } : file));
    const broken = await encodePythonImage({ metadata, files: damaged, ...parts }, false);
    await expect(loadPython({ image: broken })).rejects.toThrow(/its library .*_native\..* is broken/);
  });

  it("can be of another version of Pyodide", async () => {
    const loadPyodide = await loaderOf(VERSIONS["0.29"]);
    const older = await createImage({ loadPyodide, prepare: (pyodide) => install(pyodide, files) });
    const { pyodide, heap } = await loadPython({ loadPyodide, image: older });
    expect(pyodide.runPython(USED)).toBe("('desserts', 42, 21, 'later', 'spam')");
    heap.check();
  });
});

describe("an image of an interpreter with packages", () => {
  it("has those that Pyodide has loaded: their files, which the next interpreter may change, and their names", async () => {
    const { file, bytes } = wheel("spam", "1.5", { "spam.py": "word = 1" });
    const server = await serve(new Map([[`/${file}`, { body: bytes }]]));
    const prepare = (pyodide: PyodideAPI) =>
      pyodide.loadPackage(server.url + file, { messageCallback: () => undefined });
    const image = await createImage({ prepare: async (pyodide) => void (await prepare(pyodide)) });
    server.close();
    for (const _ of [1, 2]) {
      const { pyodide } = await loadPython({ image });
      expect(pyodide.loadedPackages).toEqual({ spam: server.url + file });
      expect(pyodide.runPython("import importlib.metadata; importlib.metadata.version('spam')")).toBe("1.5");
      const changed = "import spam; open(spam.__file__, 'r+').write('word = 2'); spam.word";
      expect(pyodide.runPython(changed)).toBe(1);
    }
  });
});
