// A trace from wherever a program has it: a file of the page, bytes, or a stream.

import type { TraceBytes } from "../load.js";

/** A trace: a Blob (a File, for example), its bytes, or a stream of them. */
export type TraceInput = Blob | ArrayBuffer | Uint8Array | ReadableStream<Uint8Array> | TraceBytes;

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Not every browser can iterate over a stream.
  const reader = stream.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

/** The bytes of a trace. Throws TypeError if it is none of the types of TraceInput. */
export function bytesOf(trace: TraceInput): TraceBytes {
  if (trace instanceof Blob) return chunksOf(trace.stream());
  if (trace instanceof ReadableStream) return chunksOf(trace);
  if (trace instanceof ArrayBuffer) return [new Uint8Array(trace)];
  if (trace instanceof Uint8Array) return [trace];
  if (typeof trace === "object" && (Symbol.asyncIterator in trace || Symbol.iterator in trace)) return trace;
  throw new TypeError("Cannot read the trace: it is not a Blob, bytes, or a stream of bytes");
}

/** The name of a trace in messages: that of the file, if it is one. */
export function nameOf(trace: TraceInput): string {
  return trace instanceof Blob && "name" in trace && typeof trace.name === "string" ? trace.name : "the trace";
}
