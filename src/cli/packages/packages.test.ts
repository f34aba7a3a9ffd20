// A package that is asked for is found, checked and unpacked; for one that can't be had, the error says which, who
// needs it, and where it was looked for.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { lockFile, type Served, serve, sha256, type TestWheel, wheel } from "../../../test/wheels.js";
import { type PackageOptions, Provider } from "./provider.js";
import { allows, counts, parseRequirement } from "./requirement.js";
import { readRequirements } from "./requirements-file.js";
import { fit, parseWheelName } from "./wheel-name.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-packages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HERE = { python: "3.14.2", platforms: ["pyemscripten_2026_0_wasm32", "emscripten_5_0_3_wasm32"] };

describe("a wheel's name", () => {
  it("says for which interpreters it is", () => {
    for (const [file, expected] of [
      ["a-1.0-py3-none-any.whl", 1],
      ["a-1.0-1-py2.py3-none-any.whl", 1],
      ["a-1.0-py310-none-any.whl", 1],
      ["a-1.0-cp314-none-any.whl", 1],
      ["a-1.0-py315-none-any.whl", 0],
      ["a-1.0-py2-none-any.whl", 0],
      ["a-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl", 3],
      ["a-1.0-cp313-cp313-pyemscripten_2026_0_wasm32.whl", 0],
      ["a-1.0-cp311-abi3-emscripten_5_0_3_wasm32.whl", 2],
      ["a-1.0-py3-none-pyemscripten_2026_0_wasm32.whl", 2],
      ["a-1.0-cp314-cp314-manylinux_2_17_x86_64.whl", 0],
    ] as const) {
      const name = parseWheelName(file);
      expect(name && fit(name, HERE), file).toBe(expected);
    }
    expect(parseWheelName("a-1.0.tar.gz")).toBeUndefined();
    expect(parseWheelName("a-1.0-any.whl")).toBeUndefined();
  });
});

