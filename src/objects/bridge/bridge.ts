// Values across the border: JavaScript values go onto the core's stack, results come back as JavaScript values.
//
// Scalars cross as values: numbers, bigints, strings, booleans and null. Everything else comes back as a handle.
// An error that the core raised becomes an exception here, and is cleared there.

import { EXCEPTION_TYPES, FIXED_TYPES } from "../../core/catalogue.gen.js";
import * as C from "../../core/constants.gen.js";
import type { WholeFunctions } from "../../core/functions.gen.js";
import type { Reentrancy } from "../../core/reentrancy.js";
import type { WholeCore } from "../../core/whole-core.js";
import { MemoryError } from "../../ground/errors.js";
import { Border, type GuardedStack } from "./border.js";
import { exceptionNumber } from "./exception-types.js";
import { PyException } from "./exceptions.js";
import { Handle, indexOf } from "./handle.js";
import { type ErrorRecord, type Show, wordsOf } from "./messages.js";
import { Reader } from "./reader.js";

/** So many exceptions are shown that one was raised from: they can be a ring. */
const MOST_CAUSES = 10;

/** Makes the handle object for a handle of the core, by the kind of its object. */
export type Wrap = (bridge: Bridge, index: number, kind: number, hostId: number) => Handle;

/** How many items a typed array has, whatever a class derived from it says: so much is copied. */
const lengthOf: (this: Uint8Array) => number = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  "length",
)?.get as () => number;

export class Bridge {
  readonly f: WholeFunctions;
  readonly reader: Reader;
  readonly states: Reentrancy;
  readonly #wrap: Wrap;
  readonly #control: number;
  /** Handles that were made in each open scope, the innermost last. */
  readonly #scopes: Set<Handle>[] = [];
  readonly #net: FinalizationRegistry<number>;
  #bufferAt = 0;
  #bufferSize = 0;

  constructor(core: WholeCore, states: Reentrancy, stack: GuardedStack, wrap: Wrap) {
    this.states = states;
    this.f = core.functions;
    this.reader = new Reader(core);
    this.border = new Border(this.reader, states, stack);
    this.#wrap = wrap;
    this.#control = core.control;
    this.#net = new FinalizationRegistry((index) => this.f.handle_release(index));
  }

  // ---- in ----

  /** Puts a value on the stack; if memory runs out, as `trying` has it. */
  push(value: unknown): void {
    try {
      this.#pushOnce(value);
    } catch (error) {
      // In variables of this block, so that there is nothing to pay where no closure is made.
      const [bridge, again] = [this, value];
      bridge.again(error, () => bridge.#pushOnce(again));
    }
  }

  #pushOnce(value: unknown): void {
    const { f } = this;
    let done: number;
    switch (typeof value) {
      case "number":
        done = f.push_number(value);
        break;
      case "string":
        done = f.push_text(this.write(value), this.width);
        this.#checkBuffer();
        break;
      case "boolean":
        done = f.push_constant(value ? C.IS_TRUE : C.IS_FALSE);
        break;
      case "bigint":
        done = this.#pushBig(value);
        break;
      case "undefined":
        done = f.push_constant(C.IS_NONE);
        break;
      default:
        if (value === null) done = f.push_constant(C.IS_NONE);
        else if (value instanceof Handle) done = f.push_handle(indexOf(value, this));
        else throw new TypeError(`Cannot use ${describe(value)} here: convert it with heap.from() first`);
    }
    if (done === 0) this.raise();
  }

  /** Puts several values on the stack; if one can't go there, none is left. */
  pushAll(values: readonly unknown[]): void {
    let n = 0;
    try {
      for (const value of values) {
        this.push(value);
        n++;
      }
    } catch (error) {
      this.f.drop_values(n);
      throw error;
    }
  }

  /** As pushAll, on top of `below` values that leave the stack, too, if one can't go there. */
  pushAbove(below: number, values: readonly unknown[]): void {
    try {
      this.pushAll(values);
    } catch (error) {
      this.f.drop_values(below);
      throw error;
    }
  }

  /** Puts a string on the stack that is the only one with its text. */
  key(text: string): void {
    try {
      this.#keyOnce(text);
    } catch (error) {
      const [bridge, again] = [this, text];
      bridge.again(error, () => bridge.#keyOnce(again));
    }
  }

  #keyOnce(text: string): void {
    const done = this.f.push_key(this.write(text), this.width);
    this.#checkBuffer();
    this.succeed(done);
  }

