// In a real browser: a page that imports the library through a bundler, which only has to leave out Node's modules.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { build } from "../c/build.js";
import { canBrowse, canCompile } from "../needs.js";
import { launchChromium } from "./chromium.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".zip": "application/zip",
};

/** A recursion that ends only when the stack is full. */
const DEEP = `
int deep(int n) {
  volatile char room[1000];
  for (int k = 0; k < 1000; k++) room[k] = (char)n;
  return n == 0 ? 0 : deep(n + 1) + room[n % 1000];
}`;

/** Modules in C, by the names that the page uses. */
async function compiledModules(): Promise<Map<string, string>> {
  const example = async (name: string) => build(name, await readFile(`${ROOT}examples/c/${name}.c`, "utf8"));
  return new Map([
    ["tally.wasm", await example("tally")],
    ["wrong_functions.wasm", await example("wrong_functions")],
    ["deep.wasm", await build("deep", DEEP)],
  ]);
}

/** Serves scripts and modules by their names. */
async function serve(scripts: ReadonlyMap<string, string>, modules: ReadonlyMap<string, string>): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    try {
      if (path === "/") {
        response
          .setHeader("content-type", "text/html")
          .end('<!doctype html><script type="module" src="/page.js"></script>');
      } else if (scripts.has(path)) {
        response.setHeader("content-type", "text/javascript").end(scripts.get(path));
      } else if (path.startsWith("/c/")) {
        const file = await readFile(modules.get(path.slice("/c/".length)) ?? "");
        response.setHeader("content-type", "application/wasm").end(file);
      } else {
        const file = await readFile(`${ROOT}node_modules/pyodide/${path.replace("/pyodide/", "")}`);
        response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream").end(file);
      }
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

describe.runIf(canBrowse)("a page in Chromium", () => {
  let server: Server;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const { outputFiles } = await bundle({
      entryPoints: [`${ROOT}test/browser/page.ts`, `${ROOT}test/browser/worker.ts`],
      outdir: ROOT,
      bundle: true,
      format: "esm",
      write: false,
      // The library and Pyodide import Node's modules only when they run in Node.
      external: ["node:*", "ws"],
    });
    const scripts = new Map(outputFiles.map(({ path, text }) => [`/${basename(path)}`, text]));
    server = await serve(scripts, canCompile ? await compiledModules() : new Map());
    browser = await launchChromium();
    page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction("document.title === 'ready'").catch((error: unknown) => {
      throw new Error(`The page did not start: ${errors.join("; ")}`, { cause: error });
    });
  });

  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it("has a heap of its own", async () => {
    expect(await page.evaluate("ownHeap()")).toEqual({ whole: 150, tooMuch: true, live: 0 });
  });

  it("makes a heap small, saves it to a stream, and loads it from a response", async () => {
    const answer = await page.evaluate("images()");
    expect(answer).toEqual({ gained: true, rows: ["row number 50", "row number 50", null], broken: "ImageError" });
  });

  it("makes an image of Python, and starts interpreters from it", async () => {
    const answers = ['[49, "caught"]', '[49, "caught"]'];
    expect(await page.evaluate("pythonImages()")).toEqual({ answers, numbers: 2, refused: "ImageError" });
  });

  it.runIf(canCompile)("loads modules in C, and names their functions", async () => {
    const answer = await page.evaluate("modulesInC()");
    expect(answer).toMatchObject({ counts: 7, error: expect.stringMatching(/^TypeError: .*list/), blocks: 0 });
    const { faults, left } = answer as { faults: string[]; left: string[] };
    expect(faults).toHaveLength(3);
    for (const fault of faults) {
      expect(fault).toMatch(/^Cannot free or resize .*\n.*\n {2}allocated at main \(wrong_functions\.wasm\)/);
    }
    expect(left).toHaveLength(2);
    for (const place of left) expect(place).toMatch(/^main \(wrong_functions\.wasm\)/);
  });

  it.runIf(canCompile)("loads them in a worker, too", async () => {
    expect(await page.evaluate("worker()")).toBe(true);
  });

  it.runIf(canCompile)("keeps its heap when C fails", async () => {
    expect(await page.evaluate("failuresInC()")).toEqual({
      messages: [
        "RangeError: The stack of modules in C was overrun in deep: load with a larger stackBytes",
        expect.stringMatching(/^Error: Cannot load http:.*\/c\/nowhere\.wasm: 404/),
        expect.stringMatching(/^CompileError: Cannot load page\.js: not valid WebAssembly: /),
      ],
      blocks: 0,
    });
  });

  it("runs Python on the heap", async () => {
    const answer = (await page.evaluate("python()")) as { caught: string; adds: boolean; objects: number };
    expect(answer).toMatchObject({ caught: "caught", recursion: "('ended', 0)", adds: true });
    expect(answer.objects).toBeGreaterThan(4_000_000);
  });
});
