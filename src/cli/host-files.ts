// The machine's files, as a file system for Emscripten. Each operation of the program is done directly on the machine's
// file, and the machine's own result or error is returned.
//
//   guest: /data/new/x.csv ── nodes, parent by parent ──> path outside ──> node:fs ──> its result, or its error by number
//
// It replaces Emscripten's own file system for Node, which does not support devices and pipes, ignores the umask,
// replaces a file in two steps, invents inode numbers, cuts times to milliseconds, and does not notice when a folder
// has become a file.

import fs from "node:fs";
import { dirname, join } from "node:path";
import {
  type Attributes,
  type Change,
  type EmscriptenFiles,
  ERRNO,
  errorOf,
  isFile,
  isFolder,
  MODE,
  type Node,
  type NodeOperations,
  type Stream,
  type StreamOperations,
} from "./emscripten-files.js";
import { contains, type Place } from "./places.js";

/** The flags of open: Emscripten's, which equal Linux's on most machines, and the machine's own. */
const FLAGS = [
  [0o1, fs.constants.O_WRONLY],
  [0o2, fs.constants.O_RDWR],
  [0o2000, fs.constants.O_APPEND],
  [0o10000, fs.constants.O_DSYNC],
  [0o4010000, fs.constants.O_SYNC],
  [0o4000, fs.constants.O_NONBLOCK],
  [0o200000, fs.constants.O_DIRECTORY],
] as const;
const CREATE = 0o100;
const EXCLUSIVE = 0o200;
const WRITES = 0o3;
/** The flag of statvfs for a file system that can only be read. */
const READ_ONLY = 1;

/** The place of all files that the program sees at their own paths. */
const EVERYTHING: Place = { guest: "/", host: "/", isReadOnly: false };

/** The machine's files in one interpreter. */
export class HostFiles {
  readonly #FS: EmscriptenFiles;
  readonly #nodeOperations: NodeOperations;
  readonly #overlayOperations: NodeOperations;
  readonly #streamOperations: StreamOperations;
  /** The names in an overlaid folder that never refer to the machine's files. */
  readonly #kept = new Map<Node, ReadonlySet<string>>();

  /** The folders that the options show to the program, inner folders first. */
  readonly #places: readonly Place[];

  /** The umask of the process. A thread can't set it, so the program's own is kept here. */
  readonly #outerUmask = process.umask();
  #umask = this.#outerUmask;

  constructor(FS: EmscriptenFiles, places: readonly Place[] = []) {
    this.#FS = FS;
    this.#places = [...places].sort((a, b) => b.guest.length - a.guest.length);
    this.#nodeOperations = this.#makeNodeOperations();
    this.#streamOperations = this.#makeStreamOperations();
    this.#overlayOperations = this.#makeOverlay(FS.root.node_ops);
    this.#replaceFunctions();
    // os.umask calls this.
    process.umask = (mask?: string | number) => {
      const before = this.#umask;
      if (mask !== undefined) this.#umask = Number(mask) & 0o777;
      return before;
    };
  }

  /**
   * Makes a folder in memory show the machine's folder of the same path as well. Entries in memory hide the machine's;
   * so do the names in `kept`, even before memory has them.
   */
  overlay(folder: Node, kept: readonly string[]): void {
    folder.node_ops = this.#overlayOperations;
    this.#kept.set(folder, new Set(kept));
  }

  /** Mounts places in folders in memory, and makes these folders. A place inside another place needs no folder. */
  showPlaces(): void {
    for (const place of [...this.#places].reverse()) {
      const { guest } = place;
      const isWithin = this.#places.some((other) => other !== place && contains(other.guest, guest));
      if (!isWithin) this.#showInMemory(guest);
    }
  }

  #showInMemory(guest: string): void {
    const FS = this.#FS;
    FS.mkdirTree(dirname(guest));
    const { node: parent } = FS.lookupPath(dirname(guest));
    const name = nameIn(guest);
    if (Object.hasOwn(parent.contents ?? {}, name)) FS.rmdir(guest);
    Object.assign(parent.contents ?? {}, { [name]: this.#create(parent, name, MODE.folder | 0o777) });
  }

  /** Whether a node is a file of the machine, or a folder that shows files of the machine. */
  #isOutside({ node_ops }: Node): boolean {
    return node_ops === this.#nodeOperations || node_ops === this.#overlayOperations;
  }

  /** The path at which the program sees a node. */
  #guest(node: Node): string {
    const parts: string[] = [];
    let at = node;
    for (; at.parent !== at; at = at.parent) parts.push(at.name);
    return join("/", ...parts.reverse());
  }

