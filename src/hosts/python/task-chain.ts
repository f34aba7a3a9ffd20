// The asyncio tasks that wait for the running task, read from memory like the stack. An event loop calls a task itself,
// so the tasks that await it are not on the thread's stack. A recording has them where they would be if each had called
// what it awaits.
//
//   thread -> task -> awaited by -> task -> awaited by ...
//   task -> coroutine -> what that awaits -> ... -> a future
//
//   frames of the loop | <task> main, which awaits a gather | <task loader> load, read ...
//   the thread's stack | what the core asks for here        | the thread's stack: the task that runs
//
// A gather or a shield is a future between two tasks, and has no frames. If several tasks await one task, the one at the
// lowest address is taken.

import * as C from "../../core/constants.gen.js";
import { type CodeUnits, lineAt, type StackPlace } from "../../trace/recorder.js";
import { CODE_PARTS } from "./frame-reader.js";
import { SET, TYPE, TYPE_FLAG } from "./graph/layout.js";
import { PythonMemory } from "./python-memory.js";
import type { StackLayout } from "./versions/layout.js";
import type { TaskLayout } from "./versions/tasks.js";

/** Offset in an object, the same in every version. */
const OBJECT = { type: 4 } as const;
/** Offset of the generator in a wrapper, which is an object that makes a generator awaitable. */
const WRAPPED = 8;

/** CPython's types by their names: those whose objects have a frame, and those that wrap such an object. */
const GENERATORS = ["coroutine", "generator", "async_generator"];
const WRAPPERS = ["coroutine_wrapper", "async_generator_asend", "async_generator_athrow"];
type Kind = "generator" | "wrapper" | "other";

/** The name that a task has if the program gives it none. */
const NOT_NAMED = /^Task-\d+$/;
/**
 * After this many different names, tasks with further names are shown without a name. Otherwise, a program that names a
 * task for each request would make a new stack for each.
 */
const MOST_NAMES = 1000;
const MOST_TASKS = 100;
const MOST_FRAMES = 1000;

interface KnownCode {
  readonly parts: readonly number[];
  readonly code: CodeUnits | undefined;
}

export class TaskChain {
  readonly #memory: PythonMemory;
  readonly #runtime: number;
  readonly #stack: StackLayout;
  readonly #tasks: TaskLayout;
  readonly #functionAt: (code: number) => CodeUnits | undefined;
  readonly #codes = new Map<number, KnownCode>();
  readonly #kinds = new Map<number, Kind>();
  readonly #labels = new Map<string, StackPlace>();

  constructor(
    memory: WebAssembly.Memory,
    runtime: number,
    layouts: { readonly stack: StackLayout; readonly tasks: TaskLayout },
    functionAt: (code: number) => CodeUnits | undefined,
  ) {
    this.#memory = new PythonMemory(memory);
    this.#runtime = runtime;
    this.#stack = layouts.stack;
    this.#tasks = layouts.tasks;
    this.#functionAt = functionAt;
  }

