// Programs that import packages: what they import comes from a server on this machine, is kept, and works on the heap.

import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCache, type Said } from "../../test/command.js";
import { nativeWheels } from "../../test/native-wheels.js";
import { canCompile } from "../../test/needs.js";
import { sharedCommand } from "../../test/shared-command.js";
import { lockFile, type Served, serve, type TestWheel, wheel } from "../../test/wheels.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "pyheap-packages-")));
const at = (...names: string[]) => join(folder, ...names);
const CACHE = makeCache(at("cache"));

/** The server is in this process, so the command must not keep it waiting. */
function pyheap(words: readonly string[], place: string, cwd = folder): Promise<Said> {
  return sharedCommand(words, { cwd, env: { PYHEAP_PACKAGES: place, PYHEAP_CACHE: CACHE } });
}

const run = (words: readonly string[], place: string, cwd?: string) => pyheap(["run", "--quiet", ...words], place, cwd);

/** Uses C's memory beside Python's, and checks that nothing is broken. */
const NATIVE_USED = [
  "import native, pyheap",
  "assert native.reversed_copy('stressed') == 'desserts'",
  // What C takes from its own malloc is in the account, beside Python's, and gone when it is freed.
  "def native_bytes(): return pyheap.stats()['account']['native']",
  "native.keep(1000); pyheap.check(); kept = native_bytes(); modules = pyheap.stats()['modules']; native.drop()",
  "assert 599_500 <= kept < 640_000 and native_bytes() == 0 and [m['blocks'] for m in modules] == [1000], (kept, modules)",
  "for n in range(2000): native.reversed_copy('x' * n)",
  "pyheap.check()",
  "import needy; assert needy.ask(6) == 42",
];

const pure = (name: string, text: string, parts = {}) => wheel(name, "1.0", { [`${name}/__init__.py`]: text }, parts);
const base = pure("base", "def shout(text): return text.upper() + '!'\n");
const greet = pure("greet", "from base import shout\ndef hello(name): return shout(f'hello {name}')\n", {
  depends: ["base"],
});
const late = pure("late", "name = 'late'\n");
const typed = pure("typed", "raise SystemExit('loaded for types only')\n");
const more = pure("more", "name = 'more'\n", { imports: [] });
const lost = pure("lost", "");
const wheels: TestWheel[] = [base, greet, late, typed, more, lost];
let server: Served;

beforeAll(async () => {
  mkdirSync(at("app", "helpers"), { recursive: true });
  if (canCompile) wheels.push(...(await nativeWheels(folder)));
  const contents = new Map<string, { body: string | Uint8Array }>(
    wheels.map(({ file, bytes }) => [`/${file}`, { body: bytes }]),
  );
  contents.delete(`/${lost.file}`);
  contents.set("/pyodide-lock.json", { body: lockFile(wheels) });
  server = await serve(contents);
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("a program's packages", () => {
  it("are there when it imports them, modules in C as well, and only those", async () => {
    const app = [
      "import helpers.first, importlib, importlib.metadata",
      "from typing import TYPE_CHECKING",
      "if TYPE_CHECKING:",
      "    import typed",
      "try:",
      "    import lost",
      "except ImportError as error:",
      "    print(error, *error.__notes__, sep='|')",
      "print(helpers.first.answer())",
      "print(importlib.import_module('l' + 'ate').name)",
      "print(importlib.metadata.version('greet'), importlib.metadata.version('late'))",
      "import asyncio, micropip",
      "asyncio.run(micropip.install(['more>=1']))",
      "import more; print(more.name, micropip.list()['more'])",
      "try: asyncio.run(micropip.install('lost<1'))",
      "except ValueError as error: print(error)",
      ...(canCompile ? NATIVE_USED : []),
      "import nothing",
    ];
    writeFileSync(at("app", "app.py"), app.join("\n"));
    writeFileSync(at("app", "helpers", "__init__.py"), "");
    writeFileSync(
      at("app", "helpers", "first.py"),
      "from . import second\ndef answer(): return second.answer('you')\n",
    );
    writeFileSync(
      at("app", "helpers", "second.py"),
      "def answer(name):\n    import greet\n    return greet.hello(name)\n",
    );
    const { status, stdout, stderr } = await run(
      ["--debug-hooks", "--index", `${server.url}simple`, at("app", "app.py")],
      server.url,
    );
    const failed = `Cannot load lost 1.0, which app/app.py:6 imports, from ${server.url}${lost.file}: the server answered 404 Not Found`;
    expect(stdout.split("\n")).toEqual([
      ...[`No module named 'lost'|${failed}`, "HELLO YOU!", "late", "1.0 1.0", "more 1.0"],
      `Cannot load lost<1, which micropip.install asks for, from ${server.url}simple/ (Pyodide has 1.0): the server answered 404 Not Found`,
      "",
    ]);
    expect(stderr).toBe(
      `Traceback (most recent call last):\n  File "${at("app", "app.py")}", line ${app.length}, in <module>\n    import nothing\nModuleNotFoundError: No module named 'nothing'\n`,
    );
    expect(status).toBe(1);
    const wanted = wheels.filter((each) => each !== typed).map(({ file }) => `/${file}`);
    expect(new Set(server.asked)).toEqual(new Set(["/pyodide-lock.json", "/simple/lost/", ...wanted]));
  });

  it("come from a folder without a network, and are named by options", async () => {
    mkdirSync(at("folder"));
    for (const { file, bytes } of [base, greet, late]) writeFileSync(at("folder", file), bytes);
    writeFileSync(at("folder", "pyodide-lock.json"), lockFile([base, greet]));
    writeFileSync(at("needs.txt"), "greet==1.0\n");
    const code =
      "import late, sys\nprint([name for name in ('base', 'greet', 'late') if any(f'/{name}-1.0-' in path for path in sys.path)])";
    expect(await run(["-r", "needs.txt", "--wheel", `folder/${late.file}`, "-c", code], "folder")).toEqual({
      status: 0,
      stdout: "['base', 'greet', 'late']\n",
      stderr: "",
    });
    expect(await run(["--package", "lost", "-c", "print(1)"], "folder")).toEqual({
      status: 2,
      stdout: "",
      stderr: "pyheap: Cannot load lost, which --package asks for: it is not among the packages that were named\n",
    });
    const none = await run(["--no-packages", "-c", "import greet"], "folder");
    expect(none).toMatchObject({ status: 1, stdout: "" });
    expect(none.stderr).toMatch(/ModuleNotFoundError: No module named 'greet'\n$/);
  });
});
