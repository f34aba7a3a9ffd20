// The modules that C code can import by their names (PyImport_ImportModule): those that are loaded. Their dict is in the library of objects
// (capi/objects/importing.c), so it exists while that is loaded.

import * as C from "../../core/constants.gen.js";
import { MemoryError } from "../../ground/errors.js";
import type { PyModule } from "../../objects/handles/extension.js";
import type { ExtensionHost } from "./extension-host.js";
import type { LoadedModule } from "./loaded.js";

export class Importing {
  readonly #host: ExtensionHost;
  #library: LoadedModule | undefined;
  /** The modules that can be imported, by name. */
  readonly #modules = new Map<string, PyModule>();

  constructor(host: ExtensionHost) {
    this.#host = host;
  }

  /** The library was loaded: the modules that were loaded before it can be imported now. */
  begin(library: LoadedModule): void {
    this.#library = library;
    for (const [name, module] of this.#modules) this.#tell(name, this.#host.addressOf(module));
  }

  /** The library is about to be unloaded. */
  end(): void {
    this.#library = undefined;
  }

  /** Makes a module known under its name. */
  add(name: string, module: PyModule): void {
    this.#modules.set(name, module);
    this.#tell(name, this.#host.addressOf(module));
  }

  /** Forgets a module that is about to be unloaded. */
  remove(module: PyModule): void {
    for (const [name, known] of this.#modules) {
      if (known !== module) continue;
      this.#modules.delete(name);
      this.#tell(name, 0);
    }
  }

  /** Tells the library that a name is that of a module; of none if the address is 0. */
  #tell(name: string, address: number): void {
    const enter = this.#library?.functions.get("pyheap_enter_module");
    if (enter) this.#withText(name, (at) => enter(at, address));
  }

  /** Runs a function with the address of a text in UTF-8, which is freed afterwards. */
  #withText(text: string, run: (at: number) => void): void {
    const { functions, memory } = this.#host.core;
    const bytes = new TextEncoder().encode(`${text}\0`);
    const at = functions.raw_malloc(C.LIBC, bytes.length) >>> 0;
    if (at === 0) throw new MemoryError(bytes.length, `no memory is left for the name of ${text}`);
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    try {
      run(at);
    } finally {
      functions.raw_free(C.LIBC, at);
    }
  }
}
