// The live PyProxies: what JavaScript holds of Python's objects.
//
// Pyodide registers each proxy with a FinalizationRegistry, so that the Python object is released when JavaScript's
// collector has freed the proxy. What it registers is a JavaScript object that all copies of the proxy share. `destroy`
// ends the registration. A ProxyWatch takes the place of this registry, and passes its calls on. It holds no proxy
// itself, so it does not change how long one lives. Proxies that Pyodide makes for the duration of a call are not
// registered.
//
// The stack of a proxy's creation is known only if `withStacks` was true then.

import { engineStack } from "../../ground/engine-stack.js";
import type { HeldProxy } from "./graph/walk.js";

interface Registry {
  register(shared: object, held: { readonly ptr: number }, token: object): void;
  unregister(token: object): unknown;
}

/** The parts of Pyodide's module that this needs. */
export interface WatchedModule {
  finalizationRegistry?: Registry;
}

/** The lines of `Error.stack` that are Pyodide's own, or this file's. */
const INTERNAL = /pyodide\.asm\.|wasm:\/\/|wasm-function|stackHere|Object\.register/;

/** The most lines of a stack. With V8's default, ten, a stack would only have lines of Pyodide's own. */
const MOST_LINES = 64;

function stackHere(): string {
  return engineStack(MOST_LINES)
    .split("\n")
    .filter((line) => !line.startsWith("Error") && line.trim() !== "" && !INTERNAL.test(line))
    .map((line) => line.trim().replace(/^at /, ""))
    .join("\n");
}

export class ProxyWatch implements Iterable<HeldProxy> {
  /** Whether stacks are noted from now on. Each proxy then takes some microseconds longer to make. */
  withStacks: boolean;
  readonly #live = new Map<number, HeldProxy>();
  readonly #numbers = new WeakMap<object, number>();
  readonly #gone = new FinalizationRegistry<number>((number) => this.#live.delete(number));
  #last = 0;

  /** Watches the proxies that are made from now on, in a Pyodide whose `_module` is given. */
  constructor(module: WatchedModule, withStacks: boolean) {
    this.withStacks = withStacks;
    const registry = module.finalizationRegistry;
    if (typeof registry?.register !== "function") return;
    module.finalizationRegistry = {
      register: (shared, held, token) => {
        registry.register(shared, held, token);
        const number = ++this.#last;
        this.#live.set(number, { object: held.ptr >>> 0, stack: this.withStacks ? stackHere() : "" });
        this.#numbers.set(token, number);
        this.#gone.register(shared, number, token);
      },
      unregister: (token) => {
        this.#live.delete(this.#numbers.get(token) ?? 0);
        this.#gone.unregister(token);
        return registry.unregister(token);
      },
    };
  }

  /** The proxies that are live at the moment. */
  *[Symbol.iterator](): Generator<HeldProxy> {
    yield* this.#live.values();
  }
}