  /** Bytes of a character of the text that was written last. */
  width = 1;

  /** Writes a text to the core's buffer, in one byte a character if that is enough. Answers how many characters. */
  write(text: string): number {
    const n = text.length;
    const at = this.#room(n);
    const { bytes } = this.reader;
    for (let k = 0; k < n; k++) {
      const unit = text.charCodeAt(k);
      if (unit > 0xff) return this.#writeWide(text);
      bytes[at + k] = unit;
    }
    this.width = 1;
    return n;
  }

  #writeWide(text: string): number {
    const n = text.length;
    const at = this.#room(2 * n);
    const { bytes } = this.reader;
    for (let k = 0; k < n; k++) {
      const unit = text.charCodeAt(k);
      bytes[at + 2 * k] = unit & 0xff;
      bytes[at + 2 * k + 1] = unit >>> 8;
    }
    this.width = 2;
    return n;
  }

  /** Puts a bytes object on the stack. */
  pushBytes(source: Uint8Array): void {
    const n = lengthOf.call(source);
    const at = this.#room(n);
    this.reader.bytes.set(source, at);
    const done = this.f.push_bytes(n);
    this.#checkBuffer();
    this.succeed(done);
  }

  #pushBig(value: bigint): number {
    const hex = (value < 0n ? -value : value).toString(16);
    const words = Math.ceil(hex.length / 8);
    const at = this.#room(4 * words);
    const { bytes } = this.reader;
    for (let k = 0; k < 4 * words; k++) {
      const end = hex.length - 2 * k;
      bytes[at + k] = end > 0 ? Number.parseInt(hex.slice(Math.max(0, end - 2), end), 16) : 0;
    }
    const done = this.f.push_words(words, value < 0n ? 1 : 0);
    this.#checkBuffer();
    return done;
  }

  /** Where the core's buffer is, with room for so many bytes. */
  #room(n: number): number {
    if (n <= this.#bufferSize) return this.#bufferAt;
    const size = Math.max(1024, n);
    const at = this.f.buffer_room(size) >>> 0;
    if (at === 0) this.raise();
    this.#bufferAt = at;
    this.#bufferSize = size;
    return at;
  }

  /** The core gives a large buffer back after its use: then ours is none. */
  #checkBuffer(): void {
    if (this.#bufferSize > C.KEPT_BUFFER) this.#bufferSize = 0;
  }

  /** The core's buffer is not there any more. */
  forgetBuffer(): void {
    this.#bufferSize = 0;
  }

  // ---- out ----

  /** The value of a result that is not an ordinary number; `missing` is what "there is none" becomes. */
  special(missing?: unknown): unknown {
    const { reader } = this;
    reader.bytes;
    const at = this.#control;
    const a = reader.word(at + C.RESULT_A_AT);
    const b = reader.word(at + C.RESULT_B_AT);
    switch (reader.word(at + C.RESULT_KIND_AT)) {
      case C.IS_NUMBER:
        return Number.NaN;
      case C.IS_NONE:
        return null;
      case C.IS_TRUE:
        return true;
      case C.IS_FALSE:
        return false;
      case C.IS_TEXT: {
        const text = reader.characters(a, b, reader.word(at + C.RESULT_C_AT));
        this.f.release_text();
        return text;
      }
      case C.IS_BIG:
        return this.#big(a, b, reader.word(at + C.RESULT_C_AT) === 1);
      case C.IS_MISSING:
        return missing;
      case C.IS_OBJECT:
        return this.#wrap(this, a, b, reader.word(at + C.RESULT_C_AT));
      default:
        return this.raise();
    }
  }

  /** The value of any result. */
  value(result: number, missing?: unknown): unknown {
    return Number.isNaN(result) ? this.special(missing) : result;
  }

  #big(address: number, words: number, negative: boolean): bigint {
    let hex = "0x";
    for (let k = words - 1; k >= 0; k--)
      hex += this.reader
        .word(address + 4 * k)
        .toString(16)
        .padStart(8, "0");
    // The buffer is the core's, which may have replaced it.
    this.forgetBuffer();
    return negative ? -BigInt(hex) : BigInt(hex);
  }

  // ---- calls of code in C ----

  readonly border: Border;

  /** Calls the object of a handle with the last `n` values of the stack. Answers what it answered. */
  call(index: number, n: number): unknown {
    const { border } = this;
    border.enter();
    let result: number;
    try {
      result = this.f.call_object(index, n, 0);
    } catch (error) {
      border.abandon();
      throw error;
    }
    border.leave();
    return Number.isNaN(result) ? this.special() : result;
  }

  /** Runs a call of the core's that may call code in C. */
  crossing(call: () => number): number {
    return this.border.run(call);
  }

  /** Takes a handle for the top of the stack. */
  popHandle(): Handle {
    const index = this.f.pop_handle();
    if (index === 0) this.raise();
    return this.#wrap(this, index, this.f.handle_kind(index), this.f.handle_host_id(index));
  }

  /** A handle for the object at an address. */
  handleOf(address: number): Handle {
    const index = this.f.handle_of(address);
    if (index === 0) this.raise();
    return this.#wrap(this, index, this.f.handle_kind(index), this.f.handle_host_id(index));
  }

  /** As popHandle after a call that put something on the stack, unless it failed. */
  made(done: number): Handle {
    if (done === 0) this.raise();
    return this.popHandle();
  }

  /** Throws the error of the core if a call failed. */
  succeed(done: number): void {
    if (done === 0) this.raise();
  }

  /** An answer of -1 is an error; else it is what was asked for. */
  number(answer: number): number {
    return answer < 0 ? this.raise() : answer;
  }

  // ---- when memory runs out ----

  /** Runs measures and the attempt after them, as Ladder.rescue does. */
  rescue: (<T>(attempt: () => T | undefined, bytes: number) => T | undefined) | undefined;
  #isAnotherTry = false;

  /** Runs an operation; if memory runs out, measures run, and it is tried again. It leaves everything as it was when it fails. */
  trying<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      return this.again(error, operation);
    }
  }

  /** The other tries of an operation that failed with this error, which is thrown if they fail, or if it has another reason. */
  again<T>(error: unknown, operation: () => T): T {
    if (!(error instanceof MemoryError) || this.#isAnotherTry) throw error;
    const found = this.rescue?.(() => {
      this.#isAnotherTry = true;
      try {
        return { value: operation() };
      } catch (another) {
        if (another instanceof MemoryError) return undefined;
        throw another;
      } finally {
        this.#isAnotherTry = false;
      }
    }, error.requested);
    if (!found) throw error;
    return found.value;
  }

  // ---- errors ----

  /** Throws the error that the core raised. */
  raise(): never {
    const { reader } = this;
    reader.refresh();
    const code = reader.word(this.#control + C.ERROR_CODE_AT);
    if (code === C.E_RAISED) this.#raiseException();
    if (code === C.E_MEMORY) {
      const bytes = reader.word(this.#control + C.ERROR_X_AT);
      this.f.error_clear();
      throw new MemoryError(bytes, "no memory is left within the limit");
    }
    const { exception, message } = wordsOf(
      this.#errorRecord(),
      this.#show(() => this.#reprOfError()),
    );
    this.f.error_clear();
    throw new PyException(exception, message);
  }

  /** Throws the error that a function in C left set, if it did. */
  raiseIfSet(): void {
    const { reader } = this;
    reader.refresh();
    if (reader.word(this.#control + C.ERROR_CODE_AT) !== 0) this.raise();
  }

  #errorRecord(): ErrorRecord {
    const word = (at: number) => this.reader.word(this.#control + at);
    return {
      code: word(C.ERROR_CODE_AT),
      objects: [word(C.ERROR_A_AT), word(C.ERROR_B_AT), word(C.ERROR_C_AT)],
      numbers: [word(C.ERROR_X_AT) | 0, word(C.ERROR_Y_AT) | 0, word(C.ERROR_Z_AT) | 0],
    };
  }

  #show(repr: () => string): Show {
    const { reader } = this;
    return {
      typeName: (object) => reader.typeName(object),
      text: (object) => (reader.kind(object) === C.STR ? reader.text(object) : ""),
      repr,
    };
  }

  /** Throws the exception that C set. */
  #raiseException(): never {
    const handle = this.f.take_exception();
    if (handle === 0) this.raise();
    throw this.#errorOf(handle, MOST_CAUSES);
  }

  /** What a handle's exception is in TypeScript, with what it was raised from, down to so many; the handle is released. */
  #errorOf(handle: number, most: number): MemoryError | PyException {
    const { f, reader } = this;
    try {
      reader.refresh();
      const names: string[] = [];
      for (let type = reader.type(f.handle_address(handle)); type !== 0; type = reader.word(type + C.TYPE_BASE)) {
        names.push(reader.text(reader.word(type + C.TYPE_NAME)));
      }
      const [name = "Exception", ...bases] = names;
      const message = this.#textOfException(handle);
      if (f.is_memory_error(handle) !== 0) return new MemoryError(0, "no memory is left", message || undefined);
      const cause = most > 0 ? f.take_cause(handle) : 0;
      if (cause === 0) f.error_clear();
      return new PyException(name, message, bases, cause === 0 ? undefined : this.#errorOf(cause, most - 1));
    } finally {
      f.handle_release(handle);
    }
  }

  /** str() of an exception; "" if that fails. */
  #textOfException(handle: number): string {
    const { f, reader } = this;
    if (f.push_exception_text(handle) === 0) {
      f.error_clear();
      return "";
    }
    reader.refresh();
    const text = reader.text(f.top_address() >>> 0);
    f.drop_values(1);
    return text;
  }

  /** Puts the sentence of the core's error on the stack: 1; 0, with another error, if there is no memory. */
  pushErrorSentence(): number {
    this.reader.refresh();
    const { message } = wordsOf(
      this.#errorRecord(),
      this.#show(() => ""),
    );
    const n = message.length;
    const at = this.f.buffer_room(Math.max(2 * n, this.#bufferSize)) >>> 0;
    this.forgetBuffer();
    if (at === 0) return 0;
    const { bytes } = this.reader;
    for (let k = 0; k < n; k++) {
      const unit = message.charCodeAt(k);
      bytes[at + 2 * k] = unit & 0xff;
      bytes[at + 2 * k + 1] = unit >>> 8;
    }
    return this.f.push_text(n, 2);
  }

  /** Makes the types of exceptions, and what else modules in C need, unless they are there. */
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

  /** repr of the object that an error is about; its type's name if that fails. */
  #reprOfError(): string {
    const { f, reader } = this;
    const handle = f.error_object(0);
    if (handle === 0) return "an object";
    const name = reader.typeName(f.handle_address(handle));
    // Clears the error, so that the repr can have one of its own.
    f.error_clear();
    f.push_handle(handle);
    f.handle_release(handle);
    try {
      return String(this.value(f.repr_of()));
    } catch {
      return `a ${name}`;
    }
  }

  // ---- while objects are not whole ----

  /** Runs a function during which no collection starts by itself, and nobody can look at the objects that it makes. */
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

  /** A new handle: the innermost scope will release it, and if it is forgotten, the net. */
  adopt(handle: Handle, index: number): void {
    this.#scopes.at(-1)?.add(handle);
    this.#net.register(handle, index, handle);
  }

  /** The handle was released. */
  disown(handle: Handle, index: number): void {
    for (const scope of this.#scopes) scope.delete(handle);
    this.#net.unregister(handle);
    this.f.handle_release(index);
  }

  /**
   * Runs a callback of the program's, in the middle of whatever the program is doing: scopes that are open there don't own the
   * handles that the callback makes, and results are values even if handles are wanted there.
   */
  aside<T>(run: () => T): T {
    const scopes = this.#scopes.splice(0);
    const exact = this.f.set_exact(0);
    try {
      return run();
    } finally {
      this.f.set_exact(exact);
      this.#scopes.push(...scopes);
    }
  }

  /** Runs a function; what handles it made are released, but for one that it answers. */
  scope<T>(run: () => T): T {
    const made = new Set<Handle>();
    this.#scopes.push(made);
    let result: T | undefined;
    try {
      result = run();
      if (result instanceof Promise) {
        throw new TypeError("Cannot run an async function in a scope: what it makes after an await is outside");
      }
      return result;
    } finally {
      this.#scopes.pop();
      for (const handle of made) {
        if (handle === result) this.#scopes.at(-1)?.add(handle);
        else handle.release();
      }
    }
  }
}

/** A value as an error names it: "a function", "an instance of Date". */
export function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "object" && value !== null) {
    const name = Object.getPrototypeOf(value)?.constructor?.name;
    return name ? `an instance of ${name}` : "an object";
  }
  return `${value === undefined ? "" : "a "}${typeof value}`;
}
