// Whole JavaScript values onto the heap.
//
//   number, bigint, string, boolean      int or float, int, str, bool         null, undefined     None
//   Array -> list    Map, plain object -> dict    Set -> set    Uint8Array -> bytes    a handle: its object
//
// Children are made before their container, which then is made at its final size; an object that is met again is the same object
// on the heap. A value that contains itself can't be made in that order: then containers are made first, and filled.

import { type Bridge, describe } from "./bridge.js";
import { Handle } from "./handle.js";

/** A value has a part that can't be converted: `path` says where. */
export class ConversionError extends TypeError {
  override readonly name = "ConversionError";
  /** Where in the value, as JavaScript would write it from `$`, the value itself. */
  readonly path: string;
  readonly #what: string;

  constructor(path: string, what: string) {
    super(`Cannot convert ${path}: it is ${what}`);
    this.path = path;
    this.#what = what;
  }

  /** The same error of a container that has this value as a part. */
  within(key: unknown): ConversionError {
    return new ConversionError(`$${step(key)}${this.path.slice(1)}`, this.#what);
  }
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

function step(key: unknown): string {
  if (typeof key === "string") return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  return typeof key === "number" ? `[${key}]` : ".get(...)";
}

/** Thrown while children come first, when a value turns out to contain itself. */
const CYCLE = Symbol("cycle");
/** In the memo: the container's children are being made. */
const OPEN = 0;

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

class Conversion {
  readonly #bridge: Bridge;
  /** Addresses of objects that were made, which the stack keeps alive. */
  readonly #memo = new Map<object, number>();
  readonly #keys = new Map<string, number>();
  /** Values on the stack, from where the conversion began. */
  #depth = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  /** The value is on the stack; if that fails, nothing is. */
  run(value: unknown): void {
    try {
      this.#push(value, (object) => this.#childrenFirst(object));
    } catch (error) {
      this.#bridge.f.drop(this.#depth);
      if (error !== CYCLE) throw error;
      this.#depth = 0;
      this.#memo.clear();
      this.#keys.clear();
      this.#runFilling(value);
    }
  }

  #runFilling(value: unknown): void {
    try {
      this.#push(value, (object) => this.#containerFirst(object));
    } catch (error) {
      this.#bridge.f.drop(this.#depth);
      throw error;
    }
  }

  #push(value: unknown, container: (object: object) => void): void {
    const { f } = this.#bridge;
    if (typeof value === "number") this.#bridge.succeed(f.push_number(value));
    else if (typeof value === "object" && value !== null && !(value instanceof Handle)) {
      const known = this.#memo.get(value);
      if (known === undefined) {
        container(value);
        return;
      }
      if (known === OPEN) throw CYCLE;
      this.#bridge.succeed(f.push_address(known));
    } else this.#bridge.push(value);
    this.#depth++;
  }

