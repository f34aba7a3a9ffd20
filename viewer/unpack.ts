// Converts text in the page to bytes: base64, then raw deflate.

export async function inflate(packed: Blob): Promise<Uint8Array> {
  const stream = packed.stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

export function unpack(base64: string): Promise<Uint8Array> {
  return inflate(new Blob([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))]));
}
