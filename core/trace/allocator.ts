// Tracing: for each domain an allocator that hands on to the one it replaces, and records what came of it.
//
// It stands in the domain tables only while a trace runs; a domain that isn't traced has nothing of it in its way.
// `ctx` is the address of the allocator that is handed on to. A request that fails is not recorded.
// Imports config, domains, functions, tracer, codes, events, nodes, stack.

import { DOMAINS, OBJECT } from "../config";
import { allocatorOf, Allocator } from "../domains";
import { tableIndex, TRACE_FUNCTIONS } from "../functions";
import { codes_makeRoom, forgetCode } from "./codes";
import { allocated, beginEvents, CLEARED, freed, mark, resized } from "./events";
import { nodes_makeRoom } from "./nodes";
import { beginStack } from "./stack";
import { domainOf, traced, tracer } from "./tracer";

@inline
function next(ctx: usize): Allocator {
  return changetype<Allocator>(ctx);
}

export function trace_malloc(ctx: usize, n: usize): usize {
  const block = next(ctx).doMalloc(n);
  if (block != 0 && tracer().recording != 0) allocated(block, n, domainOf(ctx));
  return block;
}

export function trace_calloc(ctx: usize, count: usize, size: usize): usize {
  const block = next(ctx).doCalloc(count, size);
  if (block != 0 && tracer().recording != 0) allocated(block, count * size, domainOf(ctx) | CLEARED);
  return block;
}

export function trace_realloc(ctx: usize, block: usize, n: usize): usize {
  const moved = next(ctx).doRealloc(block, n);
  if (moved == 0 || tracer().recording == 0) return moved;
  if (block == 0) allocated(moved, n, domainOf(ctx));
  else resized(block, moved, n, domainOf(ctx));
  return moved;
}

export function trace_free(ctx: usize, block: usize): void {
  if (block != 0 && tracer().recording != 0) {
    freed(block);
    if (domainOf(ctx) == OBJECT) forgetCode(block);
  }
  next(ctx).doFree(block);
}

/** Each domain is traced from now on. False, and nothing changed, if there is no memory for the tables. */
export function trace_start(): bool {
  const t = tracer();
  if (!t.takeBlock() || !nodes_makeRoom() || !codes_makeRoom() || !beginStack()) {
    t.giveTables();
    return false;
  }
  t.cut = 0;
  beginEvents();
  const first = tableIndex(TRACE_FUNCTIONS);
  for (let domain: u32 = 0; domain < DOMAINS; domain++) {
    const allocator = allocatorOf(domain);
    if (allocator.malloc == first) continue;
    traced(domain).copyFrom(changetype<usize>(allocator));
    allocator.become(changetype<usize>(traced(domain)), first);
  }
  t.recording = 1;
  return true;
}

/** What has been recorded is with the host. */
export function trace_flush(): void {
  const t = tracer();
  if (t.recording == 0) return;
  t.makeRoom();
  mark(t);
  t.flush();
}

/** Nothing is recorded any more. Domains in which the tracer still stands first have what they had before. */
export function trace_stop(): void {
  trace_flush();
  const t = tracer();
  t.recording = 0;
  const first = tableIndex(TRACE_FUNCTIONS);
  for (let domain: u32 = 0; domain < DOMAINS; domain++) {
    const allocator = allocatorOf(domain);
    if (allocator.malloc == first) allocator.copyFrom(changetype<usize>(traced(domain)));
  }
  t.giveTables();
}
