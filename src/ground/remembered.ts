// What is made once and used often, such as a compiled module. A failure is forgotten: the next call tries again, because
// the reason may be gone, as when there was no memory for a moment.

export class Remembered<K, V> {
  readonly #known = new Map<K, Promise<V>>();

  /** The value for the key. `make` makes it if there is none yet, or if an earlier call could not make it. */
  get(key: K, make: () => Promise<V>): Promise<V> {
    const known = this.#known.get(key);
    if (known) return known;
    const made = make();
    this.#known.set(key, made);
    made.catch(() => this.#known.delete(key));
    return made;
  }
}
