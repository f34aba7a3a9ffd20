#!/usr/bin/env node
// The command `pyheap`, as a process.

import { main } from "./command-line.js";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

await main(process.argv.slice(2));
