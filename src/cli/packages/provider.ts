// Packages for one run: first those that the options name, before the program begins; then those that it imports, when
// the program's thread asks for them.

import { cacheFolder } from "../system/cache-folder.js";
import { UsageError } from "../system/errors.js";
import { Distribution } from "./distribution.js";
import { isURL } from "./download.js";
import { PackageError } from "./package-error.js";
import { Packages } from "./packages.js";
import { DownloadLine } from "./progress.js";
import { parseRequirement } from "./requirement.js";
import { type Asked, readRequirements, wheelAsked } from "./requirements-file.js";
import { PUBLIC_INDEX, SimpleIndex } from "./simple-index.js";
import { Store } from "./store.js";

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

/** A folder for Python's path and ""; or a module and the reason why it can't be had. */
export type Provided = readonly [place: string, failure: string];

export class Provider {
  readonly #packages: Packages;
  readonly #store: Store;
  readonly #line: DownloadLine;
  /** Folders of the packages that the options name. */
  readonly folders: readonly string[];

  private constructor(packages: Packages, store: Store, line: DownloadLine, folders: readonly string[]) {
    this.#packages = packages;
    this.#store = store;
    this.#line = line;
    this.folders = folders;
  }

  /** Throws UsageError if a package that the options name can't be had. `terminal` shows downloads. */
  static async begin(
    options: PackageOptions,
    environment: NodeJS.ProcessEnv,
    terminal: { write(text: string): unknown } | undefined,
  ): Promise<Provider> {
    const asked = askedBy(options);
    const distribution = await Distribution.read(environment.PYHEAP_PACKAGES || undefined, options.pyodide);
    const line = new DownloadLine(terminal);
    const store = new Store(cacheFolder("packages", environment), (archive) => line.follow(archive));
    const url = options.index ?? (distribution.isLocal ? undefined : environment.PIP_INDEX_URL || PUBLIC_INDEX);
    if (url !== undefined && !isURL(url)) throw new UsageError(`Cannot use ${url} as an index: it is not a URL`);
    const packages = new Packages(distribution, store, url === undefined ? undefined : new SimpleIndex(url));
    try {
      return new Provider(packages, store, line, await packages.get(asked));
    } catch (error) {
      throw error instanceof PackageError ? new UsageError(error.message) : error;
    } finally {
      line.clear();
    }
  }

  /** The folder with the packages, which the program must be able to read. */
  get seen(): string {
    return this.#store.folder;
  }

  /** Modules that packages offer. */
  get offered(): string[] {
    return this.#packages.distribution.imports;
  }

  /** Gets the packages that are wanted. */
  async provide(wanted: readonly Wanted[]): Promise<Provided[]> {
    try {
      return await this.#get(wanted);
    } catch {
      // One of them can't be had. Each is tried alone: so the others are there, and the message names the right one.
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
    const asked = wanted.map(([what, by, isImport]): Asked => {
      const why = `which ${by}`;
      if (!isImport) return isURL(what) ? wheelAsked(what, why) : [parseRequirement(what), why];
      return [parseRequirement(this.#packages.distribution.packageOf(what) ?? what), why];
    });
    const folders = await this.#packages.get(asked);
    return folders.map((folder) => [folder, ""]);
  }
}

function askedBy({ package: names = [], wheel = [], requirements = [] }: PackageOptions): Asked[] {
  const named = names.map((name): Asked => {
    try {
      return [parseRequirement(name), "which --package asks for"];
    } catch (error) {
      throw new UsageError(`Cannot load --package ${name}: ${(error as Error).message}`);
    }
  });
  const wheels = wheel.map((place) => wheelAsked(place, "which --wheel asks for"));
  return [...wheels, ...named, ...requirements.flatMap((file) => readRequirements(file))];
}
