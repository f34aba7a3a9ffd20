// Where a version of CPython has what a walk of its stack reads, and how to find it in the table of offsets that CPython has for debuggers.

/** Offsets in bytes. */
export interface StackLayout {
  /** The way from `_PyRuntime` to the current frame: the word at its first offset is an address, the word at the second one behind that, ... */
  readonly wayToFrame: readonly [number, number, number];
  /** In a frame: the frame that called it, the code object (the lowest two bits are tags), the instruction, whose it is (a byte). */
  readonly framePrevious: number;
  readonly frameExecutable: number;
  readonly frameInstruction: number;
  readonly frameOwner: number;
  /** In a code object: file and qualified name (str), table of lines (bytes), first line (int), and where its instructions begin. */
  readonly codeFile: number;
  readonly codeQualifiedName: number;
  readonly codeLines: number;
  readonly codeFirstLine: number;
  readonly codeInstructions: number;
}

/** For each part of a layout the index of its offset in the table, counted in 64-bit words after the cookie. */
export interface DebugOffsets extends Omit<StackLayout, "wayToFrame"> {
  /** The interpreters in _PyRuntime, the threads of an interpreter, a thread's current frame. */
  readonly interpretersHead: number;
  readonly threadsHead: number;
  readonly currentFrame: number;
  /** What tells whether the table is the one that is known: of parts that are the same in every version, the index and the offset. */
  readonly landmarks: Readonly<Record<number, number>>;
}

/** A version of CPython whose stacks can be read. */
export interface KnownVersion {
  /** As it is in the high half of PY_VERSION_HEX: 0x030e. */
  readonly number: number;
  /** A layout, or where a table has one. */
  readonly stack: StackLayout | DebugOffsets;
}

const COOKIE = "xdebugpy";
/** The table's index of what is not 0 in a build without the interpreter's lock. */
const FREE_THREADED = 1;

/** The layout that the table at `_PyRuntime` has. Undefined if there is no table, or it is another one. */
export function readDebugOffsets(
  memory: WebAssembly.Memory,
  runtime: number,
  at: DebugOffsets,
): StackLayout | undefined {
  const view = new DataView(memory.buffer);
  const bytes = new Uint8Array(memory.buffer, runtime, COOKIE.length);
  const offset = (index: number) => view.getUint32(runtime + COOKIE.length + 8 * index, true);
  const isKnown =
    String.fromCharCode(...bytes) === COOKIE &&
    offset(FREE_THREADED) === 0 &&
    Object.entries(at.landmarks).every(([index, value]) => offset(Number(index)) === value);
  if (!isKnown) return undefined;
  return {
    wayToFrame: [offset(at.interpretersHead), offset(at.threadsHead), offset(at.currentFrame)],
    framePrevious: offset(at.framePrevious),
    frameExecutable: offset(at.frameExecutable),
    frameInstruction: offset(at.frameInstruction),
    frameOwner: offset(at.frameOwner),
    codeFile: offset(at.codeFile),
    codeQualifiedName: offset(at.codeQualifiedName),
    codeLines: offset(at.codeLines),
    codeFirstLine: offset(at.codeFirstLine),
    codeInstructions: offset(at.codeInstructions),
  };
}
