// Things that arrive one by one, as an async sequence with an end: the bytes of a recording under way, for example.

export class Arrivals<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #wake: () => void = () => undefined;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  push(thing: T): void {
    this.#waiting.push(thing);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Ends the sequence with an error, which comes after everything that has arrived. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      if (this.#waiting.length > 0) yield this.#waiting.shift() as T;
      else if (this.#failure) throw this.#failure.error;
      else if (this.#ended) return;
      else {
        await new Promise<void>((done) => {
          this.#wake = done;
        });
      }
    }
  }
}
