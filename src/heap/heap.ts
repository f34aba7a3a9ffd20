// A heap in a WebAssembly memory of its own: Python objects, made and used from TypeScript; modules in C; images.

import * as C from "../core/constants.gen.js";
import { pick } from "../core/core.js";
import { MEMORY_API } from "../core/functions.gen.js";
import { memoryFor, WASM_PAGE } from "../core/memory.js";
import { Words } from "../core/memory-words.js";
import { instantiateWhole, OBJECT_API, type WholeCore, wholeChecksum, wholeModule } from "../core/whole-core.js";
import type { CModule } from "../hosts/c/c-module.js";
import type { LoadOptions } from "../hosts/c/load.js";
import type { WasmSource } from "../hosts/c/source.js";
import { CStack } from "../hosts/c/stack.js";
import { loadImage } from "../image/load.js";
import { bytesOf, type ImageSource, streamOf } from "../image/stream.js";
import { ObjectCalls } from "../objects/object-calls.js";
import type { Roots } from "../objects/roots.js";
import type { Compaction } from "./compaction.js";
import { CoreHeap, NO_LIMIT } from "./core-heap.js";
import { Images } from "./images.js";
import { checkState, limitWord } from "./limits.js";
import { Modules } from "./modules.js";
import { ObjectHeap } from "./object-heap.js";
import { Objects } from "./objects.js";
import {
  ALLOCATOR_NAMES,
  type HeapImports,
  type HeapOptions,
  type LoadImageOptions,
  type SaveOptions,
} from "./options.js";
import { policyBits } from "./policies.js";
import { Residence } from "./residence.js";
import { type HeapShare, refuseMembersOf, SharedHeap, type SharedHeapOptions } from "./shared-heap.js";
import type { Trim } from "./trim.js";

/**
 * Where a heap begins. The bytes below are the stack of modules in C. It is so large that the recursion limit is reached
 * before the stack ends. As long as no module is loaded, these bytes cost nothing.
 */
const DEFAULT_BASE = 256 * 1024;

/** A private heap: memory outside the JavaScript heap, with a limit and an account of every byte. */
export class Heap extends ObjectHeap {
  /** Objects with names. An image contains them, and everything that they lead to. */
  readonly roots: Roots;
  readonly #core: WholeCore;
  readonly #modules: Modules;
  readonly #residence: Residence;
  readonly #images: Images;
  #imports: HeapImports | undefined;

  private constructor(core: WholeCore, calls: ObjectCalls, options: HeapOptions) {
    const stack = new CStack(core, options.memory === undefined ? core.control : 0);
    const objects = new Objects(core, calls, stack, options);
    super(objects);
    this.#core = core;
    this.roots = objects.roots;
    this.#modules = new Modules(this, objects, stack);
    this.#residence = new Residence(objects);
    this.#images = new Images(objects, this.#modules);
    if (options.memory || options.table) this.#residence.stay("its memory or its table is not the heap's own");
    objects.foundation.measures.set("trim", () => this.#residence.trimIfWorth());
  }

  static {
    refuseMembersOf([Heap.prototype, ObjectHeap.prototype, CoreHeap.prototype], ["roots", "tracemalloc"]);
  }

  /** Makes a heap. It takes memory when it needs it, up to the limit. With `shared: true`, several workers can use it. */
  static create(options: SharedHeapOptions): Promise<SharedHeap>;
  static create(options?: HeapOptions): Promise<Heap>;
  static create(options: HeapOptions | SharedHeapOptions = {}): Promise<Heap | SharedHeap> {
    return "shared" in options && options.shared ? SharedHeap.create(options) : Heap.#create(options);
  }

  /** Opens the heap that another worker shared with this one by `share()`, and sent with postMessage. */
  static join(share: HeapShare): Promise<SharedHeap> {
    return SharedHeap.join(share);
  }

  static async #create(options: HeapOptions): Promise<Heap> {
    const { limit = NO_LIMIT, allocator = "default", base = options.memory ? WASM_PAGE : DEFAULT_BASE } = options;
    if (!ALLOCATOR_NAMES.includes(allocator)) {
      throw new RangeError(`Cannot use allocator "${allocator}": the names are ${ALLOCATOR_NAMES.join(", ")}`);
    }
    if (!(limit > 0)) throw new RangeError(`Cannot set the limit to ${limit}: not a number of bytes`);
    if (!(Number.isInteger(base) && base >= WASM_PAGE && base % WASM_PAGE === 0 && base < 2 ** 32 - WASM_PAGE)) {
      throw new RangeError(`Cannot begin a heap at ${base}: not a multiple of ${WASM_PAGE} from ${WASM_PAGE} up`);
    }
    const memory = options.memory ?? memoryFor(base + WASM_PAGE);
    const have = memory.buffer.byteLength;
    if (have < base + WASM_PAGE) memory.grow((base + WASM_PAGE - have) / WASM_PAGE);
    const table = options.table ?? new WebAssembly.Table({ element: "anyfunc", initial: 1 });
    const policies = policyBits(options.policies ?? {});
    const [key0, key1] = options.hashKey ?? crypto.getRandomValues(new BigUint64Array(2));
    const calls = new ObjectCalls();
    const core = instantiateWhole(await wholeModule(), memory, table, base, calls);
    const { functions: f } = core;
    const pools = allocator !== "malloc" && allocator !== "malloc_debug";
    f.init_own(core.tableBase, 0, limitWord(limit), pools ? 1 : 0, C.STATE_BYTES);
    const reserved = new DataView(memory.buffer).getUint32(base + C.RESERVED_AT, true);
    checkState({ limit, reserved });
    if (allocator.endsWith("debug")) f.PyMem_SetupDebugHooks();
    f.begin_objects(key0 ?? 0n, key1 ?? 0n, policies);
    return new Heap(core, calls, options);
  }

