// Memory that the main thread shares with the thread that Python lives in.
//
//   word 0             word 1                          word 2                          bytes 12 ...
//   0, or a signal     0: nothing there  n: n bytes    1: what was recorded is due     the bytes of standard input
//                      -1: no more

export const WORD = { signal: 0, input: 1, due: 2 } as const;
const WORDS = 3;
const INPUT_BYTES = 65536;

export interface Shared {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly input: Uint8Array<SharedArrayBuffer>;
}

export function makeShared(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * WORDS + INPUT_BYTES);
}

export function viewShared(shared: SharedArrayBuffer): Shared {
  return { words: new Int32Array(shared, 0, WORDS), input: new Uint8Array(shared, 4 * WORDS) };
}
