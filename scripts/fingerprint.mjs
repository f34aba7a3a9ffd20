// Hashes of files: what was made from the same files before is not made again.

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** The paths of all files in a folder. */
export function filesIn(folder) {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return found.map(({ parentPath, name }) => `${parentPath}/${name}`).sort();
}

/** A hash of everything that something is made from: its sources, the compilers, its options. */
export function fingerprint(paths, args = []) {
  const hash = createHash("sha256").update(JSON.stringify(args));
  for (const path of ["package-lock.json", ...paths]) hash.update(`\0${path}\0`).update(readFileSync(path));
  return hash.digest("hex");
}

/** The stamp of the core's modules: the fingerprint of the sources from which they were compiled. */
export const CORE_STAMP = "build/core-sources.stamp";
export const coreFingerprint = () => fingerprint(filesIn("core"));

/** Whether a stamp says that something was made from the files with this fingerprint. */
export const isMadeFrom = (stamp, made) => existsSync(stamp) && readFileSync(stamp, "utf8") === made;
