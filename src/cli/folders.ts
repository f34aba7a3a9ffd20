// The folders of the machine that a Python program sees: at the same paths as outside, where Pyodide leaves room.

import { dirname, isAbsolute, resolve } from "node:path";
import type { PyodideAPI } from "pyodide";

export type FileSystem = PyodideAPI["FS"];

/** Folders of Pyodide's own that must stay. */
const TAKEN = ["/", "/lib", "/dev", "/proc", "/home", "/home/pyodide"];
/** Where a folder is shown whose own path is taken. */
const ELSEWHERE = "/mnt/host";

/** The path at which the program sees a folder. */
export function seenAt(folder: string): string {
  return TAKEN.includes(folder) ? ELSEWHERE : folder;
}

/** Shows a folder to the program. Answers the path at which the program sees it. */
function show(FS: FileSystem, folder: string): string {
  const at = seenAt(folder);
  FS.mkdirTree(at);
  FS.mount(FS.filesystems.NODEFS, { root: folder }, at);
  return at;
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** Shows the current folder, which is the program's as well, and the script's if that lies elsewhere. */
export function showFolders(FS: FileSystem, folder: string, script: string | undefined): void {
  const shown = show(FS, folder);
  FS.chdir(shown);
  if (script !== undefined) {
    const home = dirname(resolve(folder, script));
    // What is shown elsewhere than at its own path holds only what is named relative to it.
    const reachable = shown === folder || !isAbsolute(script);
    if (!reachable || !contains(folder, home)) show(FS, home);
  }
}
