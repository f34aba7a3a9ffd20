// Bytes as text in base64: the modules of the core are in the library's sources in this form.

/** The bytes of a text in base64. Throws if it is not in base64. */
export const bytesOfBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** Returns a function that returns a module. The module is compiled when it is asked for first. */
export function lazyModule(base64: string): () => WebAssembly.Module {
  let compiled: WebAssembly.Module | undefined;
  return () => {
    compiled ??= new WebAssembly.Module(bytesOfBase64(base64));
    return compiled;
  };
}
