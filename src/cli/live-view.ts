// What shows a program while it runs: a page, the terminal, or both; and the page still when it has ended.

import type { Colors } from "picocolors/types.js";
import type { Program } from "../report/run-result.js";
import { LiveProgram } from "./live.js";
import { type LiveServer, serveLive } from "./live-server.js";
import { drawLive } from "./live-terminal.js";
import type { Shared } from "./shared.js";

export interface LiveOptions {
  readonly live?: boolean;
  readonly liveTerminal?: boolean;
  /** The default is any that is free. */
  readonly port?: number;
}

export interface LiveView {
  readonly program: LiveProgram;
  /** The program has ended. If the page stays, this comes back when nobody looks any more. */
  end(how: { readonly stays: boolean }): Promise<void>;
}

/** The page of a program that has ended can be looked at until Ctrl-C. */
async function stayUntilInterrupted(server: LiveServer): Promise<void> {
  process.stderr.write(`pyheap: the program has ended; the page stays at ${server.address} until Ctrl-C\n`);
  await new Promise<void>((done) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => done());
  });
}

/** Begins to show the program. Throws UsageError if the port is taken. */
export async function showLive(
  { target, args }: Program,
  { live, liveTerminal, port = 0 }: LiveOptions,
  colors: Colors,
  shared: Shared,
): Promise<LiveView> {
  const program = new LiveProgram([target, ...args]);
  const server = live ? await serveLive(program, port) : undefined;
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
