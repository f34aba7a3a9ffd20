// Where asyncio has its tasks: read from the table for debuggers that asyncio's C module has since 3.14. The table's
// address is not exported. The table is recognized by what it has: the size of an interpreter's state, which is in the
// table at `_PyRuntime` as well.
//
//   Task: size | name | awaited by | is a task | awaited by several | coroutine | node      interpreter: size | tasks      thread: size | loop | task | tasks

import { offsetsAt, type TaskIndexes } from "./layout.js";

/** Offsets in bytes, except for the last two. */
export interface TaskLayout {
  /** In a thread: the task that runs. */
  readonly runningTask: number;
  /**
   * In a task: its name (a str, or an int if the program gave none), what awaits it (a future, or a set of futures), its
   * coroutine.
   */
  readonly taskName: number;
  readonly taskAwaitedBy: number;
  readonly taskCoroutine: number;
  /** In a future, two bytes: whether it is a task, and whether several await it. */
  readonly isTask: number;
  readonly isAwaitedBySeveral: number;
  readonly generatorFrame: number;
  readonly generatorState: number;
  readonly frameStackPointer: number;
  /** In a frame: how many words before the end of its values the awaited object is. */
  readonly awaitedBack: number;
  /** The state of a generator that awaits something. */
  readonly awaiting: number;
}

/** In the table at `_PyRuntime`: the size of an interpreter's state. */
const INTERPRETER_SIZE = 5;
/** In asyncio's table, the index of the same size; in 64-bit words. */
const SIZE_AT = 7;
/** The length of asyncio's table in 64-bit words. */
const WORDS = 13;

/** The layout in asyncio's table, which is in the static data, before `end`. Undefined if there is no such table. */
export function readTaskLayout(
  memory: WebAssembly.Memory,
  runtime: number,
  end: number,
  indexes: TaskIndexes,
): TaskLayout | undefined {
  const offset = offsetsAt(memory, runtime);
  const size = offset(INTERPRETER_SIZE);
  const data = new Uint32Array(memory.buffer, 0, end >>> 2);
  for (let at = data.indexOf(size); at !== -1; at = data.indexOf(size, at + 1)) {
    const begin = at - 2 * SIZE_AT;
    const words = Array.from({ length: WORDS }, (_, k) => data[begin + 2 * k] ?? 0);
    const isWide = words.every((_, k) => data[begin + 2 * k + 1] === 0);
    const [task = 0, taskName = 0, taskAwaitedBy = 0, isTask = 0, isAwaitedBySeveral = 0, taskCoroutine = 0] = words;
    const [thread = 0, , runningTask = 0] = words.slice(-4);
    const inTask = [taskName, taskAwaitedBy, isTask, isAwaitedBySeveral, taskCoroutine];
    const isTable = isWide && runningTask < thread && inTask.every((field) => field > 0 && field < task);
    if (!isTable) continue;
    const { generatorFrame, generatorState, frameStackPointer, awaitedBack, awaiting } = indexes;
    return {
      ...{ runningTask, taskName, taskAwaitedBy, isTask, isAwaitedBySeveral, taskCoroutine, awaitedBack, awaiting },
      generatorFrame: offset(generatorFrame),
      generatorState: offset(generatorState),
      frameStackPointer: offset(frameStackPointer),
    };
  }
  return undefined;
}
