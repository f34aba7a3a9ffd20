// The border between JavaScript and the core's objects. Values go onto the core's stack (value-stack.ts). Results come
// back (results.ts). An error of the core becomes an exception (errors.ts). Handles are released when they are no
// longer needed (scopes.ts). An operation that finds no memory is tried again (rescue.ts). Calls of functions in C are
// counted (border.ts).

import { EXCEPTION_TYPES, FIXED_TYPES } from "../../core/catalogue.gen.js";
import type { WholeFunctions } from "../../core/functions.gen.js";
import type { Reentrancy } from "../../core/reentrancy.js";
import type { WholeCore } from "../../core/whole-core.js";
import { Border, type GuardedStack } from "./border.js";
import { Errors } from "./errors.js";
import { exceptionNumber } from "./exception-types.js";
import type { Handle } from "./handle.js";
import { Reader } from "./reader.js";
import { Rescue, type Rescuer } from "./rescue.js";
import { Results, type Wrap } from "./results.js";
import { Scopes } from "./scopes.js";
import { ValueStack } from "./value-stack.js";

/** What a bridge needs from the heap. */
export interface BridgeParts {
  readonly core: WholeCore;
  readonly states: Reentrancy;
  /** The stack of modules in C. */
  readonly stack: GuardedStack;
  readonly rescuer: Rescuer;
  readonly wrap: Wrap;
  readonly sharing: Sharing;
}

/** What depends on whether several workers use the objects. */
export interface Sharing {
  /** Runs the release of a handle that JavaScript's collector has found. */
  releasing(release: () => void): void;
  /** Passes an object on to another worker. */
  pass(handle: Handle): ObjectShare;
}

/** What `postMessage` carries to one worker, which gets the object by `heap.adopt(share)`. */
export interface ObjectShare {
  /** A number that tells the heap from others. */
  readonly heap: number;
  /** Which of the objects that were shared. */
  readonly object: number;
}

export class Bridge {
  readonly f: WholeFunctions;
  readonly reader: Reader;
  readonly states: Reentrancy;
  readonly border: Border;
  readonly #errors: Errors;
  readonly #rescue: Rescue;
  /** Puts values onto the core's stack. */
  readonly values: ValueStack;
  readonly #results: Results;
  readonly #scopes: Scopes;
  readonly sharing: Sharing;

  constructor({ core, states, stack, rescuer, wrap, sharing }: BridgeParts) {
    this.f = core.functions;
    this.reader = new Reader(core);
    this.states = states;
    this.sharing = sharing;
    this.border = new Border(this.reader, states, stack);
    this.#errors = new Errors(this.f, this.reader, core.control);
    this.#rescue = new Rescue(rescuer);
    this.values = new ValueStack(this, this.#errors, this.#rescue, core.control);
    this.#results = new Results(this.f, this.reader, this.#errors, core.control, wrap);
    this.#scopes = new Scopes(this.f, sharing);
  }

  // ---- in ----

  /** Pushes a value. If memory runs out, measures run, as in `trying`. */
  push(value: unknown): void {
    this.values.push(value);
  }

  /** Pushes several values. If one fails, all are removed again. */
  pushAll(values: readonly unknown[]): void {
    this.values.pushAll(values);
  }

  /** Like pushAll, on top of `below` values; if one fails, those are removed, too. */
  pushAbove(below: number, values: readonly unknown[]): void {
    this.values.pushAbove(below, values);
  }

  /** Pushes the interned string with this text. */
  key(text: string): void {
    this.values.key(text);
  }

  /** Pushes a bytes object. */
  pushBytes(source: Uint8Array): void {
    this.values.pushBytes(source);
  }

  /** Pushes the sentence of the core's error. Returns 1; or 0, with another error set, if there is no memory. */
  pushErrorSentence(): number {
    return this.values.pushErrorSentence();
  }

  // ---- out ----

  /** The value of a result that is not an ordinary number; `missing` is returned if nothing was found. */
  special(missing?: unknown): unknown {
    return this.#results.special(missing);
  }

  /** The value of any result. */
  value(result: number, missing?: unknown): unknown {
    return Number.isNaN(result) ? this.#results.special(missing) : result;
  }

  /** Takes a handle for the top of the stack. */
  popHandle(): Handle {
    return this.#results.popHandle();
  }

  /** A handle for the object at an address. */
  handleOf(address: number): Handle {
    return this.#results.handleOf(address);
  }

  /** Like popHandle, after a call that pushes something. If the call failed (`done` is 0), throws the core's error. */
  made(done: number): Handle {
    return this.#results.made(done);
  }

  // ---- errors ----

  /** Throws the error that the core raised. */
  raise(): never {
    return this.#errors.raise();
  }

  /** Throws the error that a function in C left set, if there is one. */
  raiseIfSet(): void {
    this.#errors.raiseIfSet();
  }

  /** Throws the core's error if the call failed. */
  succeed(done: number): void {
    if (done === 0) this.raise();
  }

  /** Throws the core's error if the result is -1; returns the result otherwise. */
  number(answer: number): number {
    return answer < 0 ? this.raise() : answer;
  }

  // ---- calls of code in C ----

  /** Calls the object of a handle with the last `n` values of the stack. Returns the result. */
  call(index: number, n: number): unknown {
    const { border } = this;
    border.enter();
    let result: number;
    try {
      result = this.f.call_object(index, n, 0);
    } catch (error) {
      return border.abandon(error);
    }
    border.leave();
    return Number.isNaN(result) ? this.#results.special() : result;
  }

  /** Makes the types of exceptions, and whatever else modules in C need, if they do not exist yet. */
  defineApiTypes(): void {
    for (const { place, name } of FIXED_TYPES) {
      this.key(name);
      this.f.name_fixed_type(place);
    }
    EXCEPTION_TYPES.forEach(([name, base], k) => {
      this.key(name);
      this.succeed(this.f.define_exception(k, exceptionNumber(base)));
    });
    this.key("iterator");
    this.succeed(this.f.define_api_types());
  }

  // ---- when memory runs out ----

  /**
   * Runs an operation. If memory runs out, measures run, and the operation is tried again. An operation that fails must
   * leave everything unchanged.
   */
  trying<T>(operation: () => T): T {
    return this.#rescue.trying(operation);
  }

  /**
   * Tries again an operation that failed with this error. Throws the error if that fails, or if memory was not the
   * reason.
   */
  again<T>(error: unknown, operation: () => T): T {
    return this.#rescue.again(error, operation);
  }

  // ---- while objects are incomplete ----

  /** Runs a function during which no collection starts by itself, and the program can't look at the new objects. */
  converting(run: () => void): void {
    this.states.converting(() => {
      this.f.gc_hold();
      try {
        run();
      } finally {
        this.f.gc_let_go();
      }
    });
  }

  // ---- handles ----

  /** Registers a new handle: the innermost scope will release it; or, if it is forgotten, JavaScript's collector. */
  adopt(handle: Handle, index: number): void {
    this.#scopes.adopt(handle, index);
  }

  /** Gives back the reference of a handle that its owner has released. */
  disown(handle: Handle, index: number): void {
    this.#scopes.disown(handle, index);
  }

  /** Runs a callback of the program, in the middle of whatever the program is doing: see Scopes. */
  aside<T>(run: () => T): T {
    return this.#scopes.aside(run);
  }

  /** Runs a function, then releases the handles that were made in it, except one that it returns: see Scopes. */
  scope<T>(run: () => T): T {
    return this.#scopes.scope(run);
  }
}
