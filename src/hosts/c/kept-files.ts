// A cache folder's files, or folders, that are kept for the next process. They are code, so only this user's are used. If
// there are too many, those are removed that were not used for the longest time.

import { readdirSync, rmSync, type Stats, statSync, utimesSync } from "node:fs";
import { join } from "node:path";

/** Whether a kept file belongs to this user. */
export const isOwn = ({ uid }: Stats): boolean => process.getuid === undefined || uid === process.getuid();

/** Notes that a kept file is used now. */
export function noteUse(path: string): void {
  const now = new Date();
  utimesSync(path, now, now);
}

/** Of the files in `folder` whose names pass `isKept`, keeps the `most` that were used last, and removes the others. */
export function removeOldest(folder: string, most: number, isKept: (name: string) => boolean): void {
  const kept = readdirSync(folder).filter(isKept);
  const byUse = kept.map((name) => ({ path: join(folder, name), used: usedAt(join(folder, name)) }));
  byUse.sort((a, b) => b.used - a.used);
  for (const { path } of byUse.slice(most)) rmSync(path, { recursive: true, force: true });
}

/** When a file was used last; another process may have removed it. */
function usedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
