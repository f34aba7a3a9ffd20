// The machine's files, as a file system of Emscripten's: what a program does to one is done outside, with the machine's own answer.
//
//   guest: /data/new/x.csv ── nodes, parent by parent ──> path outside ──> node:fs ──> its result, or its error by number
//
// Emscripten's own file system for Node knows no devices and pipes, forgets the umask, replaces a file in two steps, numbers files itself,
// cuts times to milliseconds, and takes for a folder what was one once.

import fs from "node:fs";
import { join } from "node:path";
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

/** Emscripten's flags of open, which are Linux's on most machines, and the machine's own. */
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

/** The machine's files in one interpreter. */
export class HostFiles {
  readonly #FS: EmscriptenFiles;
  readonly #nodeOperations: NodeOperations;
  readonly #overlayOperations: NodeOperations;
  readonly #streamOperations: StreamOperations;
  /** The names in an overlaid folder that are never the machine's. */
  readonly #kept = new Map<Node, ReadonlySet<string>>();

  /** The process has one umask, which a thread can't set. */
  readonly #outerUmask = process.umask();
  #umask = this.#outerUmask;

  constructor(FS: EmscriptenFiles) {
    this.#FS = FS;
    this.#nodeOperations = this.#makeNodeOperations();
    this.#streamOperations = this.#makeStreamOperations();
    this.#overlayOperations = this.#makeOverlay(FS.root.node_ops);
    this.#replaceFunctions();
    // os.umask comes here.
    process.umask = (mask?: string | number) => {
      const before = this.#umask;
      if (mask !== undefined) this.#umask = Number(mask) & 0o777;
      return before;
    };
  }

  /** From now on a folder in memory shows the machine's folder of that path as well; memory comes first, for `kept` also before it has any. */
  overlay(folder: Node, kept: readonly string[]): void {
    folder.node_ops = this.#overlayOperations;
    this.#kept.set(folder, new Set(kept));
  }

  /** Whether a node is a file of the machine, or a folder in which there are some. */
  #isOutside({ node_ops }: Node): boolean {
    return node_ops === this.#nodeOperations || node_ops === this.#overlayOperations;
  }

  /** Where a node lies outside. */
  #path(node: Node): string {
    const parts: string[] = [];
    let at = node;
    for (; at.parent !== at; at = at.parent) parts.push(at.name);
    return join("/", ...parts.reverse());
  }

  /** What the machine answers, or its error by Emscripten's number. */
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

  /** As #try, of where a node lies. */
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
        const stat = this.#at(parent, (folder) => fs.lstatSync(join(folder, name), { throwIfNoEntry: false }));
        if (!stat) throw this.#error(ERRNO.ENOENT);
        return this.#create(parent, name, stat.mode);
      },
      mknod: (parent, name, mode) => {
        if (!isFolder(mode) && !isFile(mode)) throw this.#error(ERRNO.EINVAL);
        this.#at(parent, (folder) => {
          const path = join(folder, name);
          const permissions = mode & 0o7777 & ~this.#umask;
          if (isFolder(mode)) fs.mkdirSync(path, permissions);
          else fs.closeSync(fs.openSync(path, "wx", permissions));
          if (permissions & this.#outerUmask) fs.chmodSync(path, permissions);
        });
        return this.#create(parent, name, mode);
      },
      rename: (node, parent, name) => {
        this.#at(parent, (folder) => fs.renameSync(this.#path(node), join(folder, name)));
        this.#forget(parent, name);
        node.name = name;
      },
      unlink: (parent, name) => this.#at(parent, (folder) => fs.unlinkSync(join(folder, name))),
      rmdir: (parent, name) => this.#at(parent, (folder) => fs.rmdirSync(join(folder, name))),
      readdir: (node) => {
        const names = this.#at(node, (path) => fs.readdirSync(path));
        return node.contents ? [...new Set([...Object.keys(node.contents), ...names])] : names;
      },
      symlink: (parent, name, target) => {
        this.#at(parent, (folder) => fs.symlinkSync(target, join(folder, name)));
        return undefined;
      },
      readlink: (node) => this.#at(node, (path) => fs.readlinkSync(path)),
    };
  }

  /** The name may stand for another file now. */
  #forget(parent: Node, name: string): void {
    try {
      this.#FS.destroyNode(this.#FS.lookupNode(parent, name));
    } catch {
      // It stands for none.
    }
  }

  #makeOverlay(inMemory: NodeOperations): NodeOperations {
    const outside = this.#nodeOperations;
    const isInMemory = ({ contents = {} }: Node, name: string) => Object.hasOwn(contents, name);
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

  /** Functions of Emscripten's that decide before a file system is asked. */
  #replaceFunctions(): void {
    const FS = this.#FS;
    const { lookupNode, nodePermissions, open, ftruncate, statfsNode, rename } = FS;
    // A file may have become a folder since it was named last, or have gone.
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
      // Of a folder on the way, the machine is asked with the file.
      if (node.node_ops !== this.#nodeOperations || (wanted === "x" && isFolder(node.mode))) {
        return nodePermissions.call(FS, node, wanted);
      }
      return this.#permits(node, wanted);
    };
    FS.open = (path, flags, mode = 0o666) => {
      const ask = () => open.call(FS, path, flags, mode & ~this.#umask);
      try {
        return ask();
      } catch (error) {
        // Somebody else created it between the question and the answer.
        const isCreated = typeof flags === "number" && (flags & (CREATE | EXCLUSIVE)) === CREATE;
        if (!isCreated || (error as { errno?: number }).errno !== ERRNO.EEXIST) throw error;
        return ask();
      }
    };
    // Neither name nor permissions count for a file that is open.
    FS.ftruncate = (fd, length) => {
      const stream = FS.getStreamChecked(fd);
      if (stream.nfd === undefined) ftruncate.call(FS, fd, length);
      else this.#setattr(stream.nfd, stream.node, { size: length });
    };
    FS.statfsNode = (node) => {
      if (node.node_ops !== this.#nodeOperations) return statfsNode.call(FS, node);
      const { bsize, ...rest } = this.#at(node, (path) => fs.statfsSync(path));
      return { ...rest, bsize, frsize: bsize, fsid: 0, flags: 0, namelen: 255 };
    };
    // Memory and the machine are two devices.
    FS.rename = (from, to) => {
      const [there, here] = [from, to].map((path) => FS.lookupPath(path, { parent: true }).node) as [Node, Node];
      const node = FS.lookupNode(there, nameIn(from));
      if ((node.node_ops === this.#nodeOperations) !== this.#isOutside(here)) throw this.#error(ERRNO.EXDEV);
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
      // A file that is open can have lost its name.
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
