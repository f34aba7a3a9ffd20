// Gets packages for one run. This is loaded when a package is asked for: most programs need none.

import { UsageError } from "../system/errors.js";
import type { Distribution } from "./distribution.js";
import { isURL } from "./download.js";
import { PackageError } from "./package-error.js";
import { Packages } from "./packages.js";
import type { PackageOptions, Wanted } from "./provider.js";
import { parseRequirement } from "./requirement.js";
import { type Asked, readRequirements, wheelAsked } from "./requirements-file.js";
import { SimpleIndex } from "./simple-index.js";
import type { Store } from "./store.js";

export class Getter {
  readonly #packages: Packages;

  /** `index` is the URL of an index of packages; without one, only packages of the distribution, and those with a URL, can be had. */
  constructor(distribution: Distribution, store: Store, index: string | undefined) {
    this.#packages = new Packages(distribution, store, index === undefined ? undefined : new SimpleIndex(index));
  }

  /**
   * Gets the packages that the options name. Returns the new folders for Python's path. Throws UsageError if an option can't be read, or a
   * package can't be had.
   */
  async getNamed(options: PackageOptions): Promise<string[]> {
    const asked = askedBy(options);
    try {
      return await this.#packages.get(asked);
    } catch (error) {
      throw error instanceof PackageError ? new UsageError(error.message) : error;
    }
  }

  /** Gets the packages that are wanted. Returns the new folders for Python's path. Throws PackageError if one can't be had. */
  getWanted(wanted: readonly Wanted[]): Promise<string[]> {
    const asked = wanted.map(([what, by, isImport]): Asked => {
      const why = `which ${by}`;
      if (!isImport) return isURL(what) ? wheelAsked(what, why) : [parseRequirement(what), why];
      return [parseRequirement(this.#packages.distribution.packageOf(what) ?? what), why];
    });
    return this.#packages.get(asked);
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
