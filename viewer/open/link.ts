// How a page asks for a file, or a recording, to be read: in a worker, or, where a page may not start one, in the page itself.

import type { Asked, FromWorker, Told } from "./messages.js";

export interface Reader {
  ask(asked: Asked): void;
  /** Ends the reading. Nothing is told afterwards. */
  close(): void;
}

/** Starts a reader, which tells what it reads. */
export type StartReader = (tell: (told: Told) => void) => Reader;

const NO_WORKER = "the browser does not start a worker";

/** The reader of a worker that has started. */
const inWorker = (worker: Worker): Reader => ({
  ask: (asked) => worker.postMessage(asked),
  close: () => worker.terminate(),
});

/**
 * Reads in a worker that `make` makes. If it does not start, because the page's policy forbids it or its file is not there,
 * the reading is done by what `otherwise` returns, and blocks the page now and then.
 */
export function readInWorker(make: () => Worker, otherwise?: () => Promise<StartReader>): StartReader {
  return (tell) => {
    const waiting: Asked[] = [];
    let reader: Reader | undefined;
    let isClosed = false;
    const say = (told: Told) => isClosed || tell(told);
    const begin = (begun: Reader) => {
      reader = begun;
      if (isClosed) begun.close();
      else for (const asked of waiting.splice(0)) begun.ask(asked);
    };
    const fail = (why: string) => {
      const problem = () => say({ kind: "problem", text: `Cannot read: ${why}` });
      if (reader || !otherwise) problem();
      else otherwise().then((start) => begin(start(say)), problem);
    };
    try {
      const worker = make();
      worker.addEventListener("message", ({ data: told }: MessageEvent<FromWorker>) => {
        if (told.kind === "ready") begin(inWorker(worker));
        else say(told);
      });
      worker.addEventListener("error", ({ message }) => fail(message || NO_WORKER));
    } catch (error) {
      fail(error instanceof Error ? error.message : NO_WORKER);
    }
    return {
      ask: (asked) => {
        if (reader) reader.ask(asked);
        else waiting.push(asked);
      },
      close: () => {
        isClosed = true;
        reader?.close();
      },
    };
  };
}
