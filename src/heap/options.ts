// The options of a heap, and what it offers to other modules.

import type { FaultHandler, Locator } from "../alloc/debug-hooks.js";
import type { MemoryApi, ObjectApi } from "../core/functions.gen.js";
import type { OBJECT_API } from "../core/whole-core.js";
import type { Clock } from "../pressure/books.js";
import type { Policy } from "../pressure/policy.js";
import type { TypesOfImage } from "./objects.js";
import type { Policies } from "./policies.js";

/** The values of the environment variable PYTHONMALLOC. */
export type AllocatorName = "default" | "pymalloc" | "malloc" | "debug" | "pymalloc_debug" | "malloc_debug";

export const ALLOCATOR_NAMES: readonly AllocatorName[] = [
  "default",
  "pymalloc",
  "malloc",
  "debug",
  "pymalloc_debug",
  "malloc_debug",
];

export interface HeapOptions {
  /** Hard limit in bytes on the memory that the heap reserves; the default is no limit. */
  readonly limit?: number;
  /** A value of PYTHONMALLOC: pools or raw allocator for the mem and object domains, with or without debug hooks. */
  readonly allocator?: AllocatorName;
  /** A memory and a table that the caller made. From `base` up, only the heap may use the memory. */
  readonly memory?: WebAssembly.Memory;
  readonly table?: WebAssembly.Table;
  /**
   * Where in the memory the heap begins: a multiple of 65536, at least 65536. The default is 256 KiB in a memory of the
   * heap's own, where modules in C have their stack below the heap, and 64 KiB in a given memory.
   */
  readonly base?: number;
  /** What to do about a misuse of memory that the heap notices; the default throws a HeapFault. */
  readonly onFault?: FaultHandler;
  /** Tells where the program is, for reports; the default reads the JavaScript stack. */
  readonly locate?: Locator;
  /** What to do about pressure. With false, no measure runs by itself. The default runs the measures, the cheap ones first. */
  readonly policy?: Policy | false;
  /**
   * Measures run when the heap has taken more than this many bytes from the platform; the default policy takes seven
   * eighths of the limit.
   */
  readonly softLimit?: number;
  /** A clock in milliseconds that times the measures against pressure; the default is performance.now. */
  readonly clock?: Clock;
  /** Policies of object types to switch off: `{ freeLists: false }`. */
  readonly policies?: Policies;
  /**
   * The key of str and bytes hashes, two 64-bit numbers. The default is random, so that nobody can construct keys that
   * collide.
   */
  readonly hashKey?: readonly [bigint, bigint];
}

export interface SaveOptions {
  /** Whether to compress the image (deflate): it becomes smaller, and loads more slowly. */
  readonly compress?: boolean;
}

export interface LoadImageOptions
  extends Pick<HeapOptions, "limit" | "softLimit" | "policy" | "clock" | "onFault" | "locate"> {
  /**
   * Functions of types, by name: `{ File: { finalize: (file) => ... } }`. Required for types that had such functions.
   */
  readonly types?: TypesOfImage;
  /**
   * Whether to verify every object, for an image from a source that is not trusted; this takes several times as long.
   * The default trusts the checksums, which tell only whether the image is complete and unchanged.
   */
  readonly verify?: boolean;
}

/** What a WebAssembly module that allocates from the heap imports: `{ env: heap.imports }`. */
export interface HeapImports extends MemoryApi, Pick<ObjectApi, (typeof OBJECT_API)[number]> {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  [name: string]: WebAssembly.ImportValue;
}
