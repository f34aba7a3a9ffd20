// Where libraries are put while they are loaded. Emscripten chooses the places, tells them to the library alone, and
// forgets them. So the functions of WebAssembly that make instances are replaced for as long as somebody watches.

/** A library's instance, and where its data and its functions are. */
export interface PlacedLibrary {
  readonly module: WebAssembly.Module;
  readonly exports: WebAssembly.Exports;
  readonly memory: unknown;
  readonly memoryBase: number;
  readonly tableBase: number;
}

type Engine = Pick<typeof WebAssembly, "instantiate" | "Instance">;

const watches = new Set<LibraryWatch>();
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
    if (watches.size > 0) return;
    restore?.();
    restore = undefined;
  }
}

function note(instance: WebAssembly.Instance, module: WebAssembly.Module, imports: WebAssembly.Imports = {}): void {
  const { env = {} } = imports;
  const [memoryBase, tableBase] = [env.__memory_base, env.__table_base];
  if (typeof memoryBase !== "number" || typeof tableBase !== "number") return;
  const { exports } = instance;
  for (const watch of watches) watch.note({ module, exports, memory: env.memory, memoryBase, tableBase });
}

/** Replaces WebAssembly's functions that make instances. Returns a function that puts them back. */
function replaceEngine(): () => void {
  const { instantiate, Instance } = WebAssembly;
  const ours: Engine = {
    Instance: new Proxy(Instance, {
      construct(_, [module, imports]: [WebAssembly.Module, WebAssembly.Imports | undefined], asked) {
        const instance = Reflect.construct(Instance, [module, imports], asked) as WebAssembly.Instance;
        note(instance, module, imports);
        return instance;
      },
    }),
    instantiate: (async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
      const result = (await instantiate(source as BufferSource, imports)) as unknown;
      if (result instanceof Instance) note(result, source as WebAssembly.Module, imports);
      else {
        const { instance, module } = result as WebAssembly.WebAssemblyInstantiatedSource;
        note(instance, module, imports);
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
