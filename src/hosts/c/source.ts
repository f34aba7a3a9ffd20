// The sources of a module: bytes, a file, an address on the net, or a compiled module.

/** Bytes, a path (in Node), a URL, or a compiled module. */
export type WasmSource = BufferSource | string | URL | WebAssembly.Module;

/** A module that was read: its bytes, or the compiled module. */
export interface Program {
  /** The file's name, or the name that the caller gives. */
  readonly name: string;
  /** undefined if only the compiled module was given. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined;
  /** undefined if there are bytes. */
  readonly module: WebAssembly.Module | undefined;
}

function fileName(path: string): string {
  return path.replace(/[?#].*$/, "").replace(/^.*[/\\]/, "");
}

async function readUrl(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  if (url.protocol === "file:") {
    const { readFile } = await import("node:fs/promises");
    return readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot load ${url}: ${response.status} ${response.statusText}`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * The address from which relative addresses start in a browser: that of the page, or of a worker's script. undefined in
 * Node.
 */
function baseAddress(): string | undefined {
  const { document, location } = globalThis as { document?: Document; location?: Location };
  return document?.baseURI ?? location?.href;
}

/** Reads a string. With a scheme it is a URL; otherwise it is a path, or in a browser a relative address. */
async function readString(text: string): Promise<Uint8Array<ArrayBuffer>> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) return readUrl(new URL(text));
  const base = baseAddress();
  if (base !== undefined) return readUrl(new URL(text, base));
  const { readFile } = await import("node:fs/promises");
  return readFile(text);
}

/** Reads a source. `name` is the module's name in reports; the default is its file's name. */
export async function readSource(source: WasmSource, name: string | undefined): Promise<Program> {
  if (source instanceof WebAssembly.Module) return { name: name ?? "module", bytes: undefined, module: source };
  if (typeof source === "string") {
    return { name: name ?? fileName(source), bytes: await readString(source), module: undefined };
  }
  if (source instanceof URL) {
    return { name: name ?? fileName(source.pathname), bytes: await readUrl(source), module: undefined };
  }
  return { name: name ?? "module", bytes: bytesOf(source), module: undefined };
}

function bytesOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (source instanceof ArrayBuffer || Object.prototype.toString.call(source) === "[object ArrayBuffer]") {
    return new Uint8Array(source);
  }
  const what = typeof source === "object" && source !== null ? "an object" : String(source);
  throw new TypeError(`Cannot load a module from ${what}: give bytes, a path, a URL or a WebAssembly.Module`);
}
