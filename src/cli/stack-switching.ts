// JavaScript's promises in a program, where the engine can suspend WebAssembly (JSPI): CPython's main function is
// suspended while the program's event loop sleeps, and JavaScript's event loop runs.
//
//   asyncio -> select(timeout) -> pause(seconds), run_sync     until the timeout, a signal, or wake()
//
// wake() is called when a function of the program, called by JavaScript, schedules something.
//
// Where the engine can't suspend WebAssembly, the loop blocks the thread, and a program that waits only for a promise gets
// an error (event-loop.ts).

import type { PyodideAPI } from "pyodide";
import { type Shared, WORD } from "./shared.js";

/** The parts of Pyodide's module with which calls are suspended. Modules before Pyodide 314 lack some of them. */
interface SwitchingModule {
  readonly jspiSupported?: boolean;
  readonly createPromising?: (f: () => number) => () => Promise<number>;
  /** The end of the part of the C stack that is saved when a call is suspended. */
  stackStop?: number;
}

interface SwitchingExports {
  Py_RunMain(): number;
  emscripten_stack_get_current?(): number;
  /** Makes a thread state for a call that can be suspended, and makes it the current one. */
  enter_promising_task?(): number;
}

type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { readonly async: false } | { readonly async: true; readonly value: Promise<unknown> };

/** The longest time of a JavaScript timer, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** An interpreter whose main function can be suspended. */
export class StackSwitching {
  readonly #main: () => Promise<number>;
  readonly #words: Int32Array;
  readonly #onSignal: () => void;
  /** The number of the latest pause. */
  #turn = 0;
  #isWatching = false;
  #end: (() => void) | undefined;

  private constructor(main: () => Promise<number>, { words }: Shared, onSignal: () => void) {
    this.#main = main;
    this.#words = words;
    this.#onSignal = onSignal;
  }

  /**
   * Prepares an interpreter, before its program is prepared. Undefined if this engine or this Pyodide can't suspend it.
   * `onSignal` is called when a signal ends a pause.
   */
  static of(
    pyodide: PyodideAPI,
    python: SwitchingExports,
    shared: Shared,
    onSignal: () => void,
  ): StackSwitching | undefined {
    const { _module: module } = pyodide as unknown as { readonly _module?: SwitchingModule };
    const { emscripten_stack_get_current: stackNow, enter_promising_task: enter } = python;
    const isThere = module?.jspiSupported && "waitAsync" in Atomics;
    if (!isThere || !module.createPromising || !stackNow || !enter) return undefined;
    module.stackStop = stackNow();
    enter();
    return new StackSwitching(module.createPromising(python.Py_RunMain), shared, onSignal);
  }

  /** Runs CPython's main function. Returns its result. */
  runMain(): Promise<number> {
    return this.#main();
  }

  /**
   * Called with true when Python is suspended: from now on, JavaScript may call the program's functions. Called with false
   * when the pause has ended.
   */
  onTurn: (isSuspended: boolean) => void = () => undefined;

  /**
   * Begins a pause, for which the caller is about to suspend Python. It ends after a number of seconds, or when a signal
   * comes, or by wake().
   */
  readonly pause = (seconds: number): void => {
    const turn = ++this.#turn;
    const tell = (isSuspended: boolean) =>
      queueMicrotask(() => {
        if (turn === this.#turn) this.onTurn(isSuspended);
      });
    tell(true);
    const milliseconds = Math.min(Math.ceil(seconds * 1000), LONGEST);
    const timer = milliseconds > 0 ? setTimeout(this.wake, milliseconds) : undefined;
    if (!timer) setImmediate(this.wake);
    this.#end = () => {
      clearTimeout(timer);
      // Not at once: wake() may come from a function of the program that JavaScript is calling.
      tell(false);
    };
    this.#watchSignals();
  };

  /** Ends a pause for which Python was not suspended, or no longer is: onTurn is not called for it any more. */
  readonly cancel = (): void => {
    this.#turn++;
    this.wake();
  };

  /** Ends the pause. */
  readonly wake = (): void => {
    const end = this.#end;
    this.#end = undefined;
    end?.();
  };

  /** One wait for a signal serves for many pauses. */
  #watchSignals(): void {
    if (this.#isWatching) return;
    const { waitAsync } = Atomics as unknown as { waitAsync: WaitAsync };
    const look = waitAsync(this.#words, WORD.signal, 0);
    if (!look.async) {
      this.#interrupt();
      return;
    }
    this.#isWatching = true;
    void look.value.then(() => {
      this.#isWatching = false;
      this.#interrupt();
    });
  }

  #interrupt(): void {
    this.#onSignal();
    this.wake();
  }
}
