// The time of a recording's program, in milliseconds: that of performance.now(), until the program has ended.

export class ProgramClock {
  /** In Node, the global `performance` is a getter, which takes longer than a field. */
  readonly #performance = performance;
  #ended: number | undefined;

  now(): number {
    return this.#ended ?? this.#performance.now();
  }

  /** To be called when the program has ended: what follows, such as a heap snapshot, takes no time of the recording. */
  stop(): void {
    this.#ended ??= this.#performance.now();
  }
}
