// A thread of a shared heap, and WebAssembly clients that allocate from it, for measurements.

import { readFileSync } from "node:fs";
import * as C from "../src/core/constants.gen.js";
import { instantiateThread, TABLE_BASE, type ThreadCore } from "../src/core/threads.js";
import type { HeapShare } from "../src/index.js";
import type { Client } from "./peers.js";

/** The functions of bench/client/index.ts and of bench/client/pairs.ts. A client has those of one of the two. */
export interface ThreadClient extends Client {
  produce(ring: number, length: number, count: number): void;
  consume(ring: number, length: number, count: number): void;
  both(ring: number, length: number, count: number): void;
}

/** Makes an instance of the core, and lets it begin as the thread that the share names. Throws if that thread is another's. */
export function joinCore({ module, memory, base, thread, turn }: HeapShare): ThreadCore {
  const none = () => undefined;
  const core = instantiateThread(module, memory, base, thread, {
    ...{ fault: none, visit: none, spill: none, watermark: () => 0 },
    stalled: () => {
      throw new Error("Cannot measure: the heap is locked");
    },
  });
  if (core.functions.thread_begin(TABLE_BASE, turn) === 0) throw new Error("Cannot measure: the thread is another's");
  return core;
}

/** The client in build/NAME.wasm, which allocates from the thread's object domain. */
export function clientOf({ functions: f, memory, control }: ThreadCore, name: string): ThreadClient {
  const module = new WebAssembly.Module(readFileSync(new URL(`../../build/${name}.wasm`, import.meta.url)));
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory },
    allocator: {
      ctx: control + C.SMALL_OBJECT_AT,
      malloc: f.small_malloc,
      realloc: f.small_realloc,
      free: f.small_free,
    },
  });
  return exports as unknown as ThreadClient;
}
