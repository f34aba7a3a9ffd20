// Shows a program while it runs: on a page, on the terminal, or both. The page can stay after the program has ended.

import type { Colors } from "picocolors/types.js";
import type { Program } from "../report/run-result.js";
import { LiveProgram } from "./live.js";
import { type LiveServer, serveLive } from "./live-server.js";
import { drawLive } from "./live-terminal.js";
import { askForSnapshot, type Shared } from "./shared.js";

export interface LiveOptions {
  readonly live?: boolean;
  readonly liveTerminal?: boolean;
  /** The port of the page; by default any free one. */
  readonly port?: number;
}

export interface LiveView {
  readonly program: LiveProgram;
  /** Ends the view after the program has ended. If the page stays, this waits until the user ends the command. */
  end(how: { readonly stays: boolean }): Promise<void>;
}

/** Keeps the page of a program that has ended available until Ctrl-C. */
async function stayUntilInterrupted(server: LiveServer): Promise<void> {
  process.stderr.write(`pyheap: the program has ended; the page stays at ${server.address} until Ctrl-C\n`);
  await new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => done());
  });
}

/** Starts to show the program. Throws UsageError if the port can't be used. */
export async function showLive(
  { target, args }: Program,
  { live, liveTerminal, port = 0 }: LiveOptions,
  colors: Colors,
  shared: Shared,
): Promise<LiveView> {
  const program = new LiveProgram([target, ...args]);
  const server = live ? await serveLive(program, port, () => askForSnapshot(shared)) : undefined;
  if (server) process.stderr.write(`pyheap: look at the program at ${server.address}\n`);
  const drawing = liveTerminal ? drawLive(program, colors, shared) : undefined;
  return {
    program,
    end: async ({ stays }) => {
      await program.end();
      drawing?.end();
      if (server && stays) await stayUntilInterrupted(server);
      server?.close();
    },
  };
}
