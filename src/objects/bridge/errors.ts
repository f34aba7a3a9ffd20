// Turns errors of the core into exceptions.

import * as C from "../../core/constants.gen.js";
import type { WholeFunctions } from "../../core/functions.gen.js";
import { MemoryError } from "../../ground/errors.js";
import { PyException } from "./exceptions.js";
import { type ErrorRecord, type Show, wordsOf } from "./messages.js";
import type { Reader } from "./reader.js";

/** The longest chain of causes that is followed, because in the core the chain can be a ring. */
const MOST_CAUSES = 10;

export class Errors {
  readonly #f: WholeFunctions;
  readonly #reader: Reader;
  readonly #control: number;

  constructor(f: WholeFunctions, reader: Reader, control: number) {
    this.#f = f;
    this.#reader = reader;
    this.#control = control;
  }

  /** Throws the core's error, and clears it there. */
  raise(): never {
    const reader = this.#reader;
    reader.refresh();
    const code = reader.word(this.#control + C.ERROR_CODE_AT);
    if (code === C.E_RAISED) this.#raiseException();
    if (code === C.E_MEMORY) {
      const bytes = reader.word(this.#control + C.ERROR_X_AT);
      this.#f.error_clear();
      throw new MemoryError(bytes, "no memory is left within the limit");
    }
    const { exception, message } = wordsOf(
      this.#errorRecord(),
      this.#show(() => this.#reprOfError()),
    );
    this.#f.error_clear();
    throw new PyException(exception, message);
  }

  #errorRecord(): ErrorRecord {
    const word = (at: number) => this.#reader.word(this.#control + at);
    return {
      code: word(C.ERROR_CODE_AT),
      objects: [word(C.ERROR_A_AT), word(C.ERROR_B_AT), word(C.ERROR_C_AT)],
      numbers: [word(C.ERROR_X_AT) | 0, word(C.ERROR_Y_AT) | 0, word(C.ERROR_Z_AT) | 0],
    };
  }

  #show(repr: () => string): Show {
    const reader = this.#reader;
    return {
      typeName: (object) => reader.typeName(object),
      layoutName: (object) => reader.layoutName(object),
      text: (object) => (reader.layout(object) === C.STR ? reader.text(object) : ""),
      repr,
    };
  }

  /** Throws the exception that C code set. */
  #raiseException(): never {
    const handle = this.#f.take_exception();
    if (handle === 0) this.raise();
    throw this.#errorOf(handle, MOST_CAUSES);
  }

  /** The exception of a handle as a JavaScript error, with a chain of at most `most` causes. Releases the handle. */
  #errorOf(handle: number, most: number): MemoryError | PyException {
    const [f, reader] = [this.#f, this.#reader];
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
    const [f, reader] = [this.#f, this.#reader];
    if (f.push_exception_text(handle) === 0) {
      f.error_clear();
      return "";
    }
    reader.refresh();
    const text = reader.text(f.top_address() >>> 0);
    f.drop_values(1);
    return text;
  }

  /** Throws the error that a function in C left set, if there is one. */
  raiseIfSet(): void {
    const reader = this.#reader;
    reader.refresh();
    if (reader.word(this.#control + C.ERROR_CODE_AT) !== 0) this.raise();
  }

  /** The sentence of the core's error. */
  sentence(): string {
    this.#reader.refresh();
    const { message } = wordsOf(
      this.#errorRecord(),
      this.#show(() => ""),
    );
    return message;
  }

  /** repr of the object that an error mentions; its type's name if that fails. */
  #reprOfError(): string {
    const [f, reader] = [this.#f, this.#reader];
    const handle = f.error_object(0);
    if (handle === 0) return "an object";
    const name = reader.typeName(f.handle_address(handle));
    // The error is cleared first, because the repr may set another one.
    f.error_clear();
    f.push_handle(handle);
    f.handle_release(handle);
    f.repr_of();
    const text = reader.resultText();
    f.error_clear();
    if (text === undefined) return `a ${name}`;
    f.release_text();
    return text;
  }
}
