// The files of packages that are only in an interpreter's own file system in memory: its image gets them.

import type { PyodideAPI } from "pyodide";
import type { ImageFile } from "./image/link-record.js";
import { sitePackagesOf } from "./kept-code.js";

/** The folder in which Pyodide puts libraries that several packages need. */
const LIBRARIES = "/usr/lib";
/**
 * What an image leaves out: compiled code, which is made again when it is needed, and pyheap's own package, which is
 * written anew.
 */
const LEFT_OUT = "__pycache__";
const OWN = "pyheap";

interface Node {
  readonly mode: number;
  /** The entries of a folder, or the bytes of a file, if it is in memory. Other file systems have no such field. */
  readonly contents?: Readonly<Record<string, Node>> | null;
}

interface FileSystem {
  lookupPath(path: string): { readonly node: Node };
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  readFile(path: string): Uint8Array;
  writeFile(path: string, bytes: Uint8Array, options: { readonly canOwn: boolean }): void;
  mkdirTree(path: string): void;
}

const filesOf = (pyodide: PyodideAPI): FileSystem => pyodide.FS as unknown as FileSystem;

/** The content of a file that the interpreter sees. Throws if it can't be read. */
export function readFile(pyodide: PyodideAPI, path: string): Uint8Array {
  return filesOf(pyodide).readFile(path);
}

/** The files of packages that were installed into an interpreter's memory. */
export function packageFiles(pyodide: PyodideAPI): ImageFile[] {
  const FS = filesOf(pyodide);
  const all: ImageFile[] = [];
  const look = (path: string, { mode, contents }: Node, isTop: boolean) => {
    if (contents === undefined) return;
    if (FS.isFile(mode)) all.push({ path, bytes: FS.readFile(path), isOutside: false });
    if (!FS.isDir(mode)) return;
    for (const [name, node] of Object.entries(contents ?? {})) {
      if (name !== LEFT_OUT && !(isTop && name === OWN)) look(`${path}/${name}`, node, false);
    }
  };
  for (const folder of [sitePackagesOf(pyodide), LIBRARIES]) {
    const node = nodeAt(FS, folder);
    if (node) look(folder, node, true);
  }
  return all;
}

function nodeAt(FS: FileSystem, path: string): Node | undefined {
  try {
    return FS.lookupPath(path).node;
  } catch {
    return undefined;
  }
}

/** Writes files into an interpreter's file system. */
export function writeFiles(pyodide: PyodideAPI, files: readonly ImageFile[]): void {
  const FS = filesOf(pyodide);
  let made = "";
  for (const { path, bytes, isOutside } of files) {
    if (isOutside) continue;
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (folder !== made) FS.mkdirTree(folder);
    made = folder;
    // The file gets a copy, because the program may change it, and the image is for other interpreters too.
    FS.writeFile(path, bytes.slice(), { canOwn: true });
  }
}
