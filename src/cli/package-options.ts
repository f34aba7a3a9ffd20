// The options that say which packages a Python program gets, for each subcommand that runs a program.

import type { Command } from "commander";
import type { PackageOptions } from "./packages/provider.js";

export interface ProgramPackageOptions extends PackageOptions {
  /** Whether the program gets packages. */
  readonly packages: boolean;
}

/** Adds a value to those that were given before. */
export const add = (value: string, others: readonly string[] = []) => [...others, value];

export function addPackageOptions<C extends Command>(command: C): C {
  return command
    .option(
      "--package <name>",
      "load a package: NAME, NAME==1.2 (may be repeated); packages that the program imports need no option",
      add,
    )
    .option("--wheel <file>", "load a package from a wheel, a file or a URL (may be repeated)", add)
    .option("-r, --requirements <file>", "load the packages that a file lists (may be repeated)", add)
    .option("--index <url>", "where to look for packages that Pyodide does not have; the default is PyPI")
    .option("--no-packages", "load no packages, whatever the program imports");
}