  /** A key of a plain object: one string for all objects that have it. */
  #pushKey(key: string): void {
    const known = this.#keys.get(key);
    if (known !== undefined) this.#bridge.succeed(this.#bridge.f.push_address(known));
    else {
      this.#bridge.key(key);
      this.#keys.set(key, this.#bridge.f.top_address());
    }
    this.#depth++;
  }

  readonly #first = (object: object): void => this.#childrenFirst(object);

  #childrenFirst(object: object): void {
    const { f } = this.#bridge;
    const memo = this.#memo;
    const before = this.#depth;
    if (Array.isArray(object)) {
      memo.set(object, OPEN);
      for (let k = 0; k < object.length; k++) this.#push(object[k], this.#first);
      this.#built(before, f.build_list(object.length));
    } else if (object instanceof Map) {
      memo.set(object, OPEN);
      for (const [key, value] of object) {
        this.#push(key, this.#first);
        this.#push(value, this.#first);
      }
      this.#built(before, f.build_dict(object.size));
    } else if (object instanceof Set) {
      memo.set(object, OPEN);
      for (const item of object) this.#push(item, this.#first);
      this.#built(before, f.build_set(object.size, 0));
    } else if (object instanceof Uint8Array) {
      this.#bridge.pushBytes(object);
      this.#depth++;
    } else if (isPlain(object)) {
      memo.set(object, OPEN);
      const record = object as Readonly<Record<string, unknown>>;
      let n = 0;
      for (const key in record) {
        this.#pushKey(key);
        this.#push(record[key], this.#first);
        n++;
      }
      this.#built(before, f.build_dict(n));
    } else throw new ConversionError("$", describe(object));
    memo.set(object, f.top_address());
  }

  /** The container took what was pushed since `before`, and is on the stack itself. */
  #built(before: number, done: number): void {
    this.#depth = before;
    this.#bridge.succeed(done);
    this.#depth++;
  }

  readonly #filling = (object: object): void => this.#containerFirst(object);

  #containerFirst(object: object): void {
    const { f, c } = this.#bridge;
    if (Array.isArray(object)) {
      this.#begin(object, c.LIST, object.length);
      for (const item of object) this.#fill(() => f.fill_list(), item);
    } else if (object instanceof Map) {
      this.#begin(object, c.DICT, 0);
      for (const [key, value] of object) this.#fill(() => f.fill_dict(), key, value);
    } else if (object instanceof Set) {
      this.#begin(object, c.SET, 0);
      for (const item of object) this.#fill(() => f.fill_set(), item);
    } else if (!(object instanceof Uint8Array) && isPlain(object)) {
      this.#begin(object, c.DICT, 0);
      for (const [key, value] of Object.entries(object)) this.#fill(() => f.fill_dict(), key, value);
    } else this.#childrenFirst(object);
  }

  #begin(object: object, kind: number, room: number): void {
    this.#bridge.succeed(this.#bridge.f.build_empty(kind, room));
    this.#depth++;
    this.#memo.set(object, this.#bridge.f.top_address());
  }

  #fill(fill: () => number, ...values: unknown[]): void {
    for (const value of values) this.#push(value, this.#filling);
    this.#depth -= values.length;
    this.#bridge.succeed(fill());
  }
}

/** Puts a whole value on the stack. Throws ConversionError if a part can't be converted, MemoryError if there is no room. */
export function pushValue(bridge: Bridge, value: unknown): void {
  try {
    new Conversion(bridge).run(value);
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      throw new RangeError("Cannot convert the value: it is nested too deeply");
    }
    throw error instanceof TypeError ? locate(bridge, value, error) : error;
  }
}

// ---- where the trouble is: looked for once there is some ----

/** The first part that can't be converted, as an error; the original error if there is none. */
function locate(bridge: Bridge, root: unknown, error: TypeError): Error {
  const seen = new Set<object>();
  const todo: { value: unknown; path: string }[] = [{ value: root, path: "$" }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { value, path } = next;
    const what = trouble(bridge, value);
    if (what) return new ConversionError(path, what);
    if (typeof value !== "object" || value === null || value instanceof Handle || seen.has(value)) continue;
    seen.add(value);
    const parts = [...partsOf(value)].map(([key, part]) => ({ value: part, path: path + step(key) }));
    todo.push(...parts.reverse());
  }
  return error;
}

/** Why a value can't be converted, whatever is in it; undefined if it can. */
function trouble(bridge: Bridge, value: unknown): string | undefined {
  if (typeof value === "function" || typeof value === "symbol") return describe(value);
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Handle) {
    try {
      bridge.push(value);
      bridge.f.drop(1);
      return undefined;
    } catch (error) {
      return `a handle: ${(error as Error).message}`;
    }
  }
  const fits = Array.isArray(value) || value instanceof Map || value instanceof Set || value instanceof Uint8Array;
  return fits || isPlain(value) ? undefined : describe(value);
}

function* partsOf(value: object): Iterable<readonly [unknown, unknown]> {
  if (value instanceof Uint8Array) return;
  if (Array.isArray(value)) yield* value.entries();
  else if (value instanceof Set) for (const item of value) yield [value, item];
  else if (value instanceof Map) {
    for (const [key, item] of value) {
      yield [key, key];
      yield [key, item];
    }
  } else yield* Object.entries(value);
}
