// The live PyProxies: what JavaScript holds of Python's objects.
//
// Pyodide registers each proxy with a FinalizationRegistry, so that the Python object is released when JavaScript's
// collector has freed the proxy. What it registers is a JavaScript object that all copies of the proxy share. `destroy`
// ends the registration. A ProxyWatch takes the place of this registry, and passes its calls on. It holds no proxy
// itself, so it does not change how long one lives. Proxies that Pyodide makes for the duration of a call are not
// registered.
//
// Pyodide gives the registry what its callback is to get when the proxy is freed: the object's address, and a cache. The
// callback gets a Watched in its place. When the callback reads the address, the Watched knows that the proxy is gone. A
// second FinalizationRegistry would tell the same, but would make watching a proxy several times as slow.
//
// The stack of a proxy's creation is known only if `withStacks` was true then.

import { engineStack } from "../../ground/engine-stack.js";
import type { HeldProxy } from "../../snapshot/held-proxy.js";

/** What Pyodide's callback gets when a proxy is gone. */
interface Held {
  readonly ptr: number;
  readonly cache?: unknown;
}

/** The property in which a registration's token has the Watched. To look it up in a WeakMap takes much longer. */
const WATCHED = Symbol("pyheap.watched");

interface Token {
  [WATCHED]?: Watched;
}

interface Registry {
  register(shared: object, held: Held, token: Token): void;
  unregister(token: Token): unknown;
}

/** The parts of Pyodide's module that this needs. */
export interface WatchedModule {
  finalizationRegistry?: Registry;
}

/** The lines of `Error.stack` that are Pyodide's own, or this file's. */
const INTERNAL = /pyodide\.asm\.|wasm:\/\/|wasm-function|stackHere|Object\.register/;

/** The most lines of a stack. With V8's default, ten, a stack would only have Pyodide's own lines. */
const MOST_LINES = 64;

function stackHere(): string {
  return engineStack(MOST_LINES)
    .split("\n")
    .filter((line) => !line.startsWith("Error") && line.trim() !== "" && !INTERNAL.test(line))
    .map((line) => line.trim().replace(/^at /, ""))
    .join("\n");
}

/** A proxy, and when it was made. */
export interface WatchedProxy extends HeldProxy {
  /** Milliseconds, as Date.now() counts them: performance.now() takes much longer. */
  readonly made: number;
  /** Whether pyheap itself holds the object by it. */
  readonly isOwn: boolean;
}

/** A live proxy, in place of what Pyodide registers. */
class Watched implements WatchedProxy, Held {
  readonly #live: Set<Watched>;
  readonly cache: unknown;
  readonly object: number;
  readonly stack: string;
  readonly made = Date.now();
  isOwn = false;

  constructor(live: Set<Watched>, { ptr, cache }: Held, stack: string) {
    this.#live = live;
    this.cache = cache;
    this.object = ptr >>> 0;
    this.stack = stack;
    live.add(this);
  }

  /** The object's address, which is asked for when JavaScript's collector has freed the proxy. */
  get ptr(): number {
    this.#live.delete(this);
    return this.object;
  }
}

export class ProxyWatch implements Iterable<WatchedProxy> {
  /** Whether stacks are noted from now on. Each proxy then takes some microseconds longer to make. */
  withStacks: boolean;
  readonly #live = new Set<Watched>();

  /** Watches the proxies that are made from now on, in a Pyodide whose `_module` is given. */
  constructor(module: WatchedModule, withStacks: boolean) {
    this.withStacks = withStacks;
    const registry = module.finalizationRegistry;
    if (typeof registry?.register !== "function") return;
    module.finalizationRegistry = {
      register: (shared, held, token) => {
        const watched = new Watched(this.#live, held, this.withStacks ? stackHere() : "");
        token[WATCHED] = watched;
        registry.register(shared, watched, token);
      },
      unregister: (token) => {
        if (token[WATCHED]) this.#live.delete(token[WATCHED]);
        return registry.unregister(token);
      },
    };
  }

  /** Notes that all proxies so far are pyheap's own: the program has not begun yet. */
  beginProgram(): void {
    for (const watched of this.#live) watched.isOwn = true;
  }

  /** The proxies that are live at the moment; the oldest first. */
  *[Symbol.iterator](): Generator<WatchedProxy> {
    yield* this.#live;
  }
}
