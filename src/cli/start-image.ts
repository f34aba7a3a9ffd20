// The image that `pyheap run` starts Python from, and keeps for the next time: the bare interpreter, with what the command itself needs in it.
//
//   images/python-KEY.pyimage     KEY: a hash of everything that the image depends on
//
// A file is written under another name and then renamed, so two processes at once do no harm: one of their files stays. A broken file is found by its
// checksum, and made again. Only this user's files are read, because an image is code.

import { createHash } from "node:crypto";
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { ImageError } from "../ground/errors.js";
import { isOwn, noteUse, removeOldest } from "../hosts/c/kept-files.js";
import { PYTHON_FILES } from "../hosts/python/python-files.gen.js";
import { type ImageInFile, MADE_BY } from "../hosts/python/python-image.js";
import { ownPyodide } from "./system/own-pyodide.js";

const SUFFIX = ".pyimage";
/** How many images are kept. Versions, languages and engines each have their own. */
const MOST = 6;
/** Pyodide's files that an interpreter depends on. pyodide.asm is .mjs or .js, depending on the version. */
const PYODIDE_FILES = ["package.json", "pyodide.asm.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip"];
/** Variables that CPython reads at its start: an image is made with their values, and used only with the same values. */
const READ_AT_START = [
  ...["LANG", "LC_ALL", "LC_CTYPE", "PYTHONCOERCECLOCALE", "PYTHONDONTWRITEBYTECODE", "PYTHONINTMAXSTRDIGITS"],
  ...["PYTHONIOENCODING", "PYTHONNODEBUGRANGES", "PYTHONNOUSERSITE", "PYTHONOPTIMIZE", "PYTHONPYCACHEPREFIX"],
  ...["PYTHONSAFEPATH", "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONWARNINGS"],
];
/** Variables that CPython reads later: they may be different when the image is used. */
const READ_LATER = ["PYTHONASYNCIODEBUG", "PYTHONBREAKPOINT", "PYTHONSTARTUP", "PYTHON_COLORS"];

/**
 * The part of an environment that an image is made with. Undefined if Python can't be started from an image in this environment: it has a variable
 * PYTHON... that is in neither list, for example for the seed of hashes, for the places of modules, or for tracing.
 */
export function startEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const entries = Object.entries(environment).filter(([name, value]) => value !== "" && !READ_LATER.includes(name));
  const isKnown = ([name]: [string, string]) => READ_AT_START.includes(name) || !name.startsWith("PYTHON");
  if (!entries.every(isKnown)) return undefined;
  return Object.fromEntries(entries.filter(([name]) => READ_AT_START.includes(name)).sort());
}

/** The path of the image in a folder. `sources` are the texts of the Python code that the command puts into the image. */
export function imageFile(
  folder: string,
  pyodideFolder: string | undefined,
  environment: Readonly<Record<string, string>>,
  sources: readonly string[],
): string {
  const pyodide = pyodideFolder ?? dirname(ownPyodide("package.json"));
  const files = PYODIDE_FILES.map((name) => {
    const found = statSync(join(pyodide, name), { throwIfNoEntry: false });
    return [pyodide, name, found?.size, found?.mtimeMs];
  });
  const { v8 } = process.versions;
  const parts = [MADE_BY, v8, ...Object.values(PYTHON_FILES), ...sources, files, environment];
  const key = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  return join(folder, `python-${key.slice(0, 32)}${SUFFIX}`);
}

/** The file of an image, which is open. */
export interface OpenFile extends ImageInFile {
  close(): void;
}

/** Opens the file of an image. Undefined if it is not there, can't be read, or belongs to another user. Notes that it was used. */
export function openKept(file: string): OpenFile | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(file, "r");
    const found = fstatSync(fd);
    if (!isOwn(found)) throw new Error("another user's");
    noteUse(file);
    return opened(fd, found.size);
  } catch {
    if (fd !== undefined) closeSync(fd);
    return undefined;
  }
}

function opened(fd: number, size: number): OpenFile {
  return {
    size,
    read(at, into) {
      for (let done = 0; done < into.length; ) {
        const count = readSync(fd, into, done, into.length - done, at + done);
        if (count === 0) throw new ImageError("it is cut off");
        done += count;
      }
    },
    sha256(parts) {
      const hash = createHash("sha256");
      for (const part of parts) hash.update(part);
      return hash.digest();
    },
    close: () => closeSync(fd),
  };
}

/** Keeps an image, and removes those that were not used for the longest time. Throws the system's error if it can't be written. */
export function keepImage(file: string, image: Uint8Array): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const unfinished = `${file}.${process.pid}.${Date.now()}`;
  try {
    writeFileSync(unfinished, image, { mode: 0o600, flag: "wx" });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  removeOldest(folder, MOST, (name) => name.includes(SUFFIX));
}
