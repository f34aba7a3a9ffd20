// The files of the machine that a Python program sees: all of them, at the same paths as outside; with --sandbox, only
// those of some places (places.ts); on Windows, only the current folder and the script's folder. Pyodide's own files
// are in memory, in /lib, /dev and /proc; if a name exists in memory and on the machine, the file in memory is used.

import { existsSync } from "node:fs";
import { platform } from "node:os";
import { dirname, isAbsolute, resolve } from "node:path";
import { type EmscriptenFiles, ERRNO, type FileSystem } from "./emscripten-files.js";
import { HostFiles } from "./host-files.js";
import { contains, type Place } from "./places.js";

/**
 * Folders in memory that also show the machine's folder of the same path, except for the listed names, which Pyodide
 * adds later.
 */
const OVERLAID = { "/": [], "/lib": [], "/dev": ["stdin", "stdout", "stderr"], "/proc": ["self"] };
/**
 * Empty folders in memory, the inner ones first. They are removed, so that the machine's folders are seen in their
 * place.
 */
const EMPTY = ["/home/pyodide", "/home/web_user", "/home", "/tmp", "/dev/shm/tmp", "/dev/shm"];
/** Folders of Pyodide's own that must stay. Used where the machine's root is not shown (Windows). */
const TAKEN = ["/", "/lib", "/dev", "/proc", "/home", "/home/pyodide"];
/** Where a folder is shown if its own path is one of TAKEN. */
const ELSEWHERE = "/mnt/host";

/** Whether the program can see all files of the machine below one root. On Windows it can't. */
const hasOneRoot = platform() !== "win32";

/** The path at which the program sees a folder. */
export function seenAt(folder: string): string {
  return !hasOneRoot && TAKEN.includes(folder) ? ELSEWHERE : folder;
}

function showAll(FS: EmscriptenFiles, places: readonly Place[]): void {
  const files = new HostFiles(FS, places);
  FS.chdir("/");
  for (const path of EMPTY) FS.rmdir(path);
  files.showPlaces();
  for (const [path, kept] of Object.entries(OVERLAID)) {
    const { node } = FS.lookupPath(path);
    // Pyodide adds the standard library's archive after its folder: python314.zip beside python3.14.
    const archives = Object.keys(node.contents ?? {}).map((name) => `${name.replace(".", "")}.zip`);
    files.overlay(node, [...kept, ...archives]);
  }
}

/** Shows a folder to the program. Returns the path at which the program sees it. */
function show(FS: EmscriptenFiles, folder: string): string {
  const at = seenAt(folder);
  FS.mkdirTree(at);
  FS.mount(FS.filesystems.NODEFS, { root: folder }, at);
  return at;
}

/**
 * Shows the current folder, which becomes the program's current folder; and the script's folder, if that lies
 * elsewhere.
 */
function showTwo(FS: EmscriptenFiles, folder: string, script: string | undefined): string {
  const shown = show(FS, folder);
  if (script === undefined) return shown;
  const home = dirname(resolve(folder, script));
  // A folder that is shown at another path can only be reached by relative names.
  const reachable = shown === folder || !isAbsolute(script);
  if (!reachable || !contains(folder, home)) show(FS, home);
  return shown;
}

/** The files that a program sees. */
export interface Seen {
  /** The current folder. */
  readonly folder: string;
  /** The program's file, unless the program is a module or a text. */
  readonly script: string | undefined;
  readonly places: readonly Place[];
  /** Whether the program sees only the places. */
  readonly isSandboxed: boolean;
}

/**
 * Shows only the places. `hitWall` is called with the path of a file that the program opens or creates, if the program
 * does not see the path, but the machine has that file or its folder. The program gets the error for a file that does
 * not exist.
 */
function showOnly(FS: EmscriptenFiles, places: readonly Place[], hitWall: (path: string) => void): void {
  const files = new HostFiles(FS, places);
  FS.chdir("/");
  files.showPlaces();
  const { open } = FS;
  FS.open = (path, ...how) => {
    try {
      return open.call(FS, path, ...how);
    } catch (error) {
      const { errno } = error as { errno?: number };
      if (errno === ERRNO.ENOENT && typeof path === "string" && isHidden(path, places)) hitWall(path);
      throw error;
    }
  };
}

/** Whether the program does not see a path, though the machine has a file there, or at least the file's folder. */
function isHidden(path: string, places: readonly Place[]): boolean {
  if (!isAbsolute(path) || places.some(({ guest }) => contains(guest, path))) return false;
  return existsSync(path) || (dirname(path) !== "/" && existsSync(dirname(path)));
}

/** Shows the machine's files. The program's current folder is that of the command. */
export function showFolders(files: FileSystem, seen: Seen, hitWall: (path: string) => void): void {
  const { folder, script, places, isSandboxed } = seen;
  const FS = files as unknown as EmscriptenFiles;
  if (isSandboxed) showOnly(FS, places, hitWall);
  else if (hasOneRoot) showAll(FS, places);
  FS.chdir(hasOneRoot ? folder : showTwo(FS, folder, script));
}
