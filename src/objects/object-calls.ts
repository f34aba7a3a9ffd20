// The calls of the core's object layer back to its host.
//
// An exception of a callback must not pass through WebAssembly frames, because that would leave an operation half done.
// It is reported instead, as by Python's sys.unraisablehook.

import { TYPE_NAMES } from "../core/catalogue.gen.js";
import { ERRORS } from "../core/errors.gen.js";
import type { WholeImports } from "../core/functions.gen.js";
import { type AllocatorParts, HostCalls } from "../core/host-calls.js";
import type { Bridge } from "./bridge/bridge.js";
import type { Handle } from "./bridge/handle.js";
import { formatFloat, isPrintable, parseFloatText, pow } from "./bridge/host-functions.js";
import type { GarbageCollector } from "./gc.js";

type Callback = (handle: Handle) => void;

/** The parts of a heap that the core calls. */
export interface ObjectParts extends AllocatorParts {
  readonly bridge: Bridge;
  readonly gc: GarbageCollector;
  /** The program's types. */
  readonly types: { drop(hostId: number): void };
  /**
   * The functions in the table. C may give the core a function whose type is not that of the call: `callable` returns
   * the index of a function that has the type of the call.
   */
  readonly casts: {
    callable(index: number, parameters: number, returns: boolean): number;
    functionAt(index: number): (a: number, b: number, c: number) => number | undefined;
  };
  /** Called with the text of a warning: its type and its message. */
  onWarning(text: string): void;
  /** Called when measures against pressure are due. */
  onPressure(): void;
}

export class ObjectCalls extends HostCalls<ObjectParts> implements WholeImports {
  /** What to do about an exception in a callback or a finalizer. */
  report: (error: unknown) => void = (error) => console.error("Exception ignored in a callback:", error);
  /** The journal of a shared heap. */
  journal: { spill(): void } | undefined;
  readonly #callbacks = new Map<number, Callback>();
  #lastId = 0;

  /** The highest number that was assigned. A loaded heap continues from it. */
  get lastId(): number {
    return this.#lastId;
  }

  set lastId(id: number) {
    this.#lastId = id;
  }

  /** Assigns a number to a function that the core will call, until the core drops it. */
  register(callback: Callback): number {
    const id = ++this.#lastId;
    this.#callbacks.set(id, callback);
    return id;
  }

  get #bridge(): Bridge {
    return (this.parts as ObjectParts).bridge;
  }

  protected override isCoreBusy(): boolean {
    return this.parts !== undefined && this.parts.bridge.f.is_busy() !== 0;
  }

  readonly pow = pow;
  readonly isPrintable = (char: number): number => (isPrintable(char) ? 1 : 0);

  readonly formatFloat = (v: number, target: number): number => this.#write(formatFloat(v), target);
  readonly typeName = (kind: number, target: number): number => this.#write(TYPE_NAMES[kind] ?? "object", target);

  #write(text: string, target: number): number {
    const { bytes } = this.#bridge.reader;
    for (let k = 0; k < text.length; k++) bytes[(target >>> 0) + k] = text.charCodeAt(k);
    return text.length;
  }

  readonly parseFloat = (data: number, width: number, n: number, target: number): number => {
    const { reader } = this.#bridge;
    reader.refresh();
    const value = parseFloatText(reader.characters(data >>> 0, n, width));
    if (value === undefined) return 0;
    reader.setDouble(target >>> 0, value);
    return 1;
  };

  readonly warn = (code: number): void => {
    const { exception = "Warning", sentence = "" } = ERRORS.get(code) ?? {};
    (this.parts as ObjectParts).onWarning(`${exception}: ${sentence}`);
  };

  readonly errorSentence = (): number => this.#bridge.pushErrorSentence();

  /** Whether the collection that is under way began by itself: then its errors can't be thrown to a caller. */
  #isUnasked = false;

  readonly collectionBegins = (generation: number): void => {
    this.#isUnasked = this.states.enterUninterrupted();
    this.parts?.gc.begins(generation);
  };

  readonly collectionEnded = (generation: number, collected: number): void => {
    this.parts?.gc.ended(generation, collected >>> 0);
    if (this.#isUnasked) for (const report of this.states.leaveUninterrupted()) this.guard(report);
  };

  readonly collectable = (object: number): void => this.parts?.gc.found(object >>> 0);

  readonly pressure = (): void => this.parts?.onPressure();

  readonly spill = (): void => this.journal?.spill();

  readonly call = (id: number, object: number): void => {
    const callback = this.#callbacks.get(id);
    if (callback) this.withHandle(object, callback);
  };

  readonly drop = (id: number): void => {
    this.#callbacks.delete(id);
  };

  readonly callable = (f: number, parameters: number, returns: number): number =>
    this.parts?.casts.callable(f >>> 0, parameters, returns !== 0) ?? f;

  /** Calls a function in C for the core, which may be in the middle of an operation. An exception is reported. */
  readonly guarded = (index: number, a: number, b: number, c: number): number => {
    try {
      return (this.parts as ObjectParts).casts.functionAt(index)(a, b, c) ?? 0;
    } catch (error) {
      this.unraisable(this.#bridge.border.contained(error));
      return 0;
    }
  };

  readonly dropType = (hostId: number): void => this.parts?.types.drop(hostId);

  /** Runs code of the program, independently of what the program is doing. Exceptions are reported. */
  guard(run: () => void): void {
    this.#bridge.aside(() => {
      try {
        this.states.hostWaits(run);
      } catch (error) {
        this.unraisable(error);
      }
    });
  }

  /** Reports an exception that can't be thrown where it happened. */
  unraisable(error: unknown): void {
    try {
      this.report(error);
    } catch (another) {
      console.error("Exception ignored in onUnraisable:", another, "after", error);
    }
  }

  /** Calls a function with a handle for the object at an address, and releases the handle. */
  withHandle(object: number, callback: Callback): void {
    this.guard(() => {
      const handle = this.#bridge.handleOf(object >>> 0);
      try {
        callback(handle);
      } finally {
        handle.release();
      }
    });
  }
}
