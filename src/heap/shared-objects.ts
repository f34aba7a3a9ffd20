// The objects of a shared heap, as one worker uses them: an instance of the whole core, over the allocators that all workers share, and the
// lock under which it runs.
//
//   | allocators: platform, raw allocator, lock | directory | threads ...        threads.wasm, an instance for each worker's thread
//      \_ a chunk: control block and state of the objects                        whole.wasm, an instance for each worker; one at a time runs
//      \_ chunks:  arenas and large blocks of the objects
//
// All state of the objects is in the memory, so an instance goes on where another one has stopped. Only handles, and the core's stack and
// buffer, belong to a worker. Whose they are that lie in the objects' state is noted in LAST; the others' are kept in the control blocks of
// their threads, and are exchanged when the lock comes to another worker. What a worker changes while it has the lock is in the journal.

import type { Tally } from "../alloc/stats.js";
import * as C from "../core/constants.gen.js";
import { Words } from "../core/memory-words.js";
import type { ThreadCore } from "../core/threads.js";
import { instantiateWhole, type WholeCore } from "../core/whole-core.js";
import { CStack } from "../hosts/c/stack.js";
import type { ObjectShare } from "../objects/bridge/bridge.js";
import type { Handle } from "../objects/bridge/handle.js";
import type { GarbageCollector } from "../objects/gc.js";
import type { PyDict } from "../objects/handles/dict.js";
import type { PyObject } from "../objects/handles/object.js";
import type { PyTuple } from "../objects/handles/tuple.js";
import { ObjectCalls } from "../objects/object-calls.js";
import { NO_LIMIT } from "../pressure/policy.js";
import { BROKEN, HeapLock, workerNumber } from "./heap-lock.js";
import { Journal } from "./journal.js";
import { noMemory } from "./limits.js";
import { lockedClass, lockedObject } from "./locked.js";
import { ObjectHeap } from "./object-heap.js";
import { Objects } from "./objects.js";
import { policyBits } from "./policies.js";
import { Changes } from "./shared-queue.js";
import { HANDLE_CLASSES, type HandleClasses } from "./wrap.js";

/** Members of handles that use no memory of the heap, or that only other members use. */
const FREE_MEMBERS: readonly string[] = ["bridge", "index", "indexAfter", "copiedIndex", "released", "typeName"];

/** The functions of the allocators that the objects get their memory from, each with the word for its place in the table. */
const GUEST_FUNCTIONS = [
  ["guest_malloc", C.HOST_MALLOC_AT],
  ["guest_realloc", C.HOST_REALLOC_AT],
  ["guest_free", C.HOST_FREE_AT],
] as const;

/** The words of a worker's handles. */
const HANDLE_WORDS = C.HANDLES_BYTES >>> 2;

// Words after those of the lock.
/** The thread whose handles are in the state of the objects. */
const LAST_AT = C.SHARED_OBJECTS_AT + 8;
/** The control block of the objects; 0 until the first object is made. */
const CONTROL_AT = C.SHARED_OBJECTS_AT + 12;
/** The object that leads to all others that no worker's handle needs to keep: a tuple of two dicts. */
const KEPT_AT = C.SHARED_OBJECTS_AT + 16;
/** How many objects were passed on so far. */
const PASSED_AT = C.SHARED_OBJECTS_AT + 20;
/** Two words that tell that a queue has changed. */
const CHANGES_AT = C.SHARED_OBJECTS_AT + 48;
/** Whether handles of workers that have ended are still to be released. */
const HANDLES_LEFT_AT = C.SHARED_OBJECTS_AT + 56;
/** A random number that tells the heap from others. */
const IDENTITY_AT = C.SHARED_OBJECTS_AT + 24;
/** The key of hashes: two numbers of 64 bits. */
const HASH_KEY_AT = C.SHARED_OBJECTS_AT + 32;

/** The objects, once this worker has used them. */
export interface OpenObjects {
  readonly objects: Objects;
  /** The members of a heap with objects, under the lock. */
  readonly heap: ObjectHeap;
  readonly gc: GarbageCollector;
  /** Objects with names. */
  readonly roots: PyDict<string, PyObject>;
  /** Objects that were passed on and that nobody has adopted, by number. */
  readonly passed: PyDict<number, unknown>;
}

export class SharedObjects {
  readonly lock: HeapLock;
  readonly journal: Journal;
  readonly changes: Changes;
  readonly module: WebAssembly.Module;
  readonly #core: ThreadCore;
  readonly #words: Words;
  /** The word LAST. It is in the memory from the beginning on, so this view shows it also after the memory grew. */
  readonly #last: Uint32Array;
  /** Handles that JavaScript forgot while another worker had the lock: they are released when this one has it. */
  readonly #forgotten: (() => void)[] = [];
  /** Where the state of the objects is; 0 until this worker uses them. */
  #control = 0;
  #open: OpenObjects | undefined;