  /** The words that the core needs to recognize the first frame of a task's step. */
  get tracerWords(): readonly (readonly [at: number, word: number])[] {
    return [
      [C.TRACE_TASK_OFFSET_AT, this.#tasks.runningTask],
      [C.TRACE_COROUTINE_OFFSET_AT, this.#tasks.taskCoroutine],
      [C.TRACE_COROUTINE_FRAME_OFFSET_AT, this.#tasks.generatorFrame],
    ];
  }

  /**
   * The tasks that wait for the running task, each with its frames, from the outermost inwards; then the running task's
   * name.
   */
  places(): StackPlace[] {
    const [interpreters, holder] = this.#stack.wayToFrame;
    const thread = this.#memory.u32(this.#memory.u32(this.#runtime + interpreters) + holder);
    const running = this.#memory.u32(thread + this.#tasks.runningTask);
    if (running === 0) return [];
    const chain = [[this.#label(running)]];
    let awaiting = this.#awaiterOf(running);
    for (let left = MOST_TASKS; awaiting !== 0 && awaiting !== running && left > 0; left--) {
      if (this.#memory.u8(awaiting + this.#tasks.isTask) !== 0) {
        chain.push([this.#label(awaiting), ...this.#framesOf(this.#memory.u32(awaiting + this.#tasks.taskCoroutine))]);
      }
      awaiting = this.#awaiterOf(awaiting);
    }
    return chain.reverse().flat();
  }

  /** The future that awaits a future; 0 if none does. */
  #awaiterOf(future: number): number {
    const memory = this.#memory;
    const awaiting = memory.u32(future + this.#tasks.taskAwaitedBy);
    if (awaiting === 0 || memory.u8(future + this.#tasks.isAwaitedBySeveral) === 0) return awaiting;
    const table = memory.u32(awaiting + SET.table);
    let first = 0;
    for (let k = memory.u32(awaiting + SET.mask); k >= 0; k--) {
      const key = memory.u32(table + k * SET.entry);
      // In place of a key that was removed there is a plain object.
      const isFuture = key !== 0 && !memory.isNamed(memory.u32(this.#typeOf(key) + TYPE.name), "object");
      if (isFuture && (first === 0 || key < first)) first = key;
    }
    return first;
  }

  #typeOf(object: number): number {
    return this.#memory.u32(object + OBJECT.type);
  }

  #label(task: number): StackPlace {
    const name = this.#memory.u32(task + this.#tasks.taskName);
    const isText = name !== 0 && (this.#memory.u32(this.#typeOf(name) + TYPE.flags) & TYPE_FLAG.str) !== 0;
    const given = isText ? this.#memory.text(name) : "";
    const text = given === "" || NOT_NAMED.test(given) ? "<task>" : `<task ${given}>`;
    const known = this.#labels.get(text);
    if (known) return known;
    if (this.#labels.size > MOST_NAMES) return { name: "<task>", file: "", line: 0 };
    const label = { name: text, file: "", line: 0 };
    this.#labels.set(text, label);
    return label;
  }

  /** The frames of a coroutine that waits, from itself inwards to the one that awaits a future. */
  #framesOf(coroutine: number): StackPlace[] {
    const memory = this.#memory;
    const { generatorFrame, generatorState, frameStackPointer, awaitedBack, awaiting } = this.#tasks;
    const places: StackPlace[] = [];
    let object = coroutine;
    for (let left = MOST_FRAMES; object !== 0 && left > 0; left--) {
      const kind = this.#kindOf(object);
      if (kind === "wrapper") {
        object = memory.u32(object + WRAPPED);
        continue;
      }
      if (kind === "other") break;
      const frame = object + generatorFrame;
      const code = (memory.u32(frame + this.#stack.frameExecutable) & ~3) >>> 0;
      const known = this.#codeAt(code);
      const unit = (memory.u32(frame + this.#stack.frameInstruction) - code - this.#stack.codeInstructions) >> 1;
      if (known) places.push({ ...known, line: lineAt(known.lines, unit), code: known });
      if (memory.u8(object + generatorState) !== awaiting) break;
      object = (memory.u32(memory.u32(frame + frameStackPointer) - 4 * awaitedBack) & ~3) >>> 0;
    }
    return places;
  }

  #codeAt(code: number): CodeUnits | undefined {
    const parts = CODE_PARTS.map((part) => this.#memory.u32(code + this.#stack[part]));
    const known = this.#codes.get(code);
    if (known?.parts.every((part, k) => part === parts[k])) return known.code;
    const found = this.#functionAt(code);
    this.#codes.set(code, { parts, code: found });
    return found;
  }

  #kindOf(object: number): Kind {
    const type = this.#typeOf(object);
    const known = this.#kinds.get(type);
    if (known) return known;
    // A type that the program defines may have such a name, and another type may have its address later.
    if ((this.#memory.u32(type + TYPE.flags) & TYPE_FLAG.heapType) !== 0) return "other";
    const at = this.#memory.u32(type + TYPE.name);
    const isIn = (names: readonly string[]) => names.some((name) => this.#memory.isNamed(at, name));
    const kind = isIn(GENERATORS) ? "generator" : isIn(WRAPPERS) ? "wrapper" : "other";
    this.#kinds.set(type, kind);
    return kind;
  }
}