  #placeOf(guest: string): Place {
    return this.#places.find((place) => contains(place.guest, guest)) ?? EVERYTHING;
  }

  /** The path of a node on the machine. */
  #path(node: Node): string {
    const guest = this.#guest(node);
    const place = this.#placeOf(guest);
    return place === EVERYTHING ? guest : join(place.host, guest.slice(place.guest.length));
  }

  /** The place at the path of a folder's entry, if there is one. */
  #placeAt(parent: Node, name: string): Place | undefined {
    if (this.#places.length === 0) return undefined;
    const guest = join(this.#guest(parent), name);
    return this.#places.find((place) => place.guest === guest);
  }

  #refuseReadOnly(node: Node): void {
    if (this.#placeOf(this.#guest(node)).isReadOnly) throw this.#error(ERRNO.EROFS);
  }

  /** Calls a function that changes the entry of a folder. */
  #change<T>(parent: Node, name: string, ask: (path: string) => T): T {
    this.#refuseReadOnly(parent);
    if (this.#placeAt(parent, name)) throw this.#error(ERRNO.EBUSY);
    return this.#at(parent, (folder) => ask(join(folder, name)));
  }

  /** Calls a function of the machine. Its error becomes an error with Emscripten's number. */
  #try<T>(ask: () => T): T {
    try {
      return ask();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined) throw error;
      throw errorOf(this.#FS, code);
    }
  }

  #error(errno: number): Error {
    return new this.#FS.ErrnoError(errno);
  }

  /** Like #try, but passes the path of a node to the function. */
  #at<T>(node: Node, ask: (path: string) => T): T {
    return this.#try(() => ask(this.#path(node)));
  }

  #create(parent: Node, name: string, mode: number): Node {
    const node = this.#FS.createNode(parent, name, mode);
    node.node_ops = this.#nodeOperations;
    node.stream_ops = this.#streamOperations;
    return node;
  }

  #setattr(target: string | number, node: Node, change: Change): void {
    this.#refuseReadOnly(node);
    const { mode, atime, mtime, size } = change;
    this.#try(() => {
      if (mode !== undefined) {
        if (typeof target === "number") fs.fchmodSync(target, mode & 0o7777);
        else if (!change.dontFollow) fs.chmodSync(target, mode & 0o7777);
        else throw this.#error(ERRNO.EINVAL);
        node.mode = (node.mode & MODE.type) | (mode & 0o7777);
      }
      if (typeof (atime ?? mtime) === "number") {
        const now = typeof target === "number" ? fs.fstatSync(target) : fs.statSync(target);
        const times = [(atime ?? now.atimeMs) / 1000, (mtime ?? now.mtimeMs) / 1000] as const;
        if (typeof target === "number") fs.futimesSync(target, ...times);
        else fs.utimesSync(target, ...times);
      }
      if (size !== undefined) {
        if (typeof target === "number") fs.ftruncateSync(target, size);
        else fs.truncateSync(target, size);
      }
    });
  }

  #makeNodeOperations(): NodeOperations {
    return {
      getattr: (node) => this.#at(node, (path) => attributesOf(fs.lstatSync(path, { bigint: true }))),
      setattr: (node, change) => this.#setattr(this.#path(node), node, change),
      lookup: (parent, name) => {
        const place = this.#placeAt(parent, name);
        const path = (folder: string) => place?.host ?? join(folder, name);
        const stat = this.#at(parent, (folder) => fs.lstatSync(path(folder), { throwIfNoEntry: false }));
        if (!stat) throw this.#error(ERRNO.ENOENT);
        return this.#create(parent, name, stat.mode);
      },
      mknod: (parent, name, mode) => {
        if (!isFolder(mode) && !isFile(mode)) throw this.#error(ERRNO.EINVAL);
        this.#change(parent, name, (path) => {
          const permissions = mode & 0o7777 & ~this.#umask;
          if (isFolder(mode)) fs.mkdirSync(path, permissions);
          else fs.closeSync(fs.openSync(path, "wx", permissions));
          if (permissions & this.#outerUmask) fs.chmodSync(path, permissions);
        });
        return this.#create(parent, name, mode);
      },
      rename: (node, parent, name) => {
        this.#refuseReadOnly(node.parent);
        if (this.#placeAt(node.parent, node.name)) throw this.#error(ERRNO.EBUSY);
        this.#change(parent, name, (path) => fs.renameSync(this.#path(node), path));
        this.#forget(parent, name);
        node.name = name;
      },
      unlink: (parent, name) => this.#change(parent, name, fs.unlinkSync),
      rmdir: (parent, name) => this.#change(parent, name, (path) => fs.rmdirSync(path)),
      readdir: (node) => {
        const names = this.#at(node, (path) => fs.readdirSync(path));
        const others = [...Object.keys(node.contents ?? {}), ...this.#placesIn(node)];
        return others.length > 0 ? [...new Set([...others, ...names])] : names;
      },
      symlink: (parent, name, target) => {
        this.#change(parent, name, (path) => fs.symlinkSync(target, path));
        return undefined;
      },
      readlink: (node) => this.#at(node, (path) => fs.readlinkSync(path)),
    };
  }

  /** The names of places in a folder. */
  #placesIn(folder: Node): string[] {
    if (this.#places.length === 0) return [];
    const guest = this.#guest(folder);
    return this.#places.filter((place) => dirname(place.guest) === guest).map((place) => nameIn(place.guest));
  }

  /** Forgets the node of a name, because the name may refer to another file now. */
  #forget(parent: Node, name: string): void {
    try {
      this.#FS.destroyNode(this.#FS.lookupNode(parent, name));
    } catch {
      // There is no such node.
    }
  }

  #makeOverlay(inMemory: NodeOperations): NodeOperations {
    const outside = this.#nodeOperations;
    const isInMemory = ({ contents = {} }: Node, name: string) =>
      Object.hasOwn(contents, name) && contents[name]?.node_ops !== outside;
    const serves = (parent: Node, name: string) => {
      const isOurs = isInMemory(parent, name) || this.#kept.get(parent)?.has(name);
      return isOurs ? inMemory : outside;
    };
    return {
      ...outside,
      getattr: (node) => inMemory.getattr(node),
      setattr: (node, change) => inMemory.setattr(node, change),
      lookup: (parent, name) => serves(parent, name).lookup(parent, name),
      mknod: (parent, name, mode, device) =>
        ((mode & MODE.type) === MODE.device ? inMemory : serves(parent, name)).mknod(parent, name, mode, device),
      unlink: (parent, name) => serves(parent, name).unlink(parent, name),
      rmdir: (parent, name) => serves(parent, name).rmdir(parent, name),
      readdir: (node) =>
        outside.readdir(node).filter((name) => isInMemory(node, name) || serves(node, name) === outside),
      symlink: (parent, name, target) => serves(parent, name).symlink(parent, name, target),
    };
  }

  #makeStreamOperations(): StreamOperations {
    const { NODEFS } = this.#FS.filesystems;
    const descriptor = ({ nfd }: Stream) => nfd ?? -1;
    return {
      ...NODEFS.stream_ops,
      getattr: (stream) => this.#try(() => attributesOf(fs.fstatSync(descriptor(stream), { bigint: true }))),
      setattr: (stream, change) => this.#setattr(descriptor(stream), stream.node, change),
      open: (stream) => {
        const flags = FLAGS.reduce((all, [theirs, ours]) => ((stream.flags & theirs) === theirs ? all | ours : all), 0);
        if (stream.flags & WRITES) this.#refuseReadOnly(stream.node);
        stream.nfd = this.#at(stream.node, (path) => fs.openSync(path, flags));
        stream.shared.refcount = 1;
        const { mode } = stream.node;
        if (!isFile(mode) && !isFolder(mode)) stream.seekable = false;
      },
      read: (stream, into, offset, length, position) =>
        this.#try(() => fs.readSync(descriptor(stream), into, offset, length, stream.seekable ? position : null)),
      write: (stream, from, offset, length, position) =>
        this.#try(() => fs.writeSync(descriptor(stream), from, offset, length, stream.seekable ? position : null)),
    };
  }

  /** Replaces those functions of Emscripten that decide something before they ask a file system. */
  #replaceFunctions(): void {
    const FS = this.#FS;
    const { lookupNode, nodePermissions, open, ftruncate, statfsNode, rename } = FS;
    // Since the last look-up, a file may have become a folder, or may have been removed.
    FS.lookupNode = (parent, name) => {
      const node = lookupNode.call(FS, parent, name);
      if (node.node_ops !== this.#nodeOperations) return node;
      const mode = this.#at(node, (path) => fs.lstatSync(path, { throwIfNoEntry: false })?.mode);
      if (mode === undefined || (mode & MODE.type) !== (node.mode & MODE.type)) {
        FS.destroyNode(node);
        return lookupNode.call(FS, parent, name);
      }
      node.mode = mode;
      return node;
    };
    FS.nodePermissions = (node, wanted) => {
      // For folders on the way to a file, the machine checks permissions when the file itself is accessed.
      if (node.node_ops !== this.#nodeOperations || (wanted === "x" && isFolder(node.mode))) {
        return nodePermissions.call(FS, node, wanted);
      }
      if (wanted.includes("w") && this.#placeOf(this.#guest(node)).isReadOnly) return ERRNO.EROFS;
      return this.#permits(node, wanted);
    };
    FS.open = (path, flags, mode = 0o666) => {
      const ask = () => open.call(FS, path, flags, mode & ~this.#umask);
      try {
        return ask();
      } catch (error) {
        // Another process created the file after Emscripten had looked it up.
        const isCreated = typeof flags === "number" && (flags & (CREATE | EXCLUSIVE)) === CREATE;
        if (!isCreated || (error as { errno?: number }).errno !== ERRNO.EEXIST) throw error;
        return ask();
      }
    };
    // For an open file, neither its name nor its permissions matter.
    FS.ftruncate = (fd, length) => {
      const stream = FS.getStreamChecked(fd);
      if (stream.nfd === undefined) ftruncate.call(FS, fd, length);
      else this.#setattr(stream.nfd, stream.node, { size: length });
    };
    FS.statfsNode = (node) => {
      if (node.node_ops !== this.#nodeOperations) return statfsNode.call(FS, node);
      const { bsize, ...rest } = this.#at(node, (path) => fs.statfsSync(path));
      const flags = this.#placeOf(this.#guest(node)).isReadOnly ? READ_ONLY : 0;
      return { ...rest, bsize, frsize: bsize, fsid: 0, flags, namelen: 255 };
    };
    // The memory, the machine and each place count as different devices, so a file can't be renamed from one to another.
    FS.rename = (from, to) => {
      const [there, here] = [from, to].map((path) => FS.lookupPath(path, { parent: true }).node) as [Node, Node];
      const node = FS.lookupNode(there, nameIn(from));
      const isOne = (node.node_ops === this.#nodeOperations) === this.#isOutside(here);
      const [first, second] = [there, here].map((folder) => this.#placeOf(this.#guest(folder)));
      if (!isOne || first !== second) throw this.#error(ERRNO.EXDEV);
      rename.call(FS, from, to);
    };
  }

  #permits(node: Node, wanted: string): number {
    const { R_OK, W_OK, X_OK } = fs.constants;
    const asked = [...wanted].reduce((all, letter) => all | ({ r: R_OK, w: W_OK, x: X_OK }[letter] ?? 0), 0);
    try {
      this.#at(node, (path) => fs.accessSync(path, asked));
      return 0;
    } catch (error) {
      const { errno = ERRNO.EACCES } = error as { errno?: number };
      // An open file may have been renamed or removed.
      return errno === ERRNO.ENOENT ? 0 : errno;
    }
  }
}

const nameIn = (path: string) => path.replace(/\/+$/, "").replace(/^.*\//, "");

function attributesOf(stat: fs.BigIntStats): Attributes {
  const time = (nanoseconds: bigint) => ({ getTime: () => Number(nanoseconds) / 1e6 });
  return {
    ...{ dev: Number(stat.dev), ino: Number(stat.ino), mode: Number(stat.mode), nlink: Number(stat.nlink) },
    ...{ uid: Number(stat.uid), gid: Number(stat.gid), rdev: Number(stat.rdev), size: Number(stat.size) },
    ...{ atime: time(stat.atimeNs), mtime: time(stat.mtimeNs), ctime: time(stat.ctimeNs) },
    ...{ blksize: Number(stat.blksize), blocks: Number(stat.blocks) },
  };
}
