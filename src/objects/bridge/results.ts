// Converts results of the core to JavaScript values: scalars become values, everything else a handle.

import * as C from "../../core/constants.gen.js";
import type { WholeFunctions } from "../../core/functions.gen.js";
import { ProtocolError } from "../../ground/errors.js";
import type { Errors } from "./errors.js";
import type { Handle } from "./handle.js";
import type { Reader } from "./reader.js";

/** Makes the object for a handle of the core; its class depends on the kind of the heap's object. */
export type Wrap = (index: number, kind: number, hostId: number) => Handle;

export class Results {
  readonly #f: WholeFunctions;
  readonly #reader: Reader;
  readonly #errors: Errors;
  readonly #wrap: Wrap;
  readonly #control: number;

  /** `wrap` makes the handles. */
  constructor(f: WholeFunctions, reader: Reader, errors: Errors, control: number, wrap: Wrap) {
    this.#f = f;
    this.#reader = reader;
    this.#errors = errors;
    this.#control = control;
    this.#wrap = wrap;
  }

  /** The value of a result that is not an ordinary number; `missing` is returned if nothing was found. */
  special(missing?: unknown): unknown {
    const reader = this.#reader;
    // If the memory has grown, this makes the reader's views anew.
    reader.bytes;
    const at = this.#control;
    const a = reader.word(at + C.RESULT_A_AT);
    const b = reader.word(at + C.RESULT_B_AT);
    const kind = reader.word(at + C.RESULT_KIND_AT);
    switch (kind) {
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
        this.#f.release_text();
        return text;
      }
      case C.IS_BIG:
        return this.#big(a, b, reader.word(at + C.RESULT_C_AT) === 1);
      case C.IS_MISSING:
        return missing;
      case C.IS_OBJECT:
        return this.#wrap(a, b, reader.word(at + C.RESULT_C_AT));
      case C.IS_ERROR:
        return this.#errors.raise();
      default:
        throw new ProtocolError("a result", kind);
    }
  }

  #big(address: number, words: number, negative: boolean): bigint {
    let hex = "0x";
    for (let k = words - 1; k >= 0; k--)
      hex += this.#reader
        .word(address + 4 * k)
        .toString(16)
        .padStart(8, "0");
    return negative ? -BigInt(hex) : BigInt(hex);
  }

  /** Takes a handle for the top of the stack. */
  popHandle(): Handle {
    return this.#wrapped(this.#f.pop_handle());
  }

  /** A handle for the object at an address. */
  handleOf(address: number): Handle {
    return this.#wrapped(this.#f.handle_of(address));
  }

  /** The object for a handle of the core. If the handle is 0, throws the core's error. */
  #wrapped(index: number): Handle {
    if (index === 0) this.#errors.raise();
    return this.#wrap(index, this.#f.handle_kind(index), this.#f.handle_host_id(index));
  }

  /** Like popHandle, after a call that pushes something. If the call failed (`done` is 0), throws the core's error. */
  made(done: number): Handle {
    if (done === 0) this.#errors.raise();
    return this.popHandle();
  }
}
