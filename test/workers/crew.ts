// Workers over one heap, for tests. The workers' code is bundled from the sources, as the tests themselves are.

import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import type { HeapShare, SharedHeap } from "../../src/index.js";
import { Gate } from "./gate.js";
import { Mail } from "./mail.js";
import type { Pause, Start, Task } from "./worker.js";

let bundled: Promise<string> | undefined;

/** The path of the workers' code. */
function workerFile(): Promise<string> {
  bundled ??= (async () => {
    const outfile = join(mkdtempSync(join(tmpdir(), "pyheap-")), "worker.mjs");
    // The tests are not compiled; what `npm run fuzz` runs is.
    const name = import.meta.url.endsWith(".ts") ? "worker.ts" : "worker.js";
    const entry = fileURLToPath(new URL(name, import.meta.url));
    await build({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", target: "es2022", outfile });
    return outfile;
  })();
  return bundled;
}

interface Member {
  readonly worker: Worker;
  readonly share: HeapShare;
}

export class Crew {
  readonly mail: Mail;
  readonly #heap: SharedHeap;
  readonly #gate = new Gate();
  readonly #members: Member[] = [];
  readonly #pauses: Pause[] = [];
  #noticed: () => void = () => undefined;
  #failure: unknown;

  private constructor(heap: SharedHeap, count: number) {
    this.#heap = heap;
    this.mail = Mail.for(count);
  }

  /** Starts `count` workers that do the same. */
  static async start(heap: SharedHeap, count: number, task: Task): Promise<Crew> {
    const crew = new Crew(heap, count);
    for (let number = 0; number < count; number++) await crew.add(number, count, task);
    return crew;
  }

  /** Starts worker `number` of `count`. */
  async add(number: number, count: number, task: Task): Promise<Member> {
    const share = this.#heap.share();
    const start: Start = {
      ...{ share, number, workers: count, task },
      ...{ gate: this.#gate.buffer, mail: this.mail.buffer },
    };
    // The flags of tests are for the process, and none of a worker's.
    const worker = new Worker(await workerFile(), { workerData: start, execArgv: [] });
    worker.on("message", (pause: Pause) => this.#notice(() => this.#pauses.push(pause)));
    worker.on("error", (error) => this.#notice(() => (this.#failure = error)));
    const member = { worker, share };
    this.#members.push(member);
    return member;
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** Waits until a condition holds, which workers bring about. Throws if one fails. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      if (this.#failure !== undefined) throw this.#failure;
      await setTimeout(1);
    }
  }

  #notice(note: () => void): void {
    note();
    this.#noticed();
  }

  /** Waits until all workers have paused, and returns what they said. Throws if one fails. */
  async paused(): Promise<readonly Pause[]> {
    while (this.#pauses.length < this.#members.length && this.#failure === undefined)
      await new Promise<void>((done) => {
        this.#noticed = done;
      });
    if (this.#failure !== undefined) {
      await this.terminate();
      throw this.#failure;
    }
    return this.#pauses.splice(0);
  }

  /** Lets all workers go on. */
  goOn(): void {
    this.#gate.open();
  }

  /** Waits until all workers have ended by themselves. */
  async ended(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => new Promise((done) => worker.on("exit", done))));
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#members.map(({ worker }) => worker.terminate()));
  }

  /** Terminates all workers, and lets the heap know. */
  async end(): Promise<void> {
    await this.terminate();
    for (const { share } of this.#members) this.#heap.ended(share);
  }
}
