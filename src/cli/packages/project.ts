// What a project says about its package: the table [project] of pyproject.toml.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { reasonOf, UsageError } from "../system/errors.js";
import type { Release } from "./wheel-file.js";

const FILE = "pyproject.toml";

/**
 * The release that a folder's project describes. `named` is NAME==VERSION or NAME, and replaces what the project says. Throws
 * UsageError if there is no name or no version.
 */
export function releaseOf(folder: string, named: string | undefined): Release {
  const project = projectIn(folder);
  const [name = text(project.name), version = text(project.version)] = named?.split("==") ?? [];
  const isMissing = (what: string, why: string) =>
    new UsageError(`Cannot make a wheel: ${what} is not known${why}; say --release NAME==VERSION`);
  if (name === undefined) throw isMissing("the package's name", `, ${FILE} in this folder has none`);
  if (version === undefined) {
    const isDynamic = Array.isArray(project.dynamic) && project.dynamic.includes("version");
    throw isMissing(`the version of ${name}`, isDynamic ? `, ${FILE} leaves it to the build` : "");
  }
  return {
    name,
    version,
    summary: text(project.description),
    requires: texts(project.dependencies),
    requiresPython: text(project["requires-python"]),
  };
}

function projectIn(folder: string): Readonly<Record<string, unknown>> {
  const path = join(folder, FILE);
  if (!existsSync(path)) return {};
  try {
    const { project } = parse(readFileSync(path, "utf8"));
    return typeof project === "object" && !Array.isArray(project) ? { ...project } : {};
  } catch (error) {
    throw new UsageError(`Cannot read ${FILE}: ${reasonOf(error)}`);
  }
}

const text = (value: unknown) => (typeof value === "string" ? value : undefined);
const texts = (value: unknown) => (Array.isArray(value) ? value.filter((each) => typeof each === "string") : []);
