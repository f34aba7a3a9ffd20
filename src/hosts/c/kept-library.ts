// The object files that every module is linked with, kept for the next process: to compile them takes ten times as much
// processor time as to compile a small module.
//
//   KEY/libc-string.c.o     KEY: a hash of everything that the object files depend on
//
// A folder is made under another name and then renamed, so two processes at once do no harm.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isOwn, noteUse, removeOldest } from "./kept-files.js";

/** How many libraries are kept. Each compiler has its own. */
const MOST = 4;

/** A hash of a compiler, its options, and the files of some folders. */
export function keyOf(compiler: string, options: readonly string[], folders: readonly string[]): string {
  const { size, mtimeMs } = statSync(compiler);
  const hash = createHash("sha256").update(JSON.stringify([compiler, size, mtimeMs, options]));
  for (const folder of folders) {
    for (const file of readdirSync(folder, { withFileTypes: true })) {
      if (file.isFile()) hash.update(JSON.stringify([file.name, readFileSync(join(folder, file.name), "utf8")]));
    }
  }
  return hash.digest("hex").slice(0, 32);
}

/** The folder of a library in `place`. `make` fills it if it is not there yet. */
export async function keptLibrary(
  place: string,
  key: string,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(place, key);
  if (canUse(folder)) return folder;
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    await make(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process may have been first.
    if (!canUse(folder)) throw error;
  }
  removeOldest(place, MOST, () => true);
  return folder;
}

/** Whether a library is there, and is this user's. Notes that it was used. */
function canUse(folder: string): boolean {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined || !isOwn(found)) return false;
  noteUse(folder);
  return true;
}
