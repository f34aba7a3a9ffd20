// The command in a process that many commands share, for tests in which nothing depends on the process: it takes a third less
// processor time than in a process of its own, because V8 compiles CPython once for all of them. Such a command gets no input and no
// signals, and has the process's time zone.

import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandOptions, MAIN, type Said } from "./command.js";
import { ROOT } from "./needs.js";

class Server {
  readonly #process: ChildProcess;
  readonly #outputs: readonly [string, string];
  /** Settled when no command runs. */
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), "pyheap-commands-"));
    this.#outputs = [join(folder, "stdout"), join(folder, "stderr")];
    // V8's settings are those of a user's process: what is optimized is optimized for all commands.
    const { NODE_OPTIONS: _, ...env } = process.env;
    const file = join(ROOT, "test/command-server.mjs");
    this.#process = fork(file, [MAIN, ...this.#outputs], {
      execArgv: [],
      env,
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    this.#process.unref();
    this.#process.channel?.unref();
  }

  get hasEnded(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Runs a command when those before it have ended. */
  run(request: object): Promise<Said> {
    const said = this.#last.then(async () => {
      const status = await this.#statusOf(request);
      const [stdout, stderr] = this.#outputs.map((file) => readFileSync(file, "utf8")) as [string, string];
      return { status, stdout, stderr };
    });
    this.#last = said.catch(() => undefined);
    return said;
  }

  /** The exit code of a command; null if it has ended the process. */
  #statusOf(request: object): Promise<number | null> {
    return new Promise((done) => {
      const ended = () => done(null);
      this.#process.once("exit", ended);
      this.#process.once("message", (status: number) => {
        this.#process.off("exit", ended);
        done(status);
      });
      this.#process.send(request);
    });
  }
}

/** Files that share a process load this module again, and share the commands' process as well. */
const shared = globalThis as { pyheapCommands?: Server };

/** Runs `pyheap` with these words. */
export function sharedCommand(
  words: readonly string[],
  { cwd = process.cwd(), env }: Omit<CommandOptions, "input"> = {},
): Promise<Said> {
  if (shared.pyheapCommands === undefined || shared.pyheapCommands.hasEnded) shared.pyheapCommands = new Server();
  // What vitest.config.ts sets for processes is not for threads.
  const { NODE_OPTIONS: _, PYHEAP_V8_FLAGS: __, ...inherited } = process.env;
  return shared.pyheapCommands.run({ words, cwd, env: { ...inherited, ...env } });
}
