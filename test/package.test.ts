// The package for its users: packed, installed in an empty folder, and used in Node, with types, through Vite, and in a
// plain page.

import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import type { Browser } from "playwright-core";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layOut } from "../scripts/package.mjs";
import { sizes } from "../scripts/size.mjs";
import { launchChromium } from "./browser/chromium.js";
import { canBrowse, ROOT } from "./needs.js";

const VITE = join(ROOT, "node_modules/vite/bin/vite.js");

const MIME: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".zip": "application/zip",
};

/** A program that uses pyheap, pyheap/pyodide and pyheap/report, and puts its results into `document.title`, or prints them. */
const PROGRAM = `
import { Heap } from "pyheap";
import { ContinuousProfile, pprofOf } from "pyheap/profiles";
import { loadPython } from "pyheap/pyodide";
import { analyse, flamegraphPage } from "pyheap/report";

const heap = await Heap.create({ limit: 2 ** 24 });
const list = heap.from([1, "two", { three: 3 }]);
const { pyodide, heap: guest } = await loadPython({ pyodide: { indexURL: INDEX } });
const chunks = [];
const recording = heap.trace({ write: (bytes) => void chunks.push(bytes.slice()) });
heap.mem.malloc(1000);
recording.stop();
const trace = new Blob(chunks);
const report = await analyse(trace, { at: "end" });
const pprof = new Uint8Array(await (await report.export("pprof")).arrayBuffer());
const page = await (await flamegraphPage(trace)).text();
const reported = [report.stats.endBytes, report.text.table().includes("1000 B"), pprof[0] === 0x1f, /<script/.test(page)];
const sampled = new ContinuousProfile(heap, { sample: 1 });
heap.mem.malloc(500);
sampled.stop();
const live = sampled.now().stacks.reduce((sum, { liveBytes }) => sum + liveBytes, 0);
const profiled = [live, [...pprofOf(sampled.now(), "inuse_space")].length > 0];
const answer = [list.length, heap.check() ?? "whole", pyodide.runPython("sum(range(10))"), guest.stats().account.live.object > 0, ...reported, ...profiled];
`;
const ANSWER = "3 whole 45 true 1000 true true true 500 true";

