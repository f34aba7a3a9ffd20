// Bytes as text in base64: the modules of the core are in the library's sources in this form.

/** The bytes of a text in base64. Throws a DOMException if the text is not in base64. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  // Uint8Array.from takes eight times as long, and programs wait for it when they start.
  for (let k = 0; k < bytes.length; k++) bytes[k] = characters.charCodeAt(k);
  return bytes;
}

/** Returns a function that returns the module with these bytes. The first call of the function compiles the module. */
export function lazyModule(base64: string): () => WebAssembly.Module {
  let compiled: WebAssembly.Module | undefined;
  return () => {
    compiled ??= new WebAssembly.Module(bytesOfBase64(base64));
    return compiled;
  };
}
