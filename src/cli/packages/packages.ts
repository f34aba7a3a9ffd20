// The packages of one run: those that are asked for and all that they need, each in one version, unpacked on this
// machine.
//
//   requirement -> candidates (lock file, wheels beside it, index) -> the first that fits -> unpacked -> its requirements
//
// Like micropip, this takes the first version that fits, and never replaces it: a requirement that contradicts it
// fails.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Distribution, Found } from "./distribution.js";
import { PackageError, whyOf } from "./package-error.js";
import { allows, counts, isOfExtra, parseRequirement, type Requirement } from "./requirement.js";
import type { SimpleIndex } from "./simple-index.js";
import type { Archive, Store } from "./store.js";
import { fit, madeFor, normalized, parseWheelName } from "./wheel-name.js";

interface Chosen {
  readonly archive: Archive;
  /** Who asked for it first: "which app.py:3 imports". */
  readonly why: string;
  readonly folder: Promise<string>;
  readonly extras: Set<string>;
}

export class Packages {
  readonly distribution: Distribution;
  readonly #store: Store;
  readonly #index: SimpleIndex | undefined;
  readonly #chosen = new Map<string, Chosen>();

  /** Without an index, only packages of the distribution, and wheels that a requirement names by URL, can be had. */
  constructor(distribution: Distribution, store: Store, index: SimpleIndex | undefined) {
    this.distribution = distribution;
    this.#store = store;
    this.#index = index;
  }

  /**
   * Gets packages with all that they need. Returns the new folders for Python's path. Throws PackageError, whose
   * message says what can't be had, who needs it, and where it was looked for. After that error, none of these packages
   * counts as chosen.
   */
  async get(asked: readonly (readonly [requirement: Requirement, why: string])[]): Promise<string[]> {
    const before = [...this.#chosen.keys()];
    try {
      for (const [requirement, why] of asked) await this.#need(requirement, why, []);
      const added = [...this.#chosen].filter(([name]) => !before.includes(name)).map(([, chosen]) => chosen);
      return await Promise.all(added.map(({ folder }) => folder));
    } catch (error) {
      for (const name of this.#chosen.keys()) if (!before.includes(name)) this.#chosen.delete(name);
      throw error;
    }
  }

  async #need(requirement: Requirement, why: string, extras: readonly string[]): Promise<void> {
    const { interpreter } = this.distribution;
    if (!counts(requirement, interpreter, extras)) return;
    const { name, range } = requirement;
    const there = this.#chosen.get(name);
    if (there && requirement.url === undefined && !allows(requirement, there.archive.version, true)) {
      const { version } = there.archive;
      throw new PackageError(`Cannot load ${name}${range}, ${why}: version ${version} was chosen, ${there.why}`);
    }
    const missing = requirement.extras.filter((extra) => !there?.extras.has(extra));
    if (there && missing.length === 0) return;
    const { archive, depends } = there ? { archive: there.archive, depends: [] } : await this.#find(requirement, why);
    const chosen = there ?? this.#choose(archive, why);
    for (const extra of missing) chosen.extras.add(extra);
    const label = `${name} ${archive.version}`;
    for (const each of depends ?? []) await this.#need(parseRequirement(each), `which ${label} needs`, []);
    if (depends !== undefined && missing.length === 0) return;
    for (const each of requirementsIn(await chosen.folder, name)) {
      // A lock file does not list what an extra needs.
      if (depends === undefined || isOfExtra(each)) await this.#need(each, `which ${label} needs`, [...chosen.extras]);
    }
  }

  #choose(archive: Archive, why: string): Chosen {
    const { name, version, url } = archive;
    const folder = this.#store.unpacked(archive).catch((error: unknown) => {
      throw new PackageError(`Cannot load ${name} ${version}, ${why}, from ${url}: ${whyOf(error)}`);
    });
    // The promise is awaited later; until then, its failure must not count as unhandled.
    folder.catch(() => undefined);
    const chosen = { archive, why, folder, extras: new Set<string>() };
    this.#chosen.set(name, chosen);
    return chosen;
  }

  async #find(requirement: Requirement, why: string): Promise<Found> {
    const { name, range, url, sha256 } = requirement;
    if (url !== undefined) return { archive: this.#wheelAt(name, url, sha256, why), depends: undefined };
    const known = this.distribution.candidates(name);
    const [listed] = known.filter(({ archive }) => allows(requirement, archive.version, true));
    if (listed) return listed;
    const problem = (reason: string) => new PackageError(`Cannot load ${name}${range}, ${why}${reason}`);
    const others = known.map(({ archive }) => archive.version).join(", ");
    const has = others === "" ? "" : ` (Pyodide has ${others})`;
    if (!this.#index)
      throw problem(`: it is not among the packages that were named${others && ` (there is ${others})`}`);
    const from = `, from ${this.#index.url}`;
    const wheels = await this.#index.wheels(name, this.distribution.interpreter).catch((error: unknown) => {
      throw problem(`${from}${has}: ${whyOf(error)}`);
    });
    if (wheels.length === 0) throw problem(`${from}${has}: it has no wheel that runs in this Python`);
    const final = wheels.find(({ version }) => allows(requirement, version, false));
    const archive = final ?? wheels.find(({ version }) => allows(requirement, version, true));
    if (archive) return { archive, depends: undefined };
    const versions = [...new Set(wheels.map(({ version }) => version))].slice(0, 5).join(", ");
    throw problem(`${from}${has}: the newest that run in this Python are ${versions}`);
  }

  /** A wheel that was named by its URL. */
  #wheelAt(name: string, url: string, sha256: string | undefined, why: string): Archive {
    const file = decodeURIComponent(url.split("/").at(-1) ?? "");
    const wheel = parseWheelName(file);
    const problem = (reason: string) => new PackageError(`Cannot load ${file}, ${why}: ${reason}`);
    if (!wheel) throw problem("its name is not that of a wheel, such as NAME-1.2-py3-none-any.whl");
    const { interpreter } = this.distribution;
    if (fit(wheel, interpreter) === 0) {
      throw problem(
        `it is for ${madeFor(wheel)}; this is CPython ${interpreter.python} on ${interpreter.platforms[0]}`,
      );
    }
    if (wheel.name !== name) throw problem(`it is of the package ${wheel.name}, and ${name} was asked for`);
    return { name, version: wheel.version, url, sha256 };
  }
}

/** The requirements that an unpacked package states. */
function requirementsIn(folder: string, name: string): Requirement[] {
  const info = readdirSync(folder).find((entry) => {
    const [, package_ = ""] = /^([^-]+)-.*\.dist-info$/.exec(entry) ?? [];
    return normalized(package_) === name;
  });
  const file = join(folder, info ?? "", "METADATA");
  if (info === undefined || !existsSync(file)) return [];
  // After the first empty line comes a description.
  const [head = ""] = readFileSync(file, "utf8").split(/\r?\n\r?\n/);
  return [...head.matchAll(/^Requires-Dist:\s*(.*)$/gim)].map(([, text = ""]) => parseRequirement(text));
}
