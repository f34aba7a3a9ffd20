// Packages for one run: first those that the options name, before the program begins; then those that it imports, when
// the program's thread asks for them.

import { cacheFolder } from "../system/cache-folder.js";
import { UsageError } from "../system/errors.js";
import { Distribution } from "./distribution.js";
import { isURL } from "./download.js";
import type { Getter } from "./getter.js";
import { DownloadLine } from "./progress.js";
import { Store } from "./store.js";

const PUBLIC_INDEX = "https://pypi.org/simple/";

export interface PackageOptions {
  /** Requirements. */
  readonly package?: readonly string[];
  /** Files or URLs of wheels. */
  readonly wheel?: readonly string[];
  /** Files of requirements. */
  readonly requirements?: readonly string[];
  /** The URL of an index. */
  readonly index?: string;
  /** The folder of the Pyodide to run with. */
  readonly pyodide?: string;
}

/** A module, and what imports it: "app.py:3 imports"; or a requirement or a wheel's URL, and who asks for it. */
export type Wanted = readonly [what: string, by: string, isImport: boolean];

/** A folder for Python's path and ""; or what was wanted and the reason why it can't be had. */
export type Provided = readonly [place: string, failure: string];

export class Provider {
  readonly #distribution: Distribution;
  readonly #store: Store;
  readonly #line: DownloadLine;
  readonly #load: () => Promise<Getter>;
  #getter: Promise<Getter> | undefined;
  #folders: readonly string[] = [];

  private constructor(distribution: Distribution, store: Store, line: DownloadLine, index: string | undefined) {
    this.#distribution = distribution;
    this.#store = store;
    this.#line = line;
    this.#load = async () => new (await import("./getter.js")).Getter(distribution, store, index);
  }

  /** Gets the packages that the options name. `terminal` shows downloads. Throws UsageError if one of them can't be had. */
  static async begin(
    options: PackageOptions,
    environment: NodeJS.ProcessEnv,
    terminal: { write(text: string): unknown } | undefined,
  ): Promise<Provider> {
    const distribution = await Distribution.read(environment.PYHEAP_PACKAGES || undefined, options.pyodide);
    const line = new DownloadLine(terminal);
    const store = new Store(cacheFolder("packages", environment), (archive) => line.follow(archive));
    const url = options.index ?? (distribution.isLocal ? undefined : environment.PIP_INDEX_URL || PUBLIC_INDEX);
    if (url !== undefined && !isURL(url)) throw new UsageError(`Cannot use ${url} as an index: it is not a URL`);
    const provider = new Provider(distribution, store, line, url);
    const isNamed = [options.package, options.wheel, options.requirements].some((names) => names !== undefined);
    if (isNamed) await provider.#getNamed(options);
    return provider;
  }

  /** Folders of the packages that the options name. */
  get folders(): readonly string[] {
    return this.#folders;
  }

  /** The folder with the packages, which the program must be able to read. */
  get seen(): string {
    return this.#store.folder;
  }

  /** Modules that packages offer. */
  get offered(): string[] {
    return this.#distribution.imports;
  }

  async #getNamed(options: PackageOptions): Promise<void> {
    try {
      this.#folders = await (await this.#gets()).getNamed(options);
    } finally {
      this.#line.clear();
    }
  }

  /** Gets the packages that are wanted. */
  async provide(wanted: readonly Wanted[]): Promise<Provided[]> {
    try {
      return await this.#get(wanted);
    } catch {
      // One of them can't be had. So each is tried alone: then the others are found, and the message names the right one.
      const provided: Provided[] = [];
      for (const each of wanted) {
        const failed = (error: Error): Provided[] => [[each[0], error.message]];
        provided.push(...(await this.#get([each]).catch(failed)));
      }
      return provided;
    } finally {
      this.#line.clear();
    }
  }

  async #get(wanted: readonly Wanted[]): Promise<Provided[]> {
    const folders = await (await this.#gets()).getWanted(wanted);
    return folders.map((folder) => [folder, ""]);
  }

  #gets(): Promise<Getter> {
    this.#getter ??= this.#load();
    return this.#getter;
  }
}
