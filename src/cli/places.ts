// The folders that the options show to a program: --mount shows one at another path, and --sandbox hides all others.

import { realpathSync, statSync } from "node:fs";
import { platform } from "node:os";
import { dirname, posix, resolve } from "node:path";
import { reasonOf, UsageError } from "./system/errors.js";

/** A folder of the machine, and the path at which the program sees it. */
export interface Place {
  /** The path that the program sees: absolute, without links. */
  readonly guest: string;
  /** The path on the machine: absolute, without links. */
  readonly host: string;
  readonly isReadOnly: boolean;
}

export interface PlaceOptions {
  /** HOST:GUEST, or HOST:GUEST:ro. */
  readonly mount?: readonly string[];
  readonly sandbox?: boolean;
}

/** Folders that a sandbox shows besides the current folder. The program can't write to them. */
export interface Needed {
  /** The program's file or folder. */
  readonly script: string | undefined;
  folders(): readonly string[];
}

/** Folders that Pyodide itself has. */
const TAKEN = ["/", "/lib", "/dev", "/proc"];

/** Whether a path is that of a folder, or lies in this folder. */
export function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

function folderOf(path: string, problem: (why: string) => Error): string {
  try {
    if (!statSync(path).isDirectory()) throw problem("it is not a folder");
    return realpathSync(path);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw problem(reasonOf(error));
  }
}

/** The place that the value of --mount names. Throws UsageError if the folder can't be shown there. */
export function parseMount(text: string): Place {
  const [, host = "", guest = "", access] = /^(.+?):([^:]*)(?::([^:]*))?$/.exec(text) ?? [];
  const problem = (why: string) => new UsageError(`Cannot mount ${text}: ${why}`);
  if (host === "" || !guest.startsWith("/") || (access !== undefined && access !== "ro")) {
    throw problem("write HOST:/GUEST, or HOST:/GUEST:ro");
  }
  const at = posix.normalize(guest).replace(/(.)\/$/, "$1");
  if (TAKEN.some((taken) => at === taken || (taken !== "/" && contains(taken, at)))) {
    throw problem(`${at} is where Python's own files are`);
  }
  return { guest: at, host: folderOf(resolve(host), problem), isReadOnly: access === "ro" };
}

/**
 * The folders that the options show to the program. Without --sandbox, the program also sees all other files, at their
 * own paths. Throws UsageError if a folder can't be shown at its path.
 */
export function choosePlaces({ mount = [], sandbox = false }: PlaceOptions, needed: Needed): Place[] {
  const mounts = mount.map(parseMount);
  if (platform() === "win32" && (sandbox || mounts.length > 0)) {
    throw new UsageError(
      "Cannot use --mount or --sandbox on Windows: Python's file system can't show paths with a drive letter",
    );
  }
  for (const { guest } of mounts) {
    if (mounts.filter((other) => other.guest === guest).length > 1) {
      throw new UsageError(`Cannot mount two folders at ${guest}`);
    }
    if (!sandbox) checkParent(guest);
  }
  if (!sandbox) return mounts;
  const own = (path: string, isReadOnly: boolean): Place => ({ guest: path, host: realpathSync(path), isReadOnly });
  const current = process.cwd();
  if (current === "/") throw new UsageError("Cannot use --sandbox in /: it would hide nothing");
  const places = [own(current, false), ...mounts];
  const script =
    needed.script === undefined ? [] : [dirname(resolve(needed.script)), dirname(realpathSync(needed.script))];
  for (const folder of [...script, ...needed.folders()]) {
    const isSeen = places.some(({ guest }) => contains(guest, folder));
    if (folder !== "/" && !isSeen) places.push(own(folder, true));
  }
  return places;
}

/** The parent of a place has to be a folder. It is made in memory if not even the first folder of its path exists. */
function checkParent(guest: string): void {
  const parent = dirname(guest);
  const [, first = ""] = guest.split("/");
  const isThere = statSync(parent, { throwIfNoEntry: false })?.isDirectory() === true;
  if (isThere || !statSync(`/${first}`, { throwIfNoEntry: false })) return;
  throw new UsageError(`Cannot mount at ${guest}: there is no folder ${parent}`);
}
