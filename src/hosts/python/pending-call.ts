// A function of ours that CPython calls between two bytecodes: Py_AddPendingCall. An allocation can't act at once on
// what it notices, because its caller is in the middle of an operation.

import { TableSlots, toWasmFunction } from "../../core/table-functions.js";
import type { PyodideExports } from "./pyodide-module.js";

export class PendingCall {
  readonly #python: PyodideExports;
  readonly #index: number;
  #isWaiting = false;

  constructor(python: PyodideExports, run: () => void) {
    this.#python = python;
    const call = (): number => {
      this.#isWaiting = false;
      run();
      return 0;
    };
    this.#index = new TableSlots({ table: python.__indirect_function_table }).put(
      toWasmFunction(call, { parameters: 1, results: 1 }),
    );
  }

  /** Asks CPython to call the function once. False if CPython's list of pending calls is full. */
  ask(): boolean {
    this.#isWaiting ||= this.#python.Py_AddPendingCall(this.#index, 0) === 0;
    return this.#isWaiting;
  }
}
