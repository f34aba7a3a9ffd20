// Tracing: for each domain, an allocator that passes calls on to the allocator that it replaces, and records what
// happened.
//
// It is in the domain table only while a trace runs, so a domain that is not traced pays nothing. `ctx` is the
// address of the allocator to which calls are passed on. A request that fails is not recorded.

import { Allocator, allocatorOf } from "../alloc/domains";
import { DOMAINS } from "../ground/domains.gen";
import { tableIndex } from "../ground/functions";
import {
  SAMPLE_FUNCTIONS,
  SAMPLE_SMALL_FUNCTIONS,
  SMALL_FUNCTIONS,
  TABLE_FUNCTIONS,
  TRACE_FUNCTIONS,
} from "../ground/table.gen";
import { allocated, beginEvents, CLEARED, freed, lacking, resized, settle, trace_flush } from "./events";
import { nodes_make_room } from "./nodes";
import { beginSamples } from "./sample";
import { beginShadow } from "./shadow";
import { domainOf, traced, tracer } from "./tracer";
import { watched_end, watched_make_room } from "./watched";

@inline
function next(ctx: usize): Allocator {
  return changetype<Allocator>(ctx);
}

/** A block was allocated, or there was no memory for it (0). */
function entered(block: usize, n: usize, tag: u32): usize {
  if (block == 0) return lacking(n);
  if (tracer().recording != 0) allocated(block, n, tag);
  return block;
}

export function trace_malloc(ctx: usize, n: usize): usize {
  return entered(next(ctx).doMalloc(n), n, domainOf(ctx));
}

export function trace_calloc(ctx: usize, count: usize, size: usize): usize {
  return entered(next(ctx).doCalloc(count, size), count * size, domainOf(ctx) | CLEARED);
}

export function trace_realloc(ctx: usize, block: usize, n: usize): usize {
  settle();
  const moved = next(ctx).doRealloc(block, n);
  if (block == 0 || moved == 0) return entered(moved, n, domainOf(ctx));
  if (tracer().recording != 0) resized(block, moved, n, domainOf(ctx));
  return moved;
}

export function trace_free(ctx: usize, block: usize): void {
  if (block != 0 && tracer().recording != 0) freed(block);
  next(ctx).doFree(block);
}

/** Whether a domain's functions are the tracer's, which are the last ones in the table. */
@inline
function isTraced(allocator: Allocator): bool {
  return allocator.malloc - tableIndex(TRACE_FUNCTIONS) < TABLE_FUNCTIONS - TRACE_FUNCTIONS;
}

/** Puts the tracer into a domain, in front of the domain's allocator. */
function standIn(domain: u32, samples: bool): void {
  const allocator = allocatorOf(domain);
  traced(domain).copyFrom(changetype<usize>(allocator));
  if (!samples) {
    allocator.become(changetype<usize>(traced(domain)), tableIndex(TRACE_FUNCTIONS));
  } else if (allocator.malloc == tableIndex(SMALL_FUNCTIONS)) {
    allocator.become(allocator.ctx, tableIndex(SAMPLE_SMALL_FUNCTIONS));
  } else {
    allocator.become(changetype<usize>(traced(domain)), tableIndex(SAMPLE_FUNCTIONS));
  }
}

/**
 * Starts to trace each domain: every block if `rate` is 0, else on average one for each `rate` bytes. Returns false and changes
 * nothing if there is no memory for the tables.
 */
export function trace_start(rate: u32): bool {
  const t = tracer();
  if (!t.takeBlock() || !nodes_make_room() || !watched_make_room() || !beginShadow()) {
    t.giveTables();
    return false;
  }
  t.cut = 0;
  beginEvents();
  for (let domain: u32 = 0; domain < DOMAINS; domain++) if (!isTraced(allocatorOf(domain))) standIn(domain, rate != 0);
  t.recording = 1;
  if (rate != 0) beginSamples(rate);
  return true;
}

/** Ends recording. Domains in which the tracer is still the first allocator get their previous allocator back. */
export function trace_stop(): void {
  trace_flush();
  const t = tracer();
  t.recording = 0;
  for (let domain: u32 = 0; domain < DOMAINS; domain++) {
    const allocator = allocatorOf(domain);
    if (isTraced(allocator)) allocator.copyFrom(changetype<usize>(traced(domain)));
  }
  watched_end();
  t.giveTables();
}
