// A thread that can be stopped at any step: an instance of the module in which each function, and each round of a loop, says
// that it begins. There, and nowhere else, an engine ends a worker that is terminated.

import { readFileSync } from "node:fs";
import { ALLOCATOR_TABLE } from "../../src/core/catalogue.gen.js";
import type { ThreadFunctions } from "../../src/core/functions.gen.js";
import { TABLE_BASE } from "../../src/core/threads.js";

const MODULE = new WebAssembly.Module(readFileSync(new URL("../../build/threads-steps.wasm", import.meta.url)));

export class Stopped extends Error {}

export class SteppedThread {
  readonly functions: ThreadFunctions;
  /** How many steps it has made. */
  steps = 0;
  /** The step at which it is stopped. */
  #end = Number.POSITIVE_INFINITY;

  constructor(memory: WebAssembly.Memory, base: number, control: number) {
    const table = new WebAssembly.Table({ element: "anyfunc", initial: TABLE_BASE + ALLOCATOR_TABLE.length });
    const none = () => undefined;
    const { exports } = new WebAssembly.Instance(MODULE, {
      env: { memory, table },
      host: {
        ...{ control, shared: base, fault: none, visit: none, watermark: none, stalled: none, spill: none },
        log_execution: () => this.#step(),
      },
    });
    for (const [k, name] of ALLOCATOR_TABLE.entries()) if (exports[name]) table.set(TABLE_BASE + k, exports[name]);
    this.functions = exports as unknown as ThreadFunctions;
  }

  #step(): void {
    if (++this.steps === this.#end) throw new Stopped();
  }

  /** Runs a function until it ends, or until `steps` steps have been made. Returns whether it ended. */
  runFor(steps: number, run: () => void): boolean {
    this.#end = this.steps + steps;
    try {
      run();
      return true;
    } catch (error) {
      if (error instanceof Stopped) return false;
      throw error;
    } finally {
      this.#end = Number.POSITIVE_INFINITY;
    }
  }
}
