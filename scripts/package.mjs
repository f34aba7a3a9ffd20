// Puts everything that is published into build/package/: the built library, with its own package.json and README. `npm
// run package`, then `npm publish build/package`.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * The manifest without parts that only this repository needs. An installation runs no scripts, and installs nothing
 * that the library does not import.
 */
function manifest() {
  const { scripts: _scripts, devDependencies: _dev, ...rest } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
  return rest;
}

/** Fills a folder with the package, and returns the folder. The project must be built. */
export function layOut(folder = `${ROOT}build/package`) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const contents = manifest();
  // Source maps would refer to sources that are not in the package.
  for (const name of contents.files)
    cpSync(`${ROOT}${name}`, `${folder}/${name}`, { recursive: true, filter: (path) => !path.endsWith(".map") });
  cpSync(`${ROOT}packaging/README.md`, `${folder}/README.md`);
  for (const name of ["LICENSE", "CHANGELOG.md"]) cpSync(`${ROOT}${name}`, `${folder}/${name}`);
  writeFileSync(`${folder}/package.json`, `${JSON.stringify(contents, undefined, 2)}\n`);
  return folder;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(`The package is in ${layOut()}`);
