// Builds the site where recordings are looked at, in build/viewer/ or in the folder that is named: `npm run viewer`. It is
// one page, which works from a server of files, and opened as a file. The project must be built.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSite } from "./viewer.mjs";

const folder = process.argv[2] ?? fileURLToPath(new URL("../build/viewer", import.meta.url));
const page = `${folder}/index.html`;
mkdirSync(folder, { recursive: true });
writeFileSync(page, await buildSite());
console.log(`The viewer is at ${pathToFileURL(page)}`);
