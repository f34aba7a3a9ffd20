// `pyheap run --serve`: profiles and metrics of the program while it runs. The recording and the metrics come from the program's
// thread, at most a second late; this thread sums them up, so a request does not stop the program.

import { inWholeNumbers, stacksOf } from "../profiles/continuous.js";
import type { Metric } from "../profiles/metrics.js";
import { serveSource } from "../serve/profiles.js";
import { Analysis } from "../trace/analysis.js";
import { TraceFeed } from "../trace/feed.js";
import type { WorkerMessage } from "./protocol.js";
import { UsageError } from "./system/errors.js";

/** Where `--serve` listens. */
export interface ServedAt {
  readonly host?: string;
  readonly port: number;
}

export interface ServedProgram {
  /** Takes a message of the program's thread. */
  take(message: WorkerMessage): void;
  close(): void;
}

/** Starts to serve. `names` are other names of this machine. Throws UsageError if the address can't be used. */
export async function serveProgram(
  { host, port }: ServedAt,
  names: readonly string[],
  token: string | undefined,
): Promise<ServedProgram> {
  const analysis = new Analysis();
  const feed = new TraceFeed(analysis);
  const began = Date.now();
  let metrics: readonly Metric[] = [];
  const source = {
    canCollect: false,
    profile: () => inWholeNumbers(stacksOf(analysis, began, feed.metadata?.sample ?? 0)),
    metrics: () => metrics,
    stop: () => undefined,
  };
  const server = await serveSource(() => source, { host, port, hosts: names, token }).catch((error: Error) => {
    throw new UsageError(
      error instanceof TypeError ? error.message : `Cannot serve profiles on port ${port}: ${error.message}`,
    );
  });
  const address = token === undefined ? server.url("/debug/pprof/heap") : `${server.origin}/debug/pprof/heap`;
  process.stderr.write(`pyheap: profiles at ${address}\n`);
  return {
    take: (message) => {
      if (message.kind === "trace") feed.push(message.bytes);
      else if (message.kind === "metrics") ({ metrics } = message);
    },
    close: () => server.close(),
  };
}
