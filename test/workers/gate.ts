// A gate at which workers wait until the test lets them go on.

/** The counter's place in the buffer. */
const COUNTER = 0;

export class Gate {
  readonly #opened: Int32Array;

  /** `buffer` has a counter of how often the gate was opened. It is the same in all workers. */
  constructor(readonly buffer = new SharedArrayBuffer(4)) {
    this.#opened = new Int32Array(buffer);
  }

  /** How often the gate was opened. */
  get opened(): number {
    return Atomics.load(this.#opened, COUNTER);
  }

  /** If the gate was opened exactly `times` times, sleeps until it is opened again; otherwise returns immediately. */
  pass(times: number): void {
    Atomics.wait(this.#opened, COUNTER, times);
  }

  /** Wakes all workers that wait at the gate. */
  open(): void {
    Atomics.add(this.#opened, COUNTER, 1);
    Atomics.notify(this.#opened, COUNTER);
  }
}
