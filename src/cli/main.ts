#!/usr/bin/env node
// The command `pyheap`, as a process.

import { main } from "./command-line.js";
import { NOT_WRITTEN, reasonOf } from "./system/errors.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader has read enough, and has closed the pipe.
  if (error.code === "EPIPE") return;
  process.stderr.write(`pyheap: Cannot write to standard output: ${reasonOf(error)}\n`);
  process.exit(NOT_WRITTEN);
});

// What can't be written to standard error changes nothing: the exit code is the program's, as under `python`.
process.stderr.on("error", () => undefined);

await main(process.argv.slice(2));