  /**
   * A heap with the objects of an image: `heap.roots` leads to them. Throws ImageError if the image is broken,
   * incomplete, or made by another build of pyheap, and RangeError if it does not fit the limit; no heap is made then.
   */
  static async load(source: ImageSource, options: LoadImageOptions = {}): Promise<Heap> {
    const { limit = NO_LIMIT, types = {}, verify = false } = options;
    const image = await bytesOf(source);
    const { core, calls, metadata } = await loadImage(image, await wholeModule(), wholeChecksum(), verify);
    const words = new Words(core);
    const reserved = words.get(core.control + C.RESERVED_AT);
    if (!(reserved <= limit)) {
      throw new RangeError(`Cannot load a heap image within ${limit} bytes: it takes ${reserved}`);
    }
    words.set(core.control + C.LIMIT_AT, limitWord(limit));
    const heap = new Heap(core, calls, options);
    heap.objects.restore(metadata, types);
    return heap;
  }

  // ---- giving memory back ----

  /**
   * Moves objects together, so that the memory above them can be given back. Garbage is collected before, and free
   * lists are emptied. Handles stay valid. Throws MemoryError if there is no memory for a list of all objects.
   */
  compact(): Compaction {
    return this.objects.compactor.compact();
  }

  /**
   * Moves the heap to a smaller memory, because a WebAssembly memory never shrinks. Addresses, handles and typed blocks
   * stay valid; but `heap.memory` is another memory, and views of the old one can't be used any more. The process keeps
   * the old memory until JavaScript's collector finds it. Compact first: only memory above the highest block is given
   * back. Throws an Error in the middle of an operation, and MemoryError if the engine can't have both memories at the
   * same time; then nothing has changed.
   */
  trim(): Trim {
    return this.#residence.trim();
  }

  /** The number of reservations so far. With `failReservation`, tests can try what a program does when memory runs out. */
  get reservations(): number {
    return this.foundation.word(C.RESERVATIONS_AT);
  }

  /**
   * Makes a reservation fail: if `after` is 1, the next one, if it is 2, the one after that, and so on; if `forever`, all
   * later ones too. 0 ends this. A reservation is a request to the platform, not to the heap.
   */
  failReservation(after: number, forever = false): void {
    this.foundation.setWord(C.FAIL_AT_AT, after === 0 ? 0 : this.reservations + after);
    this.foundation.setWord(C.FAIL_FOREVER_AT, forever ? 1 : 0);
  }

  // ---- modules ----

  /** Notes that modules of others use the memory from now on, and can own references to objects. */
  #lend(why: string): void {
    this.#residence.stay(why);
    this.#core.functions.lend_objects();
  }

  /**
   * The core's functions and memory, for another module to import: it calls them directly, from wasm to wasm. Once this
   * was read, `trim` no longer moves the heap to another memory, because that module would go on using the old one.
   */
  get imports(): HeapImports {
    if (this.#imports) return this.#imports;
    this.#lend("other modules may be bound to the memory: heap.imports was asked for");
    const { functions: f, memory, table } = this.#core;
    this.#imports = {
      ...pick(f, [...MEMORY_API, ...OBJECT_API]),
      memory,
      __indirect_function_table: table,
    };
    return this.#imports;
  }

  /**
   * Loads a module in C (a dynamic library in WebAssembly, as `pyheap cc` makes them) onto this heap: its data, its
   * stack and its blocks are in the heap's memory, and it calls the heap directly. The modules of an array are loaded
   * together: they may need each other. Throws LinkError, which names everything that is not defined, and MemoryError.
   */
  load(sources: readonly WasmSource[], options?: LoadOptions): Promise<CModule[]>;
  load(source: WasmSource, options?: LoadOptions): Promise<CModule>;
  async load(source: WasmSource | readonly WasmSource[], options: LoadOptions = {}): Promise<CModule | CModule[]> {
    this.#lend("modules in C were loaded, which are bound to the memory");
    if (Array.isArray(source)) return this.#modules.load(source as readonly WasmSource[], options);
    const [module] = await this.#modules.load([source as WasmSource], options);
    return module as CModule;
  }

  // ---- images ----

  /**
   * The heap's objects as an image, from which `Heap.load` makes the same heap again. The image has all objects that
   * `heap.roots` leads to at the moment of the call. It is returned as bytes, or with `{ stream: true }` as a stream,
   * for `pipeTo` or for the body of a request or response. The heap does not change. Throws if the heap has blocks that are not objects,
   * modules in C, debug hooks or allocators of the program; and while a recording or another operation is under way.
   */
  save(options: SaveOptions & { readonly stream: true }): Promise<ReadableStream<Uint8Array>>;
  save(options?: SaveOptions & { readonly stream?: false }): Promise<Uint8Array>;
  async save(
    options: SaveOptions & { readonly stream?: boolean } = {},
  ): Promise<Uint8Array | ReadableStream<Uint8Array>> {
    const { compress: isCompressed = false, stream = false } = options;
    const image = await this.#images.save(isCompressed);
    return stream ? streamOf(image) : image;
  }
}
