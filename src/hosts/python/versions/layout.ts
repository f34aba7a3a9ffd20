// Where a version of CPython keeps the data that a walk of its stack reads; and how to read that from CPython's table
// of offsets for debuggers.

/** Offsets in bytes. */
export interface StackLayout {
  /**
   * The way from `_PyRuntime` to the current frame: the word at the first offset is an address, the word at that
   * address plus the second offset is the next one, and so on.
   */
  readonly wayToFrame: readonly [number, number, number];
  /**
   * In a frame: the caller's frame, the code object (the lowest two bits are tags), the instruction, and the owner (a
   * byte).
   */
  readonly framePrevious: number;
  readonly frameExecutable: number;
  readonly frameInstruction: number;
  readonly frameOwner: number;
  /**
   * In a code object: file and qualified name (str), table of lines (bytes), first line (int), and the beginning of its
   * instructions.
   */
  readonly codeFile: number;
  readonly codeQualifiedName: number;
  readonly codeLines: number;
  readonly codeFirstLine: number;
  readonly codeInstructions: number;
}

/** For each offset of a layout, its index in the table, in 64-bit words after the cookie. */
export interface DebugOffsets extends Omit<StackLayout, "wayToFrame"> {
  /**
   * The interpreters in _PyRuntime; the thread state that has an interpreter's lock, or had it last; a thread state's
   * current frame. There are several thread states where calls can be suspended.
   */
  readonly interpretersHead: number;
  readonly lockHolder: number;
  readonly currentFrame: number;
  /**
   * Tells whether the table has the known form: for some offsets that are the same in every version, the index in the
   * table and the value.
   */
  readonly landmarks: Readonly<Record<number, number>>;
}

/**
 * Offsets, in bytes, at which objects of one version store their references; graph/layout.ts has those that are the
 * same in all versions.
 */
export interface ObjectLayout {
  /** Offset in a tuple: the first item. */
  readonly tupleItems: number;
  /** Bytes of a PyTypeObject. */
  readonly typeBytes: number;
  /** Offset in a PyDictValues: the first value. */
  readonly valuesBegin: number;
  /**
   * Whether the word in front of an object with a managed dict is either the dict's address, or the address of the
   * values minus 1.
   */
  readonly tagsValues: boolean;
  /** Whether a freed float that is kept for reuse has the address of the next such float in place of its type. */
  readonly linksFloats: boolean;
  /** Offset in a bytearray: the address of the block with its bytes. */
  readonly bytearrayBlock: number;
  /** Offsets in a code object: the addresses of blocks. CPython leaves a word beside them as it was before (_co_unique_id). */
  readonly codeBlocks: readonly number[];
}

/** A version of CPython whose stacks and objects can be read. */
export interface KnownVersion {
  /** The version, as in the high half of PY_VERSION_HEX: 0x030e. */
  readonly number: number;
  /** A layout, or where the table has each part of one. */
  readonly stack: StackLayout | DebugOffsets;
  readonly objects: ObjectLayout;
  /** Undefined for a version whose asyncio does not store which task waits for which. */
  readonly tasks?: TaskIndexes;
}

/** For following a chain of coroutines: indexes of offsets in the same table, and a state of a generator. */
export interface TaskIndexes {
  /** In a generator or coroutine: its frame, and its state (a byte). */
  readonly generatorFrame: number;
  readonly generatorState: number;
  /** In a frame: the end of its values; and how many words before that end the awaited object is. */
  readonly frameStackPointer: number;
  readonly awaitedBack: number;
  /** FRAME_SUSPENDED_YIELD_FROM: the generator awaits something. */
  readonly awaiting: number;
}

const COOKIE = "xdebugpy";
/** The table's index of a word that is not 0 in a build without the interpreter's lock. */
const FREE_THREADED = 1;

/** The words of the table at `_PyRuntime`, by index. */
export function offsetsAt(memory: WebAssembly.Memory, runtime: number): (index: number) => number {
  const view = new DataView(memory.buffer);
  return (index) => view.getUint32(runtime + COOKIE.length + 8 * index, true);
}

/** The layout in the table at `_PyRuntime`. Undefined if there is no table, or if its form is not the known one. */
export function readDebugOffsets(
  memory: WebAssembly.Memory,
  runtime: number,
  at: DebugOffsets,
): StackLayout | undefined {
  const bytes = new Uint8Array(memory.buffer, runtime, COOKIE.length);
  const offset = offsetsAt(memory, runtime);
  const isKnown =
    String.fromCharCode(...bytes) === COOKIE &&
    offset(FREE_THREADED) === 0 &&
    Object.entries(at.landmarks).every(([index, value]) => offset(Number(index)) === value);
  if (!isKnown) return undefined;
  return {
    wayToFrame: [offset(at.interpretersHead), offset(at.lockHolder), offset(at.currentFrame)],
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
