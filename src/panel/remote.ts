// A heap in a worker, for a panel in its page: the page asks through a port, and the worker answers between its tasks. What
// is recorded comes at once, also while the worker is busy.

import { messageOf } from "../ground/errors.js";
import type { PageData } from "../page/model.js";
import { LocalSubject, type Look, type PanelHeap, type Pieces, type Subject } from "./subject.js";

type Method = keyof Subject;

interface Call {
  readonly id: number;
  readonly method: Method;
  readonly argument: unknown;
}

type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly piece: Uint8Array<ArrayBuffer> };

/** Answers what a panel asks through a port about a heap of this thread. */
export function serveSubject(heap: PanelHeap, port: MessagePort): void {
  const subject = new LocalSubject(heap);
  const say = (answer: Answer) => port.postMessage(answer);
  const methods: Readonly<Record<Method, (argument: never) => Promise<unknown>>> = {
    look: () => subject.look(),
    layout: () => subject.layout(),
    setLimits: (limits) => subject.setLimits(limits),
    record: (command) => subject.record(command, (piece) => say({ piece })),
    stop: () => subject.stop(),
    snapshot: () => subject.snapshot(),
  };
  port.addEventListener("message", async ({ data: { id, method, argument } }: MessageEvent<Call>) => {
    try {
      say({ id, value: await methods[method](argument as never) });
    } catch (error) {
      say({ id, error: messageOf(error) });
    }
  });
  port.start();
}

/** A heap of another thread, which serves it at the other end of the port. */
export class RemoteSubject implements Subject {
  readonly #port: MessagePort;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #calls = 0;
  #take: (piece: Uint8Array<ArrayBuffer>) => void = () => undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.addEventListener("message", ({ data: answer }: MessageEvent<Answer>) => {
      if ("piece" in answer) {
        this.#take(answer.piece);
        return;
      }
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("error" in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer.value);
    });
    port.start();
  }

  #call(method: Method, argument?: unknown): Promise<unknown> {
    this.#calls++;
    const call: Call = { id: this.#calls, method, argument };
    return new Promise((resolve, reject) => {
      this.#waiting.set(call.id, { resolve, reject });
      this.#port.postMessage(call);
    });
  }

  look(): Promise<Look> {
    return this.#call("look") as Promise<Look>;
  }

  layout(): Promise<PageData> {
    return this.#call("layout") as Promise<PageData>;
  }

  async setLimits(limits: Parameters<Subject["setLimits"]>[0]): Promise<void> {
    await this.#call("setLimits", limits);
  }

  async record(command: string, take: (piece: Uint8Array<ArrayBuffer>) => void): Promise<void> {
    this.#take = take;
    await this.#call("record", command);
  }

  async stop(): Promise<void> {
    await this.#call("stop");
  }

  snapshot(): Promise<Pieces> {
    return this.#call("snapshot") as Promise<Pieces>;
  }
}
