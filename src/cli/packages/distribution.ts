// The packages that are made for an interpreter: those that its lock file lists, and the wheels beside that file.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { UsageError } from "../system/errors.js";
import { ownPyodide } from "../system/own-pyodide.js";
import { download, isURL } from "./download.js";
import { PackageError, whyOf } from "./package-error.js";
import type { Archive } from "./store.js";
import { fit, type Interpreter, normalized, parseWheelName } from "./wheel-name.js";

const LOCK_FILE = "pyodide-lock.json";
/** The URL at which Pyodide publishes the packages of a version. */
const PUBLIC = (version: string) => `https://cdn.jsdelivr.net/pyodide/v${version}/full/`;

/** The fields of a package in a lock file that are used. */
interface Entry {
  readonly name: string;
  readonly version: string;
  readonly file_name: string;
  readonly sha256: string;
  readonly depends: readonly string[];
  readonly imports: readonly string[];
}

interface LockFile {
  readonly info: { readonly python: string; readonly platform: string; readonly abi_version?: string };
  readonly packages: Readonly<Record<string, Entry>>;
}

/** A package that was found. */
export interface Found {
  readonly archive: Archive;
  /** The packages that it needs according to a lock file; undefined if only the package's own metadata has them. */
  readonly depends: readonly string[] | undefined;
}

export class Distribution {
  readonly interpreter: Interpreter;
  /** Whether all packages are on this machine, so that no other place may be asked. */
  readonly isLocal: boolean;
  readonly #byName = new Map<string, Found>();
  readonly #byImport = new Map<string, string>();
  /** The wheels in the folder, by the names of their packages. */
  readonly #wheels = new Map<string, Archive[]>();

  private constructor({ info, packages }: LockFile, base: string) {
    const { python, platform, abi_version: abi } = info;
    const abis = abi === undefined ? [] : [`pyemscripten_${abi}_wasm32`, `pyodide_${abi}_wasm32`];
    this.interpreter = { python, platforms: [...abis, `${platform}_wasm32`] };
    this.isLocal = base.startsWith("file:");
    for (const entry of Object.values(packages)) {
      const { version, depends, imports, sha256 } = entry;
      const name = normalized(entry.name);
      const url = new URL(entry.file_name, base).href;
      this.#byName.set(name, { archive: { name, version, url, sha256 }, depends });
      for (const each of imports) this.#byImport.set(each, name);
    }
  }

  /**
   * Reads the list of packages in a place, which is a folder or a URL; without a place, that of Pyodide's publisher.
   * `pyodide` is the folder of another Pyodide than the one that comes with pyheap. Throws UsageError if the list can't be
   * read.
   */
  static async read(place: string | undefined, pyodide?: string): Promise<Distribution> {
    const own = (name: string) => JSON.parse(ownFile(name, pyodide)) as unknown;
    const ownLockFile = () => own(LOCK_FILE) as LockFile;
    if (place === undefined) return new Distribution(ownLockFile(), PUBLIC((own("package.json") as Package).version));
    const base = isURL(place) ? place.replace(/\/*$/, "/") : pathToFileURL(`${resolve(place)}/`).href;
    const isFolder = base.startsWith("file:");
    const folder = isFolder ? fileURLToPath(base) : "";
    if (isFolder && !existsSync(folder))
      throw new UsageError(`Cannot find packages in ${place}: there is no such folder`);
    const isListed = !isFolder || existsSync(join(folder, LOCK_FILE));
    const lockFile = isListed
      ? await readLockFile(place, new URL(LOCK_FILE, base).href)
      : { ...ownLockFile(), packages: {} };
    const distribution = new Distribution(lockFile, base);
    if (isFolder) distribution.#addWheels(folder);
    return distribution;
  }

  #addWheels(folder: string): void {
    for (const file of readdirSync(folder)) {
      const wheel = parseWheelName(file);
      if (!wheel || fit(wheel, this.interpreter) === 0) continue;
      const { name, version } = wheel;
      const archive = { name, version, url: pathToFileURL(join(folder, file)).href, sha256: undefined };
      this.#wheels.set(name, [...(this.#wheels.get(name) ?? []), archive]);
      const module = name.replaceAll("-", "_");
      if (!this.#byImport.has(module)) this.#byImport.set(module, name);
    }
  }

  /** The names of modules that packages here have. */
  get imports(): string[] {
    return [...this.#byImport.keys()];
  }

  /** The package that has a module. */
  packageOf(module: string): string | undefined {
    return this.#byImport.get(module);
  }

  /** All archives of a package; the one of the lock file comes first. */
  candidates(name: string): Found[] {
    const listed = this.#byName.get(name);
    const wheels = (this.#wheels.get(name) ?? []).filter(({ url }) => url !== listed?.archive.url);
    return [...(listed ? [listed] : []), ...wheels.map((archive) => ({ archive, depends: undefined }))];
  }
}

interface Package {
  readonly version: string;
}

/** A file of the Pyodide in a folder, or of the one that comes with pyheap. */
const ownFile = (name: string, folder?: string) =>
  readFileSync(folder === undefined ? ownPyodide(name) : join(folder, name), "utf8");

async function readLockFile(place: string, url: string): Promise<LockFile> {
  try {
    const { bytes } = await download(url, "application/json");
    const read = JSON.parse(Buffer.from(bytes).toString("utf8")) as Partial<LockFile>;
    const isWhole = Object.values(read.packages ?? {}).every(isEntry);
    if (!read.packages || typeof read.info?.python !== "string" || !isWhole)
      throw new PackageError("it is not a lock file of Pyodide");
    return read as LockFile;
  } catch (error) {
    throw new UsageError(`Cannot find packages in ${place}: ${LOCK_FILE} can't be read: ${whyOf(error)}`);
  }
}

function isEntry(entry: Entry | undefined): boolean {
  const texts = [entry?.name, entry?.version, entry?.file_name, entry?.sha256];
  return texts.every((text) => typeof text === "string") && [entry?.depends, entry?.imports].every(Array.isArray);
}
