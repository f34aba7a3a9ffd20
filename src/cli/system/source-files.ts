// Files with source code, read on demand from the folders where the program may have been.

import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A larger file is not source code that anybody reads. */
const MOST_BYTES = 16 * 2 ** 20;
/** Only files with these endings are read: a trace from a stranger may name any file, and reports may be passed on. */
const SOURCE = /\.(py[ix]?|[cm]?[jt]sx?|c|h|cc|cpp|hpp)$/i;

interface SourceFile {
  readonly text: string;
  /** When it was modified, in milliseconds since 1970. */
  readonly modified: number;
}

/**
 * Returns a function that reads a source file, by its path or file: URL. The function looks up a relative path in `folders`, in turn, and
 * returns undefined for a file that it does not read: one that is not there (as in an archive), is too large, has another ending, or that
 * this user may not read.
 */
export function sourceFiles(folders: readonly string[] = ["."]): (file: string) => SourceFile | undefined {
  return (file) => {
    if (!SOURCE.test(file)) return undefined;
    for (const folder of folders) {
      const found = readIfThere(folder, file);
      if (found) return found;
    }
    return undefined;
  };
}

function readIfThere(folder: string, file: string): SourceFile | undefined {
  try {
    const path = file.startsWith("file:") ? fileURLToPath(file) : resolve(folder, file);
    const found = statSync(path);
    if (!found.isFile() || found.size > MOST_BYTES) return undefined;
    return { modified: found.mtimeMs, text: readFileSync(path, "utf8") };
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
