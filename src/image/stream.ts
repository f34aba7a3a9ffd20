// Images as streams of bytes, compressed or not.

import { ImageError, messageOf } from "../ground/errors.js";

export function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
}

export function compress(bytes: Uint8Array): Promise<Uint8Array> {
  return collect(streamOf(bytes).pipeThrough(new CompressionStream("deflate-raw")));
}

/**
 * Ends the stream with an error as soon as it has more than `size` bytes, because a few compressed bytes can become any
 * number of bytes.
 */
function atMost(size: number): TransformStream<Uint8Array, Uint8Array> {
  let left = size;
  return new TransformStream({
    transform(chunk, controller) {
      left -= chunk.length;
      if (left < 0) throw new ImageError(`it has more than ${size} bytes of memory`);
      controller.enqueue(chunk);
    },
  });
}

/** Decompresses to `size` bytes. Throws ImageError. */
export async function decompress(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const stream = streamOf(bytes).pipeThrough(new DecompressionStream("deflate-raw")).pipeThrough(atMost(size));
  const result = await collect(stream).catch((error: unknown) => {
    if (error instanceof ImageError) throw error;
    throw new ImageError(`its memory can't be decompressed: ${messageOf(error)}`);
  });
  if (result.length !== size) throw new ImageError(`it has ${result.length} bytes of memory instead of ${size}`);
  return result;
}

/** All bytes of a stream. */
async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

/** The sources from which an image can be loaded. */
export type ImageSource = Uint8Array | ArrayBuffer | Blob | Response | ReadableStream<Uint8Array>;

export async function bytesOf(source: ImageSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof ReadableStream) return collect(source);
  if (source instanceof Response && !source.ok) throw new ImageError(`its server answered ${source.status}`);
  if (source instanceof Blob || source instanceof Response) return new Uint8Array(await source.arrayBuffer());
  throw new TypeError("Cannot load a heap image: give its bytes, a Blob, a Response or a stream");
}
