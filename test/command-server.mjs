// The process of shared-command.ts. It runs commands one after another, each in a thread. While a command runs, descriptors 1 and 2 are
// files: all its threads write to them, as they do to those of a process.
//
//   node command-server.mjs MAIN STDOUT STDERR      the file that Node runs, and the files for what a command writes

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

const [main, ...outputs] = process.argv.slice(2);

/** V8 keeps what it has compiled of a module as long as the module is used. */
const kept = new WebAssembly.Module(readFileSync(fileURLToPath(import.meta.resolve("pyodide-314/pyodide.asm.wasm"))));

/** Opens the files anew, as descriptors 1 and 2: a file that is opened gets the lowest number that is free. */
function redirect() {
  for (const [k, file] of outputs.entries()) {
    closeSync(k + 1);
    if (openSync(file, "w") !== k + 1) throw new Error(`Cannot redirect descriptor ${k + 1}`);
  }
}

/** Runs a command. Returns its exit code. */
async function run({ words, cwd, env }) {
  process.chdir(cwd);
  redirect();
  const thread = new Worker(main, { argv: words, env, stdout: true, stderr: true });
  const streams = [thread.stdout, thread.stderr];
  for (const [k, stream] of streams.entries()) stream.on("data", (bytes) => writeSync(k + 1, bytes));
  thread.on("error", (error) => writeSync(2, `${error?.stack ?? error}\n`));
  const exit = new Promise((done) => thread.on("exit", done));
  await Promise.all(streams.map((stream) => finished(stream)));
  return exit;
}

process.on("message", async (request) => process.send(await run(request)));
process.on("disconnect", () => process.exit(kept ? 0 : 1));
