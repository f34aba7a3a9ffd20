// Serves pages that use the built package as it is, without a bundler, under a strict Content-Security-Policy.

import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { ROOT } from "../needs.js";

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
};
/** What a page may do: load the server's files, and compile WebAssembly. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; connect-src 'self'";

/**
 * The policy of a page, by what its address asks for: `?python`, which compiles JavaScript from strings, as Pyodide does;
 * `?noworker`, without workers.
 */
function policyOf(search: string): string {
  if (search === "?python") return POLICY.replace("'wasm-unsafe-eval'", "'wasm-unsafe-eval' 'unsafe-eval'");
  return search === "?noworker" ? POLICY.replace("worker-src 'self'", "worker-src 'none'") : POLICY;
}

export interface Served {
  /** The address of the server: "http://127.0.0.1:1234". */
  readonly address: string;
  close(): void;
}

/** Serves the project's files, and for each program a page at its path. */
export async function servePages(programs: Readonly<Record<string, string>>): Promise<Served> {
  const server: Server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", "http://localhost");
    const program = programs[pathname.replace(/\.js$/, "")];
    response.setHeader("content-security-policy", policyOf(search));
    try {
      if (program !== undefined && pathname.endsWith(".js")) {
        response.setHeader("content-type", "text/javascript").end(program);
      } else if (program !== undefined) {
        const script = `<script type="module" src="${pathname}.js"></script>`;
        response
          .setHeader("content-type", "text/html")
          .end(`<!doctype html><title>shop</title><h1>A shop</h1>${script}`);
      } else {
        const file = await readFile(join(ROOT, pathname));
        response.setHeader("content-type", TYPES[extname(pathname)] ?? "application/octet-stream").end(file);
      }
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, close: () => server.close() };
}
