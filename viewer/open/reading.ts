// Reads for a page: files, or a recording that comes in pieces. It runs in a worker, or in the page.

import { Arrivals } from "../../src/ground/arrivals.js";
import { messageOf } from "../../src/ground/errors.js";
import type { PageData } from "../../src/page/model.js";
import { kindOf } from "./kind.js";
import type { StartReader } from "./link.js";
import type { FromWorker, Told } from "./messages.js";
import { movable } from "./moved.js";
import { readSnapshots } from "./snapshot.js";
import { readInPictures } from "./trace.js";

/** Milliseconds between two messages about progress. */
const EVERY = 100;

/** What some pages read besides traces and snapshots. */
export interface MoreKinds {
  readonly image?: (file: File) => Promise<PageData>;
}

async function* chunksOf(file: File, progress: (share: number) => void): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  let bytes = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    yield next.value;
    bytes += next.value.length;
    progress(bytes / file.size);
  }
}

/** Tells the share that was read, now and then. */
function teller(tell: (told: Told) => void): (share: number) => void {
  let next = 0;
  return (share) => {
    const now = performance.now();
    if (now < next) return;
    next = now + EVERY;
    tell({ kind: "progress", share });
  };
}

async function readFiles(files: readonly File[], tell: (told: Told) => void, { image }: MoreKinds): Promise<void> {
  const [file] = files;
  if (!file) return;
  const progress = teller(tell);
  const kind = await kindOf(file);
  if (kind === "trace") await readInPictures(chunksOf(file, progress), { name: file.name, isLive: false, tell });
  else if (kind === "snapshot") tell({ kind: "snapshots", snapshots: await readSnapshots(files, progress) });
  else if (image) tell({ kind: "image", data: await image(file) });
  else throw new Error(`${file.name} is an image of Python, which is not shown here`);
}

export function makeReading(more: MoreKinds = {}): StartReader {
  return (tell) => {
    let recording: Arrivals<Uint8Array> | undefined;
    let isClosed = false;
    const say = (told: Told) => isClosed || tell(told);
    const attempt = (reading: Promise<void>) =>
      reading.catch((error: unknown) => say({ kind: "problem", text: messageOf(error) }));
    return {
      ask: (asked) => {
        if (asked.kind === "files") void attempt(readFiles(asked.files, say, more));
        else if (asked.kind === "bytes") recording?.push(asked.bytes);
        else if (asked.kind === "end") recording?.end();
        else {
          recording = new Arrivals();
          void attempt(readInPictures(recording, { name: asked.name, isLive: true, tell: say }));
        }
      },
      close: () => {
        isClosed = true;
        recording?.end();
      },
    };
  };
}

/** Makes this thread, a worker, a reader for its page. */
export function serveReading(more?: MoreKinds): void {
  const tell = (told: FromWorker): void => {
    const moved = told.kind === "trace" ? movable(told.data) : undefined;
    self.postMessage(moved ? { ...told, data: moved.data } : told, { transfer: moved?.memory ?? [] });
  };
  const reader = makeReading(more)(tell);
  self.addEventListener("message", ({ data }) => reader.ask(data));
  tell({ kind: "ready" });
}
