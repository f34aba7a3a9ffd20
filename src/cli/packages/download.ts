// Reads bytes from the machine or from the network.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PackageError, whyOf } from "./package-error.js";

/** Milliseconds in which a server has to send something. */
const PATIENCE = 30_000;

export type Progress = (received: number, total: number | undefined) => void;

export interface Download {
  readonly bytes: Uint8Array;
  /** The URL that they came from, after redirections. */
  readonly url: string;
  readonly type: string;
}

/** Whether a place is a URL, and not a folder. */
export const isURL = (place: string) => /^(https?|file):\/\//.test(place);

/** Throws PackageError, whose message is only the reason. */
export async function download(url: string, accept: string, progress: Progress = () => undefined): Promise<Download> {
  try {
    if (url.startsWith("file:")) return { bytes: await readFile(fileURLToPath(url)), url, type: "" };
    return await fromNetwork(url, accept, progress);
  } catch (error) {
    if (error instanceof PackageError) throw error;
    throw new PackageError(whyOf(error));
  }
}

async function fromNetwork(url: string, accept: string, progress: Progress): Promise<Download> {
  const stop = new AbortController();
  const expire = () => stop.abort(new PackageError(`the server said nothing for ${PATIENCE / 1000} seconds`));
  const timer = setTimeout(expire, PATIENCE);
  try {
    const response = await fetch(url, { headers: { accept }, signal: stop.signal });
    if (!response.ok) throw new PackageError(`the server answered ${response.status} ${response.statusText}`.trim());
    const length = response.headers.get("content-encoding") === null && response.headers.get("content-length");
    const parts: Uint8Array[] = [];
    let received = 0;
    for await (const part of response.body ?? []) {
      timer.refresh();
      parts.push(part);
      received += part.length;
      progress(received, length ? Number(length) : undefined);
    }
    const type = response.headers.get("content-type") ?? "";
    return { bytes: Buffer.concat(parts), url: response.url || url, type };
  } finally {
    clearTimeout(timer);
  }
}
