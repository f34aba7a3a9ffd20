// Emscripten's file systems, which Pyodide uses: types, numbers and errors, as far as they are needed here.

import type { PyodideAPI } from "pyodide";

export type FileSystem = PyodideAPI["FS"];

/** A file, folder or link that the program has looked up. */
export interface Node {
  parent: Node;
  name: string;
  mode: number;
  node_ops: NodeOperations;
  stream_ops: StreamOperations;
  /** The entries of a folder in memory. */
  contents?: Record<string, Node>;
}

/** An open file. */
export interface Stream {
  readonly node: Node;
  readonly flags: number;
  seekable: boolean;
  position: number;
  readonly shared: { refcount?: number };
  /** The machine's descriptor, if the file is the machine's. */
  nfd?: number;
}

/** The result of stat. Only the milliseconds of times are used; they may have a fraction. */
export interface Attributes {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly rdev: number;
  readonly size: number;
  readonly atime: Time;
  readonly mtime: Time;
  readonly ctime: Time;
  readonly blksize: number;
  readonly blocks: number;
}

export interface Time {
  getTime(): number;
}

export interface Change {
  readonly mode?: number;
  readonly atime?: number | null;
  readonly mtime?: number | null;
  readonly size?: number;
  readonly dontFollow?: boolean;
}

export interface NodeOperations {
  getattr(node: Node): Attributes;
  setattr(node: Node, change: Change): void;
  lookup(parent: Node, name: string): Node;
  mknod(parent: Node, name: string, mode: number, device: number): Node;
  rename(node: Node, parent: Node, name: string): void;
  unlink(parent: Node, name: string): void;
  rmdir(parent: Node, name: string): void;
  readdir(node: Node): string[];
  symlink(parent: Node, name: string, target: string): Node | undefined;
  readlink(node: Node): string;
}

export interface StreamOperations {
  getattr(stream: Stream): Attributes;
  setattr(stream: Stream, change: Change): void;
  open(stream: Stream): void;
  close(stream: Stream): void;
  dup(stream: Stream): void;
  read(stream: Stream, into: Uint8Array, offset: number, length: number, position: number): number;
  write(stream: Stream, from: Uint8Array, offset: number, length: number, position: number): number;
  llseek(stream: Stream, offset: number, whence: number): number;
}

interface NodeFiles {
  readonly stream_ops: StreamOperations;
  /** Emscripten's number for an error of Node.js, by the error's name. */
  convertNodeCode(error: { code: string }): number | undefined;
}

/** Emscripten calls these functions by their names in the object, so replacing one replaces it everywhere. */
export interface EmscriptenFiles {
  readonly filesystems: { readonly NODEFS: NodeFiles };
  readonly ErrnoError: new (errno: number) => Error & { readonly errno: number };
  readonly root: Node;
  createNode(parent: Node, name: string, mode: number): Node;
  destroyNode(node: Node): void;
  lookupNode(parent: Node, name: string): Node;
  lookupPath(path: string, options?: { follow?: boolean; parent?: boolean }): { path: string; node: Node };
  nodePermissions(node: Node, wanted: string): number;
  open(path: string | Node, flags: string | number, mode?: number): Stream;
  getStreamChecked(fd: number): Stream;
  ftruncate(fd: number, length: number): void;
  statfsNode(node: Node): object;
  rename(from: string, to: string): void;
  chdir(path: string): void;
  rmdir(path: string): void;
  mkdirTree(path: string): void;
  /** Shows the machine's folder `root` at a path. */
  mount(type: NodeFiles, options: { readonly root: string }, path: string): Node;
}

/** The error that a program sees for an error of Node.js with this name, such as ENOENT. */
export function errorOf({ ErrnoError, filesystems }: EmscriptenFiles, code: string): Error {
  return new ErrnoError(filesystems.NODEFS.convertNodeCode({ code }) ?? ERRNO.EIO);
}

/** Emscripten's numbers of errors, which are those of WASI. */
export const ERRNO = {
  EACCES: 2,
  EBUSY: 10,
  EEXIST: 20,
  EIO: 29,
  EINVAL: 28,
  ENOENT: 44,
  EROFS: 69,
  ESPIPE: 70,
  EXDEV: 75,
} as const;

export const MODE = { type: 0o170000, folder: 0o040000, file: 0o100000, device: 0o020000 } as const;

export const isFolder = (mode: number) => (mode & MODE.type) === MODE.folder;
export const isFile = (mode: number) => (mode & MODE.type) === MODE.file;
