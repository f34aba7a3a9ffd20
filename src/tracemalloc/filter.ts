// Filters for a snapshot's traces, with Python's rules: by file name pattern, line and domain.
//
//   a trace is kept  <=>  an inclusive filter matches it (or there is none), and no exclusive filter does

import type { BlockOwner } from "../ground/errors.js";
import type { Frame, Traceback } from "./traceback.js";

/** A domain of the heap, or the number of a domain in which a module in C tracks memory (PyTraceMalloc_Track). */
export type TraceDomain = BlockOwner | number;

/** The parts of a trace that a filter tests. */
export interface Filterable {
  readonly domain: TraceDomain;
  readonly traceback: Traceback;
}

/** A filter of either kind. */
export interface TraceFilter {
  /** True: matching traces are kept. False: they are omitted. */
  readonly inclusive: boolean;
  matches(trace: Filterable): boolean;
}

export interface FilterOptions {
  /** Only frames in this line. */
  readonly lineno?: number;
  /** Whether any frame of the traceback may match; by default only the frame that allocated. */
  readonly allFrames?: boolean;
  /** Only blocks of this domain. */
  readonly domain?: TraceDomain;
}

export class Filter implements TraceFilter {
  readonly inclusive: boolean;
  /** A pattern with `*`, `?`, `[seq]` and `[!seq]`, as in Python's fnmatch. */
  readonly filenamePattern: string;
  readonly options: FilterOptions;
  readonly #pattern: RegExp;

  constructor(inclusive: boolean, filenamePattern: string, options: FilterOptions = {}) {
    this.inclusive = inclusive;
    this.filenamePattern = filenamePattern;
    this.options = options;
    this.#pattern = globPattern(filenamePattern);
  }

  matches({ domain, traceback }: Filterable): boolean {
    const { domain: only, allFrames = false } = this.options;
    if (only !== undefined && domain !== only) return false;
    return allFrames ? traceback.frames.some((frame) => this.#fits(frame)) : this.#fits(traceback.last);
  }

  #fits({ filename, lineno }: Frame): boolean {
    return (this.options.lineno ?? lineno) === lineno && this.#pattern.test(filename);
  }
}

export class DomainFilter implements TraceFilter {
  readonly inclusive: boolean;
  readonly domain: TraceDomain;

  constructor(inclusive: boolean, domain: TraceDomain) {
    this.inclusive = inclusive;
    this.domain = domain;
  }

  matches({ domain }: Filterable): boolean {
    return domain === this.domain;
  }
}

/** Whether a trace is kept. */
export function passes(trace: Filterable, filters: readonly TraceFilter[]): boolean {
  const inclusive = filters.filter((filter) => filter.inclusive);
  if (inclusive.length > 0 && !inclusive.some((filter) => filter.matches(trace))) return false;
  return !filters.some((filter) => !filter.inclusive && filter.matches(trace));
}

/** A regular expression for a pattern of whole file names. */
function globPattern(glob: string): RegExp {
  const parts = glob.matchAll(/\[(!?)(\]?[^\]]*)\]|[\s\S]/g);
  const text = [...parts].map(([part, not, set]) => {
    if (set !== undefined) return `[${not === "!" ? "^" : ""}${set.replace(/[\\\]^[]/g, "\\$&")}]`;
    if (part === "*") return "[\\s\\S]*";
    if (part === "?") return "[\\s\\S]";
    return part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
  return new RegExp(`^${text.join("")}$`);
}
