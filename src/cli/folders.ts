// The folders of the machine that a Python program sees: at the same paths as outside, where Pyodide leaves room.

import { dirname, isAbsolute, resolve } from "node:path";
import type { PyodideAPI } from "pyodide";

/** Folders of Pyodide's own that must stay. */
const TAKEN = ["/", "/lib", "/dev", "/proc", "/home", "/home/pyodide"];
/** Where a folder is shown whose own path is taken. */
const ELSEWHERE = "/mnt/host";

/** Shows a folder to the program. Answers the path at which the program sees it. */
function show(pyodide: PyodideAPI, folder: string): string {
  const { FS } = pyodide;
  const at = TAKEN.includes(folder) ? ELSEWHERE : folder;
  FS.mkdirTree(at);
  FS.mount(FS.filesystems.NODEFS, { root: folder }, at);
  return at;
}

function contains(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

/** Shows the current folder, and the script's if that lies elsewhere. Answers the current folder as the program sees it. */
export function showFolders(pyodide: PyodideAPI, folder: string, script: string | undefined): string {
  const shown = show(pyodide, folder);
  if (script !== undefined) {
    const home = dirname(resolve(folder, script));
    // What is shown elsewhere than at its own path holds only what is named relative to it.
    const reachable = shown === folder || !isAbsolute(script);
    if (!reachable || !contains(folder, home)) show(pyodide, home);
  }
  return shown;
}