  /**
   * `self` is the worker's number. `stalled` throws an error that says that a thread does not give the lock back, or that the lock is broken.
   */
  constructor(
    core: ThreadCore,
    module: WebAssembly.Module,
    spill: SharedArrayBuffer,
    self: number,
    stalled: (thread: number) => never,
  ) {
    this.#core = core;
    this.#words = new Words(core);
    this.#last = new Uint32Array(core.memory.buffer, core.base + LAST_AT, 1);
    this.module = module;
    this.journal = new Journal(core, this.#words, spill);
    this.changes = new Changes(core.memory, core.base + CHANGES_AT);
    this.lock = new HeapLock({
      memory: core.memory,
      at: core.base + C.SHARED_OBJECTS_AT,
      self,
      taken: () => this.#taken(),
      giving: () => this.journal.commit(),
      recover: () => this.journal.recover(),
      stalled: (holder) => stalled(holder === BROKEN ? C.BROKEN_LOCK : holder & ~(C.THREAD_ALIGNMENT - 1)),
    });
  }

  /** The heap begins; this worker is its first. */
  begin(hashKey: Iterable<bigint>): void {
    this.journal.create();
    this.#hashKey.set([...hashKey]);
    this.#words.set(this.#core.base + IDENTITY_AT, crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
  }

  get #hashKey(): BigUint64Array {
    return new BigUint64Array(this.#core.memory.buffer, this.#core.base + HASH_KEY_AT, 2);
  }

  /** Whether any worker has made an object. */
  get exist(): boolean {
    return this.control !== 0;
  }

  /** The control block of the objects; 0 if there are none. */
  get control(): number {
    return this.#words.get(this.#core.base + CONTROL_AT);
  }

  /** What this worker uses the objects with; it is made when it is asked for first. Throws MemoryError. */
  get open(): OpenObjects {
    this.#open ??= this.lock.run(() => this.#opened());
    return this.#open;
  }

  // ---- the state of the objects ----

  #opened(): OpenObjects {
    const isFirst = !this.exist;
    const control = isFirst ? this.#stateBlock() : this.control;
    const calls = new ObjectCalls();
    const core = this.#instance(control, calls);
    if (isFirst) {
      const [key0 = 0n, key1 = 0n] = this.#hashKey;
      core.functions.begin_objects(key0, key1, policyBits({}));
      this.journal.write(this.#core.base + LAST_AT, this.#core.control);
      this.journal.write(this.#core.base + CONTROL_AT, control);
    }
    this.#control = control;
    this.#exchange(this.#core.control);
    // An earlier worker of the thread has left handles, if whoever noticed its end was terminated itself.
    if (!isFirst && this.#hasHandles(control + C.HANDLES_AT)) core.functions.handles_end();
    const guard = this.lock.run;
    const classes = Object.fromEntries(
      Object.entries(HANDLE_CLASSES).map(([name, base]) => [name, lockedClass(base, guard, FREE_MEMBERS)]),
    ) as unknown as HandleClasses;
    const objects = new Objects(core, calls, new CStack(core, 0), {}, classes, {
      releasing: (release) => {
        if (!this.lock.attempt(release) && !this.lock.isLeft) this.#forgotten.push(release);
      },
      pass: (handle) => this.#pass(handle),
    });
    // Objects stay where they are: other workers have their addresses in registers, as it were.
    objects.foundation.measures.delete("compact");
    const heap = new ObjectHeap(objects);
    const { roots, passed } = this.#kept(heap, objects);
    return { objects, heap: lockedObject(heap, guard), gc: lockedObject(objects.gc, guard), roots, passed };
  }

  #stateBlock(): number {
    const block = this.#core.functions.guest_malloc(C.STATE_BYTES) >>> 0;
    if (block !== 0) return block;
    const [limit, reserved] = [C.LIMIT_AT, C.RESERVED_AT].map((at) => this.#words.get(this.#core.base + at));
    throw noMemory(C.STATE_BYTES, { limit: limit as number, reserved: reserved as number });
  }

  #instance(control: number, calls: ObjectCalls): WholeCore {
    const { memory, functions } = this.#core;
    const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
    calls.journal = this.journal;
    const core = instantiateWhole(this.module, memory, table, control, calls, this.#core.base + C.JOURNAL_AT);
    const first = table.grow(GUEST_FUNCTIONS.length);
    for (const [k, [name]] of GUEST_FUNCTIONS.entries()) table.set(first + k, functions[name]);
    if (this.exist) return core;
    // Blocks have headers like those of dlmalloc (core/alloc/chunk.ts), so their size can be read there.
    core.functions.init_hosted(core.tableBase, NO_LIMIT, 0);
    for (const [k, [, at]] of GUEST_FUNCTIONS.entries()) this.#words.set(control + at, first + k);
    return core;
  }

  /** The dicts of the objects that are kept; the first worker makes them. */
  #kept(heap: ObjectHeap, { bridge }: Objects): Pick<OpenObjects, "roots" | "passed"> {
    const at = this.#core.base + KEPT_AT;
    if (this.#words.get(at) === 0) {
      const made = heap.tuple<unknown>([heap.dict(), heap.dict()]);
      bridge.f.Py_IncRef(heap.addressOf(made));
      this.journal.write(at, heap.addressOf(made));
      made.release();
    }
    const kept = bridge.handleOf(this.#words.get(at)) as PyTuple<PyDict>;
    const [roots, passed] = [kept.getItem(0), kept.getItem(1)];
    kept.release();
    return { roots: roots as PyDict<string, PyObject>, passed: passed as PyDict<number, unknown> };
  }

  /** Adds the objects' arenas and pools to a walk over the heap. */
  walk(tally: Tally): void {
    if (!this.exist) return;
    const { calls, core } = this.open.objects;
    this.lock.run(() =>
      calls.visiting(
        (...visit) => tally.add(...visit),
        () => core.functions.walk_heap(C.DEPTH_POOLS),
      ),
    );
  }

  // ---- whose handles are in the state ----

  /** This worker has the lock: makes its handles those in the state. */
  #taken(): void {
    this.journal.begin();
    if (this.#control === 0) return;
    this.#exchange(this.#core.control);
    for (const release of this.#forgotten.splice(0)) release();
    const left = this.#core.base + HANDLES_LEFT_AT;
    if (this.#open && this.#words.get(left) !== 0) {
      this.journal.write(left, 0);
      this.#endHandles(this.#open);
    }
  }

  /** Makes the handles of a thread those in the state, unless they are. */
  #exchange(thread: number): void {
    const last = this.#last[0] as number;
    if (last === thread) return;
    const place = this.#control + C.HANDLES_AT;
    this.journal.copy(last + C.KEPT_HANDLES_AT, place, HANDLE_WORDS);
    this.journal.copy(place, thread + C.KEPT_HANDLES_AT, HANDLE_WORDS);
    this.journal.write(this.#core.base + LAST_AT, thread);
  }

  /** Whether what is kept of a worker at this address is more than nothing. */
  #hasHandles(at: number): boolean {
    return this.#words
      .refresh()
      .subarray(at >>> 2, (at >>> 2) + HANDLE_WORDS)
      .some((word) => word !== 0);
  }

  /** Releases the handles of workers that have ended. This worker has the lock. */
  #endHandles({ objects }: OpenObjects): void {
    const words = this.#words;
    for (let thread = this.#core.base; thread !== 0; thread = words.get(thread + C.NEXT_THREAD_AT)) {
      // Of a thread that is another worker's by now, that one releases them before it uses objects.
      if (words.get(thread + C.THREAD_STATE_AT) !== C.VACANT) continue;
      if (!this.#hasHandles(thread + C.KEPT_HANDLES_AT)) continue;
      this.#exchange(thread);
      objects.bridge.f.handles_end();
      this.#exchange(this.#core.control);
      this.journal.clear(thread + C.KEPT_HANDLES_AT, HANDLE_WORDS);
    }
  }

  // ---- objects on their way from one worker to another ----

  #pass(object: Handle): ObjectShare {
    const { passed } = this.open;
    return this.lock.run(() => {
      const at = this.#core.base + PASSED_AT;
      const number = this.#words.get(at) + 1;
      passed.set(number, object);
      this.#words.set(at, number);
      return { heap: this.#words.get(this.#core.base + IDENTITY_AT), object: number };
    });
  }

  /** The object that another worker has passed on. */
  adopt<T extends PyObject>({ heap: identity, object }: ObjectShare): T {
    const { heap, passed } = this.open;
    return this.lock.run(() => {
      if (identity !== this.#words.get(this.#core.base + IDENTITY_AT))
        throw new Error("Cannot adopt the object: it belongs to another heap");
      if (!passed.has(object))
        throw new Error("Cannot adopt the object: a worker has adopted it already. Call share() once for each worker");
      return heap.exact(() => passed.pop(object)) as T;
    });
  }

  // ---- workers that end ----

  /** Releases all handles of this worker, which leaves the heap. */
  leave(): void {
    if (this.#open) this.lock.run(() => this.open.objects.bridge.f.handles_end());
    this.lock.leave();
  }

  /**
   * The worker that was `thread` at its `turn` has ended, maybe in the middle of an operation: undoes that, and releases its handles. Returns
   * false if that is not possible; then nobody can use objects any more.
   */
  ended(thread: number, turn: number): boolean {
    const taking = this.lock.takeOver(workerNumber(thread, turn));
    if (taking === "broken") return false;
    if (taking === "taken") {
      try {
        if (this.exist) this.#endHandles(this.open);
      } finally {
        this.lock.give();
      }
    } else {
      // Whoever takes the lock next does it: maybe the caller, when it hears that another worker has ended, too.
      this.#words.set(this.#core.base + HANDLES_LEFT_AT, 1);
    }
    // It may have put something into a queue, and not yet told it.
    this.changes.tell();
    return true;
  }
}
