// Images as streams: compressed and not.

import { ImageError } from "./format.js";

async function through(
  bytes: Uint8Array,
  transform: ReadableWritablePair<Uint8Array, BufferSource>,
): Promise<Uint8Array> {
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(transform);
  return collect(stream);
}

export function compress(bytes: Uint8Array): Promise<Uint8Array> {
  return through(bytes, new CompressionStream("deflate-raw"));
}

/** The bytes that were compressed, of which there are `size`. Throws ImageError. */
export async function decompress(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  const result = await through(bytes, new DecompressionStream("deflate-raw")).catch((error: unknown) => {
    throw new ImageError(`its memory can't be decompressed: ${error instanceof Error ? error.message : error}`);
  });
  if (result.length !== size) throw new ImageError(`it has ${result.length} bytes of memory instead of ${size}`);
  return result;
}

/** All bytes of a stream. */
export async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(await new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

/** What an image can be loaded from. */
export type ImageSource = Uint8Array | ArrayBuffer | Blob | Response | ReadableStream<Uint8Array>;

export async function bytesOf(source: ImageSource): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  if (source instanceof ReadableStream) return collect(source);
  if (source instanceof Response && !source.ok) throw new ImageError(`its server answered ${source.status}`);
  if (source instanceof Blob || source instanceof Response) return new Uint8Array(await source.arrayBuffer());
  throw new TypeError("Cannot load a heap image: give its bytes, a Blob, a Response or a stream");
}
