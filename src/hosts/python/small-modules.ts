// A constructor of WebAssembly modules for the time in which Pyodide loads.
//
// Emscripten puts each JavaScript function that C can call through a pointer into a module of its own, whose bytes depend
// only on the function's type: 261 modules while Pyodide 314 loads, of 30 types. Equal bytes are compiled once here.

/** Larger modules than this, in bytes, are always compiled. */
const SMALL = 128;

/** A constructor like `Module`, which returns the module that it made before if it gets the same few bytes again. */
export function keepSmallModules(Module: typeof WebAssembly.Module): typeof WebAssembly.Module {
  const kept = new Map<string, WebAssembly.Module>();
  return new Proxy(Module, {
    construct(_, [source, ...rest]: [BufferSource, ...unknown[]], asked) {
      const compile = () => Reflect.construct(Module, [source, ...rest], asked) as WebAssembly.Module;
      if (!(source instanceof Uint8Array) || source.length > SMALL || rest.length > 0) return compile();
      const key = source.join();
      const module = kept.get(key) ?? compile();
      kept.set(key, module);
      return module;
    },
  });
}
