// Builds the site where recordings are looked at, in build/viewer/ or in the folder that is named: `npm run viewer`. It is
// one page, which works from a server of files, and opened as a file.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSite } from "./viewer.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Writes the site into a folder. Returns its page. The project must be built. */
export async function writeSite(folder = `${ROOT}build/viewer`) {
  mkdirSync(folder, { recursive: true });
  const page = `${folder}/index.html`;
  writeFileSync(page, await buildSite());
  return page;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  console.log(`The viewer is at ${pathToFileURL(await writeSite(process.argv[2]))}`);
}
