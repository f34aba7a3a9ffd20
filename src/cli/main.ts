#!/usr/bin/env node
// The command `pyheap`, as a process.

import { main } from "./command-line.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

// What can't be written to standard error changes nothing: the exit code is the program's, as under `python`.
process.stderr.on("error", () => undefined);

await main(process.argv.slice(2));
