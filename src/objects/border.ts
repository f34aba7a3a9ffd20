// The border to code in C: how many calls across it are under way, and what has to be put right when one ends in an exception, which
// passes through WebAssembly frames and leaves behind what they would have done at their end.

export class Border {
  /** Calls that are under way, one inside another. */
  depth = 0;
  /** Puts right what frames of C left behind that an exception went through; called when no call is under way. */
  unwind: () => void = () => {};
  /** Throws if C did what it must not; called when the outermost call has returned. */
  check: () => void = () => {};

  /** A call begins. */
  enter(): void {
    this.depth++;
  }

  /** The call returned. */
  leave(): void {
    if (--this.depth === 0) this.check();
  }

  /** The call ended in an exception. */
  abandon(): void {
    if (--this.depth === 0) this.unwind();
  }

  /** Runs a call. */
  run<T>(call: () => T): T {
    this.enter();
    let answer: T;
    try {
      answer = call();
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.leave();
    return answer;
  }
}
