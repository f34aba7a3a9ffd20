// Interrupts of a thread that runs C. While C computes, its thread looks at nothing that others could set. The inspector
// can still interrupt the thread, and call a function there (run-c.ts). That function refuses if it can't do its work at
// this moment.
//
//   this thread -> inspector -> the thread stops, wherever it is -> flush() or end(signal) -> it goes on

import { Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";

/** The name of the object with the functions that are called, as a symbol of the global object. */
export const INTERRUPTS = "pyheap.interrupts";
export interface Interruptible {
  /** Writes what was recorded. Returns false if that is not possible at this moment. */
  flush(): boolean;
  /** Ends the program by a signal. Returns false if that is not possible at this moment. */
  end(signal: number): boolean;
}

/** Milliseconds until a thread that refused is asked again. */
const AGAIN = 5;

export class ThreadInterrupts {
  readonly #session = new Session();
  readonly #waiting = new Map<number, (isDone: boolean) => void>();
  #thread: string | undefined;
  #asked = 0;
  #isOpen = true;

  /** The interrupts of the next worker that is made; undefined if this runtime can't interrupt its workers. */
  static begin(): ThreadInterrupts | undefined {
    try {
      return new ThreadInterrupts();
    } catch {
      return undefined;
    }
  }

  private constructor() {
    this.#session.connect();
    this.#session.on("NodeWorker.attachedToWorker", ({ params }) => {
      this.#thread = params.sessionId;
    });
    this.#session.on("NodeWorker.receivedMessageFromWorker", ({ params }) => {
      const { id, result } = JSON.parse(params.message) as { id?: number; result?: { result?: { value?: unknown } } };
      if (id === undefined) return;
      this.#waiting.get(id)?.(result?.result?.value === true);
      this.#waiting.delete(id);
    });
    this.#session.post("NodeWorker.enable", { waitForDebuggerOnStart: false });
  }

  /** Makes the thread write what was recorded. */
  flush(): Promise<void> {
    return this.#untilDone("flush()");
  }

  /** Makes the thread end the program by a signal. */
  end(signal: number): Promise<void> {
    return this.#untilDone(`end(${signal})`);
  }

  close(): void {
    this.#isOpen = false;
    for (const done of this.#waiting.values()) done(false);
    this.#session.disconnect();
  }

  async #untilDone(call: string): Promise<void> {
    while (this.#isOpen && !(await this.#ask(call))) await sleep(AGAIN);
  }

  #ask(call: string): Promise<boolean> {
    const sessionId = this.#thread;
    if (sessionId === undefined) return Promise.resolve(false);
    const id = ++this.#asked;
    const params = { expression: `globalThis[Symbol.for("${INTERRUPTS}")]?.${call} ?? false` };
    return new Promise((done) => {
      this.#waiting.set(id, done);
      const message = JSON.stringify({ id, method: "Runtime.evaluate", params });
      this.#session.post("NodeWorker.sendMessageToWorker", { sessionId, message }, (error) => {
        if (error) done(false);
      });
    });
  }
}
