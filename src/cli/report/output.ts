// Where a report goes that is a file: to standard output if it is called -.

import { writeFileSync } from "node:fs";
import { reasonOf, UsageError } from "../errors.js";
import { checkFile, type FileKind, type Overwriting } from "../files.js";

export const OUTPUT_HELP = "- for standard output";

/** Throws UsageError if the report must not go there. */
export function checkOutput(file: string, kind: FileKind, how: Overwriting): void {
  if (file !== "-") checkFile(file, kind, how);
}

/** Writes a report and says so, with what more there is to say of the file. Throws UsageError if it can't be written. */
export function writeOutput(file: string, content: string | Uint8Array, more = ""): void {
  if (file === "-") {
    process.stdout.write(content);
    return;
  }
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${reasonOf(error)}`);
  }
  process.stderr.write(`${file}${more}\n`);
}