describe("a requirement", () => {
  it("is read as Python writes it", () => {
    const { name, extras, range, marker } = parseRequirement(
      'My_Pack.age[One, two]>=1.0,!=1.5.* ; python_version > "3"',
    );
    expect({ name, extras, range, marker }).toEqual({
      ...{ name: "my-pack-age", extras: ["one", "two"], range: ">=1.0,!=1.5.*", marker: 'python_version > "3"' },
    });
    const { url, sha256: hash } = parseRequirement(
      `a @ https://x.example/a-1-py3-none-any.whl#sha256=${"0".repeat(64)} ; os_name == "posix"`,
    );
    expect({ url, hash }).toEqual({ url: "https://x.example/a-1-py3-none-any.whl", hash: "0".repeat(64) });
    for (const wrong of ["", "==1", "a b", "a==", "a>>1", "a[b"])
      expect(() => parseRequirement(wrong)).toThrow("does not name a package");
  });

  it("allows versions; pre-releases only if they are asked for", () => {
    for (const [text, version, prereleases, expected] of [
      ["a", "1.0", false, true],
      ["a", "1.0rc1", false, false],
      ["a", "1.0rc1", true, true],
      ["a~=1.4", "1.9", false, true],
      ["a~=1.4", "2.0", false, false],
      ["a==1.0", "1.0.0", false, true],
      ["a (>=2)", "1.9", false, false],
      ["a", "not a version", true, false],
    ] as const) {
      expect(allows(parseRequirement(text), version, prereleases), `${text} ${version}`).toBe(expected);
    }
  });

  it("counts only if its condition holds", () => {
    for (const [marker, extras, expected] of [
      ['python_version >= "3.9"', [], true],
      ['python_version < "3.9"', [], false],
      ['python_full_version == "3.14.*"', [], true],
      ['sys_platform == "emscripten" and platform_machine != "x86_64"', [], true],
      ['sys_platform == "win32" or (os_name == "posix" and implementation_name == "cpython")', [], true],
      ['"linux" in sys_platform', [], false],
      ['sys_platform not in "linux win32"', [], true],
      ['extra == "fast"', [], false],
      ['extra == "fast"', ["fast"], true],
      ["python_version >= '3.9' and extra == 'fast'", ["slow"], false],
    ] as const) {
      expect(counts(parseRequirement(`a ; ${marker}`), HERE, extras), marker).toBe(expected);
    }
    for (const wrong of [
      "python_version",
      "nothing == '1'",
      "(os_name == 'posix'",
      "os_name == 'posix' or",
      "os_name # 'a'",
    ]) {
      expect(() => counts(parseRequirement(`a ; ${wrong}`), HERE, []), wrong).toThrow("can't be read");
    }
  });

  it("is read from a file with others", () => {
    const at = (name: string) => join(folder, name);
    const hash = "a".repeat(64);
    writeFileSync(at("more.txt"), "b>=2 # for a\n");
    writeFileSync(at("all.txt"), `# all\n\na==1.0 \\\n  --hash=sha256:${hash}\n-r more.txt\n./c-1-py3-none-any.whl\n`);
    const read = readRequirements(at("all.txt")).map(([{ name, range, sha256: of, url }, why]) => [
      name,
      range,
      of,
      url,
      why,
    ]);
    expect(read).toEqual([
      ["a", "==1.0", hash, undefined, `which ${at("all.txt")}:3 asks for`],
      ["b", ">=2", undefined, undefined, `which ${at("more.txt")}:1 asks for`],
      ["c", "", undefined, `file://${at("c-1-py3-none-any.whl")}`, `which ${at("all.txt")}:6 asks for`],
    ]);
    for (const [text, problem] of [
      ["a\n???", ":2: "],
      ["--index-url https://x.example", ":1: --index-url https://x.example: say where packages come from with --index"],
      ["-e .", ":1: -e .: of pip's options, only -r and --hash are known"],
      ["a --hash=md5:00", ":1: only one --hash can be checked, of the kind sha256"],
      ["-r wrong.txt", "it names itself with -r"],
      ["-r none.txt", "none.txt: there is no such file"],
    ] as const) {
      writeFileSync(at("wrong.txt"), text);
      expect(() => readRequirements(at("wrong.txt")), text).toThrow(problem);
    }
  });
});

const pure = (name: string, version: string, parts = {}) =>
  wheel(name, version, { [`${name}.py`]: `v = "${version}"\n` }, parts);

let caches = 0;
const newCache = () => join(folder, `cache-${caches++}`);

async function withServer<T>(
  contents: Map<string, { body: string | Uint8Array; type?: string }>,
  use: (server: Served) => Promise<T>,
): Promise<T> {
  const server = await serve(contents);
  try {
    return await use(server);
  } finally {
    server.close();
  }
}

const files = (wheels: readonly TestWheel[], lock = lockFile(wheels)) =>
  new Map<string, { body: string | Uint8Array; type?: string }>([
    ["/pyodide-lock.json", { body: lock }],
    ...wheels.map(({ file, bytes }) => [`/${file}`, { body: bytes }] as const),
  ]);

const begin = (options: PackageOptions, place: string, cache = newCache()) =>
  Provider.begin(options, { PYHEAP_PACKAGES: place, PYHEAP_CACHE: cache }, undefined);

/** The packages and versions in the names of folders. */
const versions = (folders: readonly string[]) =>
  folders.map((each) => basename(dirname(each)).replace(/-[0-9a-f]{16}$/, ""));