describe("the package", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
  const packed = layOut(join(folder, "package"));
  let said: string;

  beforeAll(() => {
    const npm = (...args: string[]) => execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
    const [{ filename }] = JSON.parse(npm("pack", packed, "--json")) as [{ filename: string }];
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    const install = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--no-update-notifier", `./${filename}`];
    said = spawnSync("npm", install, { cwd: folder, encoding: "utf8" }).stderr;
  });

  it("installs without warnings, and with Pyodide", () => {
    expect(said).toBe("");
    expect(readdirSync(join(folder, "node_modules"))).toEqual(expect.arrayContaining(["pyheap", "pyodide"]));
  });

  it("installs without running anything", () => {
    const { scripts, devDependencies } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));
    expect({ scripts, devDependencies }).toEqual({});
  });

  it("has nothing that a publisher would be warned of", async () => {
    expect((await publint({ pkgDir: packed })).messages).toEqual([]);
    const { status, stderr } = spawnSync("npm", ["publish", "--dry-run"], { cwd: packed, encoding: "utf8" });
    const warnings = stderr.split("\n").filter((line) => /npm (warn|error)/i.test(line) && !/logged in/.test(line));
    expect({ status, warnings }).toEqual({ status: 0, warnings: [] });
  });

  it("runs in Node, and as a command", () => {
    writeFileSync(join(folder, "app.js"), `${PROGRAM.replace("{ indexURL: INDEX }", "{}")}\nconsole.log(...answer);`);
    expect(execFileSync(process.execPath, ["app.js"], { cwd: folder, encoding: "utf8" }).trim()).toBe(ANSWER);
    const args = ["--no-install", "pyheap", "run", "--quiet", "-c", "print(6 * 7)"];
    expect(execFileSync("npx", args, { cwd: folder, encoding: "utf8" })).toBe("42\n");
  });

  it("runs programs on the Pyodide that is installed, and its command on its own; without one, says so", () => {
    const [installed, hidden] = [join(folder, "node_modules/pyodide"), join(folder, "node_modules/.pyodide")];
    const code = 'import { loadPython } from "pyheap/pyodide";\nconsole.log((await loadPython()).heap.stack.version);';
    const node = () =>
      spawnSync(process.execPath, ["--input-type=module", "-e", code], { cwd: folder, encoding: "utf8" });
    const inCommand = ["--no-install", "pyheap", "run", "--quiet", "-c", "import sys; print(sys.version_info[:2])"];
    renameSync(installed, hidden);
    try {
      expect(node().stderr).toContain(
        "Error: Cannot load Python: the package pyodide can't be imported (npm install pyodide;",
      );
      symlinkSync(join(ROOT, "node_modules/pyodide-0.29"), installed);
      expect(node()).toMatchObject({ stdout: "3.13.2\n", status: 0 });
      expect(execFileSync("npx", inCommand, { cwd: folder, encoding: "utf8" })).toBe("(3, 14)\n");
    } finally {
      rmSync(installed, { force: true });
      renameSync(hidden, installed);
    }
  });

  describe.each([
    { moduleResolution: "nodenext", module: "nodenext" },
    { moduleResolution: "bundler", module: "esnext" },
  ])("with moduleResolution $moduleResolution", ({ moduleResolution, module }) => {
    /** The compiler's messages about a program in the folder. */
    function complaints(code: string, ...options: string[]): string {
      writeFileSync(join(folder, "typed.ts"), code);
      const target = [
        "--noEmit",
        "--strict",
        "--target",
        "es2022",
        "--lib",
        "es2022,dom,esnext.disposable",
        "--types",
        "",
      ];
      const resolution = ["--module", module, "--moduleResolution", moduleResolution];
      return spawnSync(join(ROOT, "node_modules/.bin/tsc"), [...target, ...resolution, ...options, "typed.ts"], {
        cwd: folder,
        encoding: "utf8",
      }).stdout;
    }

    it("has types, without any other package's", () => {
      const code = 'import { type Address, Heap } from "pyheap";\nconst heap = await Heap.create();\n';
      expect(complaints(`${code}export const block: Address = heap.mem.malloc(8);\n`)).toBe("");
      expect(complaints(`${code}export const block: string = heap.mem.malloc(8);\n`)).toMatch(/'Address'.*'string'/);
    });

    it("has types for reports, too", () => {
      const code = 'import { analyse } from "pyheap/report";\nconst report = await analyse(new Blob());\n';
      expect(complaints(`${code}export const bytes: number = report.stats.peakBytes;\n`)).toBe("");
      expect(complaints(`${code}export const bytes: string = report.stats.peakBytes;\n`)).toMatch(/'number'.*'string'/);
    });

    it("has types for Python, too", () => {
      // Pyodide's own declarations need those of Node; that does not concern us.
      const code = 'import { loadPython } from "pyheap/pyodide";\nexport const { heap } = await loadPython();\n';
      expect(complaints(code, "--skipLibCheck")).toBe("");
    });
  });

  describe.runIf(canBrowse)("in a page", () => {
    const servers: Server[] = [];
    let browser: Browser;

    beforeAll(async () => {
      browser = await launchChromium();
    });
    afterAll(async () => {
      await browser?.close();
      for (const server of servers) server.close();
    });

    /**
     * The title of a page when it is done. The page is in `root`; Pyodide and the package are below the folder of the
     * installation.
     */
    async function titleOf(root: string): Promise<string> {
      const server = createServer((request, response) => {
        const path = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
        const file = path.startsWith("/node_modules/")
          ? join(folder, path)
          : join(root, path === "/" ? "index.html" : path);
        try {
          response.setHeader("content-type", MIME[extname(file)] ?? "application/octet-stream").end(readFileSync(file));
        } catch {
          response.writeHead(404).end();
        }
      });
      servers.push(server);
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction("document.title !== ''", undefined, { timeout: 60_000 }).catch(() => {
        throw new Error(`The page did not finish: ${errors.join("; ")}`);
      });
      return page.title();
    }

    const program = `${PROGRAM.replace("INDEX", '"/node_modules/pyodide/"')}\ndocument.title = answer.join(" ");`;

    it("works with an import map, and asks for nothing by a bare name but itself and pyodide", async () => {
      const root = join(folder, "plain");
      mkdirSync(root);
      const { exports } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));
      const at = (entry: { default: string }) => `/node_modules/pyheap/${entry.default.slice("./".length)}`;
      const imports = {
        pyheap: at(exports["."]),
        "pyheap/pyodide": at(exports["./pyodide"]),
        "pyheap/report": `/node_modules/pyheap/${exports["./report"].browser}`,
        "pyheap/profiles": `/node_modules/pyheap/${exports["./profiles"].browser}`,
        pyodide: "/node_modules/pyodide/pyodide.mjs",
      };
      writeFileSync(
        join(root, "index.html"),
        `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script><script type="module">${program}</script>`,
      );
      expect(await titleOf(root)).toBe(ANSWER);
    });

    it("works through Vite", async () => {
      const root = join(folder, "vite");
      mkdirSync(root);
      writeFileSync(join(root, "index.html"), '<!doctype html><script type="module" src="/main.js"></script>');
      writeFileSync(join(root, "main.js"), program);
      writeFileSync(
        join(root, "vite.config.js"),
        'export default { build: { target: "es2022", rolldownOptions: { external: [/^node:/, "ws"] } } };',
      );
      // As its users run it: its bundler is native code, which runs in a process of its own.
      execFileSync(process.execPath, [VITE, "build", "--logLevel", "error"], { cwd: root, stdio: "pipe" });
      expect(readdirSync(join(root, "dist"))).toContain("index.html");
      expect(await titleOf(join(root, "dist"))).toBe(ANSWER);
    });
  });

  it("has the sizes that the README states", async () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const measured = await sizes();
    // The panel is for any page, so it must be quick to load.
    expect(measured["pyheap/panel and pyheap/report together, gzipped"]).toBeLessThanOrEqual(120);
    for (const [name, kilobytes] of Object.entries(measured)) {
      const stated = Number(new RegExp(`\\| ${name} \\| (\\d+) KB \\|`).exec(readme)?.[1]);
      expect(stated / kilobytes, `${name}: ${kilobytes.toFixed(1)} KB`).toBeCloseTo(1, 1);
    }
  });
});
