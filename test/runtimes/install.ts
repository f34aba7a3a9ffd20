// Puts a runtime into build/runtimes, from its npm package. Runtimes are not dependencies of the project: only these tests and
// bench/tasks.ts need them.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../needs.js";
import type { CommandRuntime } from "./list.js";

export const FOLDER = join(ROOT, "build/runtimes");

/** The version in a package's folder; undefined if it is not there. */
function installedVersion(folder: string): string | undefined {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) return undefined;
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

/** Returns the path of the runtime's program, and its version. Throws an error with one line if it can't be had. */
export function install({ name, package: packed, version, program }: CommandRuntime): {
  readonly program: string;
  readonly version: string;
} {
  const prefix = join(FOLDER, name.toLowerCase().replace(" ", "-"));
  const folder = join(prefix, "node_modules", packed);
  const isThere = () => `${installedVersion(folder)}.`.startsWith(`${version}.`) && existsSync(join(folder, program));
  if (!isThere()) {
    mkdirSync(prefix, { recursive: true });
    const options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--prefer-offline", "--loglevel", "error"];
    const args = ["install", "--prefix", prefix, ...options, `${packed}@${version}`];
    const { status, stderr } = spawnSync("npm", args, { encoding: "utf8" });
    const why = stderr?.trim().split("\n").slice(0, 2).join("; ") ?? "npm did not start";
    if (status !== 0 || !isThere()) throw new Error(`Cannot get ${name} (${packed}@${version}): ${why}`);
  }
  return { program: join(folder, program), version: installedVersion(folder) ?? "" };
}
