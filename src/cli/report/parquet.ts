// `pyheap report export parquet`: a trace as four tables (the recording, its stacks, events and blocks), a file for each, in one folder.

import { closeSync, mkdirSync, openSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { ParquetTables, TABLES, type TableName } from "../../report/export/parquet.js";
import { checkTypes } from "../../report/load.js";
import { hasProgram } from "../../report/program-time.js";
import { bytes } from "../../text/bytes.js";
import { counted } from "../../text/numbers.js";
import { forTerminal, visible } from "../../text/visible.js";
import { readTrace, type TraceSummary } from "../../trace/reader.js";
import { reasonOf, UsageError } from "../system/errors.js";
import { checkFile, type FileKind, type Overwriting } from "../system/files.js";
import { Replacement } from "../system/replacement.js";
import { asUsageError, readFile } from "./trace-input.js";

const PARQUET: FileKind = {
  name: "a table in Parquet",
  begins: (begin) => begin.subarray(0, 4).toString("latin1") === "PAR1",
};

/** A higher level takes several times as long, and makes files only a tenth smaller. */
const GZIP_LEVEL = 1;

/** Does something with a folder or its files. Throws UsageError if that is not possible. */
function writing<T>(folder: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw new UsageError(`Cannot write ${folder}: ${reasonOf(error)}`);
  }
}

const fileOf = (folder: string, name: string) => join(folder, `${name}.parquet`);

/** The files of the tables, and their folder, made when they are needed. Older files stay until all are whole. */
class TableFiles {
  readonly #folder: string;
  readonly #files = new Map<Replacement, number>();
  /** The outermost folder that was made; undefined if the folder was there. */
  #made: string | undefined;
  bytes = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  open(name: TableName): (part: Uint8Array) => void {
    const descriptor = writing(this.#folder, () => {
      this.#made ??= mkdirSync(this.#folder, { recursive: true });
      const made = new Replacement(fileOf(this.#folder, name));
      const opened = openSync(made.path, "w");
      this.#files.set(made, opened);
      return opened;
    });
    return (part) => {
      writing(this.#folder, () => writeFileSync(descriptor, part));
      this.bytes += part.length;
    };
  }

  /** To be called when the tables are whole: gives their files their names. */
  keep(): void {
    this.#close();
    writing(this.#folder, () => {
      for (const made of this.#files.keys()) made.keep();
    });
  }

  /** Removes what was written: half a table can't be read. */
  remove(): void {
    this.#close();
    for (const made of this.#files.keys()) made.drop();
    if (this.#made === undefined) return;
    const outermost = resolve(this.#made);
    let folder = resolve(this.#folder);
    while (folder !== outermost) {
      rmdirSync(folder);
      folder = dirname(folder);
    }
    rmdirSync(outermost);
  }

  #close(): void {
    for (const descriptor of this.#files.values()) closeSync(descriptor);
  }
}

/** Throws UsageError if `folder` is standard output or a file, or if one of the tables' files must not be overwritten. */
function checkFolder(folder: string, how: Overwriting): void {
  if (folder === "-")
    throw new UsageError("Cannot write tables to standard output: they are several files; name a folder");
  const found = writing(folder, () => statSync(folder, { throwIfNoEntry: false }));
  if (found && !found.isDirectory())
    throw new UsageError(`Cannot write ${folder}: it is a file, and the tables are files in a folder`);
  for (const name of Object.keys(TABLES)) checkFile(fileOf(folder, name), PARQUET, how);
}

export interface ParquetOptions extends Overwriting {
  /** Whether the type of each object is on its stack, as the innermost frame. */
  readonly byType?: boolean | undefined;
}

async function writeTables(file: string, files: TableFiles, byType: boolean): Promise<TraceSummary> {
  const gzip = (part: Uint8Array) => gzipSync(part, { level: GZIP_LEVEL });
  const hasStart = await hasProgram(readFile(file), file);
  const tables = new ParquetTables((name) => files.open(name), { gzip, byType, hasStart });
  const summary = await readTrace(readFile(file), file, tables);
  if (byType) checkTypes(file, summary);
  tables.end(summary);
  return summary;
}

/** Writes a trace's tables into a folder, and says where. Throws UsageError if that is not possible. */
export async function exportParquet(file: string, folder: string, options: ParquetOptions): Promise<void> {
  checkFolder(folder, options);
  const files = new TableFiles(folder);
  let summary: TraceSummary;
  try {
    summary = await asUsageError(file, writeTables(file, files, options.byType === true));
  } catch (error) {
    files.remove();
    throw error;
  }
  files.keep();
  if (summary.problem !== undefined) {
    process.stderr.write(`pyheap: ${visible(summary.problem)}. Everything before that is exported.\n`);
  }
  process.stderr.write(
    `${forTerminal(folder)}: ${Object.keys(TABLES).join(", ")}; ${counted(summary.events, "event")}, ${bytes(files.bytes)}\n`,
  );
}
