// Unpacked packages on this machine, which later runs use again.
//
//   packages/numpy-2.4.6-a292c1f5d7d8a220/site-packages/numpy/...      the version and the hash of what was unpacked
//
// A folder with such a name is complete, because it gets its name last. So two commands at the same time, or one that
// is interrupted, do no harm.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { download, type Progress } from "./download.js";
import { PackageError, whyOf } from "./package-error.js";

/** A wheel, or an archive of shared libraries. */
export interface Archive {
  readonly name: string;
  readonly version: string;
  readonly url: string;
  /** In hexadecimal; undefined if it is not known. */
  readonly sha256: string | undefined;
}

const INSIDE = "site-packages";

export class Store {
  readonly #wished: string;
  readonly #progress: (archive: Archive) => Progress;
  #folder: string | undefined;

  /** `progress` is called for each download, and returns the function that takes its progress. */
  constructor(folder: string, progress: (archive: Archive) => Progress) {
    this.#wished = folder;
    this.#progress = progress;
  }

  /**
   * The folder with the packages: the wished one, or, if nothing can be written there, a folder that is deleted when
   * the command ends.
   */
  get folder(): string {
    this.#folder ??= this.#make();
    return this.#folder;
  }

  #make(): string {
    try {
      mkdirSync(this.#wished, { recursive: true });
      // Only an attempt to write tells whether the folder can be written to.
      rmdirSync(mkdtempSync(join(this.#wished, ".")));
      return this.#wished;
    } catch {
      const folder = mkdtempSync(join(tmpdir(), "pyheap-packages-"));
      process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
      return folder;
    }
  }

  #pathOf({ name, version }: Archive, sha256: string): string {
    const readable = `${name}-${version}`.replace(/[^\w.+-]/g, "_");
    return join(this.folder, `${readable}-${sha256.slice(0, 16)}`);
  }

  /** The folder in which an archive is unpacked. Throws PackageError, whose message is only the reason. */
  async unpacked(archive: Archive): Promise<string> {
    if (archive.sha256 !== undefined) {
      const path = this.#pathOf(archive, archive.sha256);
      if (existsSync(path)) return join(path, INSIDE);
    }
    const { bytes } = await download(archive.url, "*/*", this.#progress(archive));
    // Most runs unpack nothing, and this takes long to load.
    const { createHash } = await import("node:crypto");
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (archive.sha256 !== undefined && sha256 !== archive.sha256.toLowerCase()) {
      throw new PackageError(`its SHA-256 is ${sha256}, and should be ${archive.sha256}`);
    }
    const path = this.#pathOf(archive, sha256);
    if (!existsSync(path)) await this.#unpack(bytes, path);
    return join(path, INSIDE);
  }

  async #unpack(bytes: Uint8Array, path: string): Promise<void> {
    const files = await filesIn(bytes);
    let draft: string | undefined;
    try {
      draft = mkdtempSync(join(this.folder, "."));
      const whole = join(draft, "whole");
      for (const [name, content] of files) {
        const file = join(whole, INSIDE, name);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      mkdirSync(join(whole, INSIDE), { recursive: true });
      mergeData(join(whole, INSIDE));
      renameSync(whole, path);
    } catch (error) {
      // If the folder is there now, another command has unpacked the same archive.
      if (!existsSync(path)) throw new PackageError(`it can't be unpacked: ${whyOf(error)}`);
    } finally {
      if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
    }
  }
}

/** The files of an archive by their paths in it. No path leads out of the archive. */
async function filesIn(bytes: Uint8Array): Promise<(readonly [string, Uint8Array])[]> {
  const { unzipSync } = await import("fflate");
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes);
  } catch (error) {
    throw new PackageError(`it is not an archive that can be unpacked: ${whyOf(error)}`);
  }
  return Object.entries(files)
    .filter(([name]) => !name.endsWith("/"))
    .map(([name, content]) => {
      const path = normalize(name.replaceAll("\\", "/"));
      if (path.startsWith("/") || path.split(/[\\/]/).includes("..") || /^[a-z]:/i.test(path)) {
        throw new PackageError(`it has a file outside of its own folder: ${name}`);
      }
      return [path, content] as const;
    });
}

/** Adds the modules that a wheel has beside its packages: name-version.data/purelib and platlib. */
function mergeData(folder: string): void {
  for (const data of readdirSync(folder).filter((name) => name.endsWith(".data"))) {
    for (const kind of ["purelib", "platlib"]) {
      const from = join(folder, data, kind);
      if (!existsSync(from)) continue;
      cpSync(from, folder, { recursive: true });
      rmSync(from, { recursive: true });
    }
  }
}
