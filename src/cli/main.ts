#!/usr/bin/env node
// The command `pyheap`. Each subcommand has its file.

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { visibleLines } from "../text/visible.js";
import { addAsked, type Subcommands } from "./subcommands.js";
import { UsageError } from "./system/errors.js";

const USAGE = 2;

const [asked, kind] = process.argv.slice(2);
const COMMANDS: Subcommands = new Map([
  ["run", async () => (await import("./run-options.js")).addRun],
  ["report", async () => (to: Command) => import("./report.js").then(({ addReport }) => addReport(to, kind))],
  ["cc", async () => (await import("./cc.js")).addCc],
  ["image", async () => (await import("./image.js")).addImage],
]);

const { version, description } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
  description: string;
};

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const program = new Command("pyheap")
  .description(`${description}.`)
  .version(version)
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(visibleLines(text).replace(/^error: /, "pyheap: ")) });
await addAsked(program, COMMANDS, asked);
for (const command of program.commands) {
  for (const each of [command, ...command.commands]) each.exitOverride().copyInheritedSettings(program);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  } else if (error instanceof UsageError) {
    process.stderr.write(`pyheap: ${visibleLines(error.message)}\n`);
    process.exitCode = error.exitCode;
  } else {
    throw error;
  }
}
