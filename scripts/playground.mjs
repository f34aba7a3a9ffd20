// Builds the playground and serves it on this machine: `npm run playground`, or with a port as its argument.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const HERE = `${ROOT}examples/playground/`;
const TYPES = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".zip": "application/zip",
};

/** Leaves the panel out of the bundle: the page loads it from the built package, which also has the panel's worker. */
const builtPanel = {
  name: "built panel",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/src\/panel\.js$/ }, () => ({ path: "/dist/panel.js", external: true })),
};

/** The files that are made for the page, by path. It also loads files of the built package and of Pyodide. */
async function buildFiles() {
  const { outputFiles } = await build({
    entryPoints: ["main.ts", "python.ts", "style.css"].map((name) => HERE + name),
    bundle: true,
    format: "esm",
    target: "es2022",
    write: false,
    outdir: HERE,
    loader: { ".woff2": "dataurl" },
    // Pyodide's code imports Node's modules only when it runs in Node.
    external: ["node:*", "ws"],
    plugins: [builtPanel],
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [`/${path.slice(HERE.length)}`, contents]));
  files.set("/index.html", await readFile(`${HERE}index.html`));
  return files;
}

/** Serves the playground. Returns the server and its address. */
export async function servePlayground(port = 0) {
  const files = await buildFiles();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const path = pathname === "/" ? "/index.html" : pathname;
    const name = /^\/pyodide\/([\w.-]+)$/.exec(path)?.[1];
    const built = /^\/dist(\/[\w-]+)*\/[\w.-]+\.js$/.exec(path)?.[0];
    try {
      const file = name === undefined ? built : `node_modules/pyodide/${name}`;
      const content = file === undefined ? files.get(path) : await readFile(join(ROOT, file));
      if (content === undefined) response.writeHead(404).end();
      else response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream").end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { address } = await servePlayground(Number(process.argv[2] ?? 0));
  console.log(`The playground is at ${address} until Ctrl-C.`);
}
