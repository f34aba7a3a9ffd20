// Measurements in processes of their own, which print their figures as JSON.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The folder of the Python programs that are measured. */
export const PROGRAMS = fileURLToPath(new URL("../../bench/programs/", import.meta.url));

/** Runs a script with these words, and returns the figures that it prints. */
export function figuresOf<T>(script: URL, ...words: string[]): T {
  const output = execFileSync(process.execPath, [fileURLToPath(script), ...words], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output) as T;
}
