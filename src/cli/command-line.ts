// Does what the words of the command line ask for. Each subcommand has a file.

import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { visibleLines } from "../text/visible.js";
import { addAsked, type Subcommands } from "./subcommands.js";
import { UsageError } from "./system/errors.js";

const USAGE = 2;

/** The subcommands. `kind` is the kind of report that is asked for. */
const subcommands = (kind: string | undefined): Subcommands =>
  new Map([
    ["run", async () => (await import("./run-options.js")).addRun],
    ["report", async () => (to: Command) => import("./report.js").then(({ addReport }) => addReport(to, kind))],
    ["cc", async () => (await import("./cc.js")).addCc],
    ["image", async () => (await import("./image.js")).addImage],
  ]);

const { version, description } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
  description: string;
};

/** Does what the words ask for, in this process, and sets its exit code. */
export async function main(words: readonly string[]): Promise<void> {
  const [asked, kind] = words;
  const program = new Command("pyheap")
    .description(`${description}.`)
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(visibleLines(text).replace(/^error: /, "pyheap: ")) });
  // The version needs no subcommand; all are loaded for help, and for an error that lists them.
  if (asked !== "--version" && asked !== "-V") await addAsked(program, subcommands(kind), asked);
  for (const command of program.commands) {
    for (const each of [command, ...command.commands]) each.exitOverride().copyInheritedSettings(program);
  }
  try {
    await program.parseAsync(words, { from: "user" });
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
}
