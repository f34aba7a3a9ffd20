// A server with the page of these tests, its workers, a module in C, and Pyodide.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { build as bundle, type Format } from "esbuild";
import { ROOT } from "../needs.js";

const TYPES: Readonly<Record<string, string>> = {
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

async function bundled(source: string, format: Format): Promise<string> {
  const { outputFiles } = await bundle({
    entryPoints: [join(ROOT, "test/runtimes", source)],
    bundle: true,
    format,
    write: false,
    // Pyodide's code imports Node's modules only when it runs in Node.
    external: ["node:*", "ws"],
    logLevel: "error",
  });
  return outputFiles?.[0]?.text ?? "";
}

/** Starts the server. Returns the page's address. */
export async function servePage(tally: string | undefined): Promise<{ readonly server: Server; readonly url: string }> {
  const served = new Map([
    ["/", '<!doctype html><title>pyheap</title><script type="module" src="/page.js"></script>'],
    ["/page.js", await bundled("page.ts", "esm")],
    ["/worker.js", await bundled("worker.ts", "esm")],
    ["/classic.js", await bundled("worker.ts", "iife")],
  ]);
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    const type = TYPES[extname(path)] ?? (path === "/" ? "text/html" : "application/octet-stream");
    const file = path === "/tally.wasm" ? tally : join(ROOT, "node_modules", path);
    const content = served.get(path) ?? (await readFile(file ?? "").catch(() => undefined));
    if (content === undefined) response.writeHead(404).end();
    else response.setHeader("content-type", type).end(content);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
