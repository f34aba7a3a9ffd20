// A virtual environment, made by another Python: its pure packages work here as well.

import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { UsageError } from "./system/errors.js";

export interface VirtualEnvironment {
  /** Its folder. */
  readonly prefix: string;
  /** Its folders of packages. */
  readonly sites: readonly string[];
}

/** The environment that `folder` names, or the one that is active, if there is one. Throws UsageError if `folder` is not one. */
export function virtualEnvironment(
  folder: string | undefined,
  { VIRTUAL_ENV }: NodeJS.ProcessEnv,
): VirtualEnvironment | undefined {
  const prefix = resolve(folder ?? (VIRTUAL_ENV || "."));
  const isThere = existsSync(join(prefix, "pyvenv.cfg"));
  if (folder === undefined && (!VIRTUAL_ENV || !isThere)) return undefined;
  if (!isThere) throw new UsageError(`Cannot use ${folder} as a virtual environment: it has no pyvenv.cfg`);
  const libraries = [join(prefix, "lib"), join(prefix, "Lib")].filter((path) => existsSync(path));
  const sites = libraries.flatMap((library) => [
    join(library, "site-packages"),
    ...readdirSync(library)
      .filter((name) => /^python3/.test(name))
      .map((name) => join(library, name, "site-packages")),
  ]);
  return { prefix, sites: [...new Set(sites)].filter((path) => existsSync(path)) };
}
