// The sizes that the README states: `npm run size`, after a build.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { layOut } from "./package.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const KB = 1000;

const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length / KB;

/** The kilobytes that a page loads if it imports one entry of the package: bundled, minified, gzipped. */
async function bundled(entry) {
  const { outputFiles } = await build({
    entryPoints: [ROOT + entry],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    external: ["node:*"],
    packages: "external",
  });
  return gzipped(outputFiles[0].contents);
}

/** The template of the page that pyheap/report makes, which it loads for the first one. */
const TEMPLATE = "dist/page/viewer.gen.js";

/** Adds to `files` a file of dist/, and the files and workers that it loads, but not the page's template. */
function addLoaded(path, files) {
  if (files.has(path) || path === TEMPLATE) return files;
  files.add(path);
  const text = readFileSync(`${ROOT}${path}`, "utf8");
  for (const [, name] of text.matchAll(/(?:from|import|import\(|new URL\()\s*"(\.\.?\/[^"]+\.js)"/g))
    addLoaded(join(dirname(path), name), files);
  return files;
}

/** The kilobytes of files with everything that they load, each file gzipped. */
function loaded(...entries) {
  const files = new Set();
  for (const entry of entries) addLoaded(entry.replace("./", ""), files);
  return [...files].reduce((sum, file) => sum + gzipped(readFileSync(`${ROOT}${file}`)), 0);
}

/** The sizes in kilobytes, by name. */
export async function sizes() {
  const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", layOut()], { encoding: "utf8", stdio: "pipe" }),
  );
  return {
    "the allocators' module, gzipped": gzipped(readFileSync(`${ROOT}dist/core.wasm`)),
    "the whole module, gzipped": gzipped(readFileSync(`${ROOT}dist/whole.wasm`)),
    "libpyheap.a": readFileSync(`${ROOT}dist/libpyheap.a`).length / KB,
    'import "pyheap", bundled and gzipped': await bundled(exports["."].default),
    'import "pyheap/pyodide", bundled and gzipped': await bundled(exports["./pyodide"].default),
    'import "pyheap/report", bundled and gzipped': loaded(exports["./report"].browser),
    "pyheap/panel and pyheap/report together, gzipped": loaded(exports["./panel"].default, exports["./report"].browser),
    "the page of a trace without data, gzipped": gzipped(readFileSync(`${ROOT}${TEMPLATE}`)),
    "the package to download": packed.size / KB,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  for (const [name, kilobytes] of Object.entries(await sizes()))
    console.log(`${kilobytes.toFixed(1).padStart(8)} KB  ${name}`);
}