describe("packages of a lock file", () => {
  const lib = pure("lib", "0.5");
  const app = pure("app", "1.0", { depends: ["lib"], imports: ["app", "app_tools"] });
  const lost = pure("lost", "3");
  const all = [lib, app, lost];

  it("come with what they need, are kept, and are asked for once", async () => {
    const cache = newCache();
    await withServer(files(all), async (server) => {
      const provider = await begin({}, server.url, cache);
      expect(provider.offered).toEqual(["lib", "app", "app_tools", "lost"]);
      const provided = await provider.provide([["app_tools", "x.py:1 imports", true]]);
      expect(versions(provided.map(([place]) => place))).toEqual(["app-1.0", "lib-0.5"]);
      expect(readFileSync(join(provided[0]?.[0] ?? "", "app.py"), "utf8")).toContain('v = "1.0"');
      expect(await provider.provide([["lib", "x.py:2 imports", true]])).toEqual([]);
      const again = await begin({ package: ["app"] }, server.url, cache);
      expect(again.folders).toEqual(provided.map(([place]) => place));
      expect(server.asked).toEqual(["/pyodide-lock.json", `/${app.file}`, `/${lib.file}`, "/pyodide-lock.json"]);
    });
    expect(readdirSync(join(cache, "packages")).sort()).toHaveLength(2);
  });

  it("are unpacked by two at once, and where the cache can't be written", async () => {
    await withServer(files(all), async (server) => {
      const cache = newCache();
      const both = await Promise.all([0, 1].map(() => begin({ package: ["app"] }, server.url, cache)));
      expect(both[0]?.folders).toEqual(both[1]?.folders);
      writeFileSync(join(folder, "file"), "");
      const { folders } = await begin({ package: ["lib"] }, server.url, join(folder, "file"));
      expect(folders.map((each) => existsSync(join(each, "lib.py")))).toEqual([true]);
    });
  });

  it("that can't be had are named, with who needs them and where they were looked for", async () => {
    const contents = files(all, lockFile(all, { lib: { sha256: "0".repeat(64) } }));
    contents.delete(`/${lost.file}`);
    await withServer(contents, async (server) => {
      const provider = await begin({}, server.url);
      const provided = await provider.provide([
        ["app", "x.py:1 imports", true],
        ["lost", "x.py:2 imports", true],
      ]);
      expect(provided).toEqual([
        [
          "app",
          `Cannot load lib 0.5, which app 1.0 needs, from ${server.url}${lib.file}: its SHA-256 is ${sha256(lib.bytes)}, and should be ${"0".repeat(64)}`,
        ],
        [
          "lost",
          `Cannot load lost 3, which x.py:2 imports, from ${server.url}${lost.file}: the server answered 404 Not Found`,
        ],
      ]);
      for (const [options, problem] of [
        [{ package: ["lost"] }, "Cannot load lost 3, which --package asks for, from "],
        [{ package: ["???"] }, 'Cannot load --package ???: "???" does not name a package'],
        [{ wheel: ["a.zip"] }, "Cannot load a.zip: a wheel's name is like NAME-1.2-py3-none-any.whl"],
        [
          { wheel: [`${server.url}a-1-cp312-cp312-win_amd64.whl`] },
          "it is for cp312 on win_amd64; this is CPython 3.14.2 on pyemscripten",
        ],
        [{ package: ["a"], index: "packages" }, "Cannot use packages as an index"],
        [
          { package: ["a"], index: `${server.url}index` },
          `Cannot load a, which --package asks for, from ${server.url}index/: the server answered 404`,
        ],
      ] as const) {
        await expect(begin(options, server.url), problem).rejects.toThrow(problem);
      }
    });
    await expect(begin({}, join(folder, "nowhere"))).rejects.toThrow("there is no such folder");
    await withServer(new Map([["/pyodide-lock.json", { body: "[]" }]]), async ({ url }) => {
      await expect(begin({}, url)).rejects.toThrow(
        `Cannot find packages in ${url}: pyodide-lock.json can't be read: it is not a lock file`,
      );
    });
  });

  it("are refused if they are broken, or lead out of their folder", async () => {
    const broken = [
      ["not an archive", new Uint8Array([1, 2, 3])],
      ["not an archive", lib.bytes.subarray(0, lib.bytes.length - 30)],
      ["outside of its own folder", zipSync({ "../../evil.py": new Uint8Array([120]) })],
      ["outside of its own folder", zipSync({ "/evil.py": new Uint8Array([120]) })],
      ["outside of its own folder", zipSync({ "a/..\\..\\evil.py": new Uint8Array([120]) })],
    ] as const;
    for (const [problem, bytes] of broken) {
      const one = { ...lib, bytes };
      const cache = newCache();
      await withServer(files([one]), async ({ url }) => {
        await expect(begin({ package: ["lib"] }, url, cache)).rejects.toThrow(problem);
      });
      expect(readdirSync(join(cache, "packages"))).toEqual([]);
    }
  });
});

