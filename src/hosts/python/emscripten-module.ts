// The parts of Emscripten's dynamic linker that images need: it keeps them in JavaScript, and Pyodide's module shows them.
//
//   LDSO               the loaded libraries, by name and by handle; a handle is the address of the C library's record
//   GOT                the global offset table: the address of each symbol that a library looks up through it
//   functionsInTable   (hidden) the index of each function in the table: getFunctionAddress and updateTableMap use it

/** What a library, or the main module, exports. Addresses of data are what they are in memory. */
export type Symbols = Record<string, WebAssembly.ExportValue | number | undefined>;

/** A JavaScript or WebAssembly function that a library can import. */
export interface LinkedFunction {
  (...values: unknown[]): unknown;
  /** Its type as Emscripten writes it, if it is a JavaScript function. */
  readonly sig?: string;
  /** Whether it only stands for a symbol that is not defined. */
  readonly stub?: boolean;
}

/** A loaded library. */
export interface Library {
  readonly name: string;
  /** Infinity: it is never unloaded. */
  refcount: number;
  /** Whether other libraries find its symbols. */
  readonly global: boolean;
  /** A text while the library loads, and for good if that fails. */
  readonly exports: Symbols | string;
}

export interface EmscriptenLinker {
  readonly LDSO: {
    readonly loadedLibsByName: Record<string, Library>;
    readonly loadedLibsByHandle: Record<number, Library>;
  };
  readonly GOT: Readonly<Record<string, WebAssembly.Global>>;
  /** Free indices in the table, which are used before the table grows; the last one is used first. */
  readonly freeTableIndexes: number[];
  /** Exports by which a library counts as loaded when it is asked for. */
  readonly preloadedWasm: Record<string, Symbols>;
  addFunction(f: LinkedFunction, type: string | undefined): number;
  /** The function's index in the table; 0 if it is not there. */
  getFunctionAddress(f: LinkedFunction): number;
  updateTableMap(first: number, count: number): void;
  loadDynamicLibrary(
    name: string,
    flags: { readonly global: boolean; readonly nodelete: boolean; readonly loadAsync: false },
    scope: Symbols,
    handle: number | undefined,
  ): boolean;
}

/** The name of the main module in the list of libraries. */
export const MAIN = "__main__";

export const linkerOf = (pyodide: object): EmscriptenLinker => (pyodide as { _module: EmscriptenLinker })._module;

export const isFunction = (symbol: unknown): symbol is LinkedFunction => typeof symbol === "function";
