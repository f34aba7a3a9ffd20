// Notes where libraries are put while they are loaded, and can give them other imports. Emscripten chooses the places,
// tells them to the library alone, and forgets them. So WebAssembly.instantiate and WebAssembly.Instance are replaced for
// as long as somebody watches, or gives libraries other imports.

/** A library's instance, and where its data and its functions are. */
export interface PlacedLibrary {
  readonly module: WebAssembly.Module;
  readonly exports: WebAssembly.Exports;
  readonly memory: unknown;
  readonly memoryBase: number;
  readonly tableBase: number;
}

/** Other imports for a library, and who is told of the instance that has them. */
export interface OtherImports {
  readonly imports: WebAssembly.Imports;
  readonly made: (exports: WebAssembly.Exports) => void;
}

type Engine = Pick<typeof WebAssembly, "instantiate" | "Instance">;

const watches = new Set<LibraryWatch>();
/** For a memory, a function that gives libraries in it other imports. */
const importers = new WeakMap<WebAssembly.Memory, (imports: WebAssembly.Imports) => OtherImports>();
let hasImporters = false;
let restore: (() => void) | undefined;

export class LibraryWatch {
  readonly #placed: PlacedLibrary[] = [];

  /** Watches from now on. */
  static begin(): LibraryWatch {
    const watch = new LibraryWatch();
    watches.add(watch);
    restore ??= replaceEngine();
    return watch;
  }

  /** @internal */
  note(placed: PlacedLibrary): void {
    this.#placed.push(placed);
  }

  /** The libraries that were put into a memory, in the order in which they were instantiated. */
  placedIn(memory: WebAssembly.Memory): readonly PlacedLibrary[] {
    return this.#placed.filter((placed) => placed.memory === memory);
  }

  end(): void {
    watches.delete(this);
    if (watches.size > 0 || hasImporters) return;
    restore?.();
    restore = undefined;
  }
}

/**
 * From now on, libraries that are put into this memory get the imports that `importer` makes of theirs, for as long as the
 * memory exists. The functions of WebAssembly stay replaced, because nobody says when a memory ends.
 */
export function replaceImports(
  memory: WebAssembly.Memory,
  importer: (imports: WebAssembly.Imports) => OtherImports,
): void {
  importers.set(memory, importer);
  hasImporters = true;
  restore ??= replaceEngine();
}

/** The place of a library that is instantiated with these imports; undefined if it is not an Emscripten library. */
function placeIn({ env = {} }: WebAssembly.Imports = {}): Omit<PlacedLibrary, "module" | "exports"> | undefined {
  const [memoryBase, tableBase] = [env.__memory_base, env.__table_base];
  if (typeof memoryBase !== "number" || typeof tableBase !== "number") return undefined;
  return { memory: env.memory, memoryBase, tableBase };
}

/** An instance that is about to be made. */
class Instantiation {
  readonly imports: WebAssembly.Imports | undefined;
  readonly #place: ReturnType<typeof placeIn>;
  readonly #other: OtherImports | undefined;

  constructor(imports: WebAssembly.Imports | undefined) {
    this.#place = placeIn(imports);
    const importer = this.#place && importers.get(this.#place.memory as WebAssembly.Memory);
    this.#other = imports && importer?.(imports);
    this.imports = this.#other?.imports ?? imports;
  }

  ended({ exports }: WebAssembly.Instance, module: WebAssembly.Module): void {
    if (!this.#place) return;
    this.#other?.made(exports);
    for (const watch of watches) watch.note({ module, exports, ...this.#place });
  }
}

/** Replaces WebAssembly.instantiate and WebAssembly.Instance. Returns a function that puts them back. */
function replaceEngine(): () => void {
  const { instantiate, Instance } = WebAssembly;
  const ours: Engine = {
    Instance: new Proxy(Instance, {
      construct(_, [module, imports]: [WebAssembly.Module, WebAssembly.Imports | undefined], asked) {
        const making = new Instantiation(imports);
        const instance = Reflect.construct(Instance, [module, making.imports], asked) as WebAssembly.Instance;
        making.ended(instance, module);
        return instance;
      },
    }),
    instantiate: (async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
      const making = new Instantiation(imports);
      const result = (await instantiate(source as BufferSource, making.imports)) as unknown;
      if (result instanceof Instance) making.ended(result, source as WebAssembly.Module);
      else {
        const { instance, module } = result as WebAssembly.WebAssemblyInstantiatedSource;
        making.ended(instance, module);
      }
      return result;
    }) as Engine["instantiate"],
  };
  Object.assign(WebAssembly, ours);
  return () => {
    // Another load may have replaced ours by functions of its own. When it ends, it puts ours back, which only pass calls
    // on while nobody watches.
    if (WebAssembly.instantiate === ours.instantiate) Object.assign(WebAssembly, { instantiate });
    if (WebAssembly.Instance === ours.Instance) Object.assign(WebAssembly, { Instance });
  };
}
