// `pyheap image create` with packages, modules in C as well: they are imported once, and there for each program that starts
// from the image.

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Said } from "../../test/command.js";
import { nativeWheels } from "../../test/native-wheels.js";
import { canCompile } from "../../test/needs.js";
import { sharedCommand } from "../../test/shared-command.js";
import { lockFile, type Served, serve, wheel } from "../../test/wheels.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "pyheap-image-packages-")));
const at = (...names: string[]) => join(folder, ...names);
let server: Served;

function pyheap(variables: Readonly<Record<string, string>>, ...words: string[]): Promise<Said> {
  const env = { ...variables, PYHEAP_PACKAGES: server.url, PYHEAP_CACHE: at("cache") };
  return sharedCommand(words, { cwd: folder, env });
}

const run = (...words: string[]) => pyheap({}, "run", "--quiet", "--image", "app.pyimage", ...words);

beforeAll(async () => {
  mkdirSync(at("c"));
  const base = {
    "base/__init__.py": "def shout(text): return text.upper() + '!'\n",
    "base/later.py": "name = 'later'\n",
  };
  const wheels = [
    wheel("base", "1.0", base),
    wheel(
      "greet",
      "1.0",
      { "greet.py": "from base import shout\ndef hello(name): return shout(f'hello {name}')\n" },
      {
        depends: ["base"],
      },
    ),
    wheel("dynamic", "1.0", { "dynamic.py": "name = 'dynamic'\n" }),
    wheel("named", "1.0", { "other_name.py": "name = 'named'\n" }, { imports: [] }),
    ...(canCompile ? await nativeWheels(at("c")) : []),
  ];
  const contents = new Map<string, { body: string | Uint8Array }>(
    wheels.map(({ file, bytes }) => [`/${file}`, { body: bytes }]),
  );
  contents.set("/pyodide-lock.json", { body: lockFile(wheels) });
  server = await serve(contents);
  writeFileSync(
    at("before.py"),
    "import greet, importlib, other_name\ntext = greet.hello('you')\nmodule = importlib.import_module('dyn' + 'amic')\n",
  );
}, 600_000);

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

// Each test starts interpreters, on a machine that may be busy.
describe("an image with packages", { timeout: 600_000 }, () => {
  it("has what it imports, and what its file imports while it runs; nothing is asked for later", async () => {
    const native = canCompile ? ",native,needy" : "";
    const made = await pyheap(
      {},
      "image",
      "create",
      "app.pyimage",
      "--package",
      "named",
      "--import",
      `json${native}`,
      "before.py",
    );
    expect(made).toEqual({
      status: 0,
      stdout: "",
      stderr: expect.stringMatching(/^pyheap: app\.pyimage: [\d.]+ MiB\n$/),
    });
    const info = JSON.parse((await pyheap({}, "image", "info", "--json", "app.pyimage")).stdout) as { needs: string[] };
    const names = info.needs.map((path) => /\/([a-z]+)-\d/.exec(path)?.[1]);
    expect(new Set(names)).toEqual(
      new Set(["base", "greet", "dynamic", "named", ...(canCompile ? ["native", "needy", "libanswer"] : [])]),
    );
    const asked = server.asked.length;
    const code = [
      "import base.later, importlib.metadata, micropip, pyheap, sys",
      "print(text, module.name, other_name.name, base.later.name, importlib.metadata.version('greet'))",
      ...(canCompile
        ? [
            "import native, needy",
            "native.keep(1000)",
            "print(native.reversed_copy('stressed'), needy.ask(6), pyheap.stats()['account']['native'] > 599_000)",
            "native.drop()",
          ]
        : []),
      "pyheap.check()",
    ].join("\n");
    const stdout = `HELLO YOU! dynamic named later 1.0\n${canCompile ? "desserts 42 True\n" : ""}`;
    for (const options of [
      ["--limit", "64MiB", "--debug-hooks"],
      ["--sandbox", "--trace", "app.trace", "--snapshot", "app.heapsnapshot"],
    ]) {
      expect(await run(...options, "-c", code), options.join(" ")).toEqual({ status: 0, stdout, stderr: "" });
    }
    expect(server.asked.slice(asked)).toEqual(Array(2).fill("/pyodide-lock.json"));
    expect(readFileSync(at("app.heapsnapshot")).length).toBeGreaterThan(1_000_000);
  });

  it("has modules of PYTHONPATH and of a virtual environment, with what its .pth files name", async () => {
    const site = at("venv", "lib", "python3.14", "site-packages");
    for (const path of [at("own"), at("more"), site]) mkdirSync(path, { recursive: true });
    writeFileSync(at("own", "of_path.py"), "name = 'path'\n");
    writeFileSync(at("more", "of_pth.py"), "name = 'pth'\n");
    writeFileSync(join(site, "more.pth"), `${at("more")}\n`);
    writeFileSync(at("venv", "pyvenv.cfg"), "");
    const words = [
      "--no-packages",
      "--venv",
      "venv",
      "-c",
      "import of_path, of_pth; names = of_path.name, of_pth.name",
    ];
    const made = await pyheap({ PYTHONPATH: "own" }, "image", "create", "paths.pyimage", ...words);
    expect(made).toMatchObject({ status: 0, stdout: "" });
    const ended = await pyheap({}, "run", "--quiet", "--no-packages", "--image", "paths.pyimage", "-c", "print(names)");
    expect(ended).toEqual({ status: 0, stdout: "('path', 'pth')\n", stderr: "" });
  });

  it("says which package can't be had, and which folder is gone", async () => {
    const none = await pyheap({}, "image", "create", "none.pyimage", "--no-packages", "--import", "greet");
    expect(none).toEqual({ status: 1, stdout: "", stderr: "pyheap: Cannot import greet: No module named 'greet'\n" });
    const info = JSON.parse((await pyheap({}, "image", "info", "--json", "app.pyimage")).stdout) as { needs: string[] };
    const [gone = ""] = info.needs;
    rmSync(gone, { recursive: true });
    const why = `app.pyimage: Cannot load the heap image: it needs the package in ${gone}, which is not there; make it again\n`;
    expect(await run("-c", "print(1)")).toEqual({ status: 2, stdout: "", stderr: `pyheap: ${why}` });
    expect(await run("--or-cold", "-c", "print(1)")).toMatchObject({ status: 0, stdout: "1\n" });
  });
});
