// A gate at which workers wait until the test lets them go on.

const SHUT = 0;

export class Gate {
  readonly #opened: Int32Array;

  /** `buffer` is the same in all workers. */
  constructor(readonly buffer = new SharedArrayBuffer(4)) {
    this.#opened = new Int32Array(buffer);
  }

  /** How often it was opened. */
  get opened(): number {
    return Atomics.load(this.#opened, SHUT);
  }

  /** Sleeps until it has been opened more than `times` times. */
  pass(times: number): void {
    Atomics.wait(this.#opened, SHUT, times);
  }

  open(): void {
    Atomics.add(this.#opened, SHUT, 1);
    Atomics.notify(this.#opened, SHUT);
  }
}