describe("packages of an index", () => {
  const old = pure("tool", "1.0");
  const good = pure("tool", "1.5", {
    requires: ["part >=1 ; python_version > '3'", "winpart ; sys_platform == 'win32'", "speed ; extra == 'fast'"],
  });
  const yanked = pure("tool", "1.6");
  const late = pure("tool", "1.7");
  const draft = pure("tool", "2.0rc1");
  const native = pure("tool", "3.0", { tags: "cp314-cp314-manylinux_2_17_x86_64" });
  const part = pure("part", "1.1");
  const speed = pure("speed", "4", { requires: ["part<1"] });
  const json = JSON.stringify({
    files: [
      ...[old, good, draft, native].map(({ file, bytes }) => ({
        filename: file,
        url: `../../${file}`,
        hashes: { sha256: sha256(bytes) },
      })),
      { filename: yanked.file, url: `../../${yanked.file}`, hashes: {}, yanked: "broken" },
      { filename: late.file, url: `../../${late.file}`, hashes: {}, "requires-python": ">=3.15" },
      { filename: "tool-9.tar.gz", url: "../../tool-9.tar.gz", hashes: {} },
    ],
  });
  const link = ({ file, bytes }: TestWheel) =>
    `<a href="/${file}#sha256=${sha256(bytes)}" data-requires-python="&gt;=3.8">${file}</a><br>`;
  const contents = () =>
    new Map([
      ...files([old, good, yanked, late, draft, part, speed], lockFile([])),
      ["/simple/tool/", { body: json, type: "application/vnd.pypi.simple.v1+json" }] as const,
      ...[part, speed].map(
        (each) => [`/simple/${each.name}/`, { body: `<html>${link(each)}</html>`, type: "text/html" }] as const,
      ),
    ]);

  it("are the newest that run here and are wanted, with what they need", async () => {
    await withServer(contents(), async ({ url }) => {
      const index = `${url}simple`;
      const chosen = async (...names: string[]) => versions((await begin({ package: names, index }, url)).folders);
      expect(await chosen("tool")).toEqual(["tool-1.5", "part-1.1"]);
      expect(await chosen("tool<1.5")).toEqual(["tool-1.0"]);
      expect(await chosen("tool==2.0rc1")).toEqual(["tool-2.0rc1"]);
      await expect(chosen("tool==1.6")).rejects.toThrow("the newest that run in this Python are 2.0rc1, 1.5, 1.0");
      await expect(chosen("tool[fast]")).rejects.toThrow(
        "Cannot load part<1, which speed 4 needs: version 1.1 was chosen, which tool 1.5 needs",
      );
      expect(await chosen(`tool @ ${url}${old.file}`)).toEqual(["tool-1.0"]);
      await expect(chosen("part", "part<1")).rejects.toThrow("Cannot load part<1, which --package asks for");
    });
  });

  it("are not looked for if PYHEAP_PACKAGES is a folder: its wheels are used, and no index is asked", async () => {
    const place = newCache();
    mkdirSync(place);
    for (const { file, bytes } of [good, part, native]) writeFileSync(join(place, file), bytes);
    const provider = await begin({ package: ["tool"] }, place);
    expect([provider.offered, versions(provider.folders)]).toEqual([
      ["part", "tool"],
      ["tool-1.5", "part-1.1"],
    ]);
    await expect(begin({ package: ["other"] }, place)).rejects.toThrow(
      "Cannot load other, which --package asks for: it is not among the packages that were named",
    );
    await expect(begin({ package: ["tool>2"] }, place)).rejects.toThrow("(there is 1.5)");
  });
});
