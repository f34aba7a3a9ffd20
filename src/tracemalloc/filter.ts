// Filters of a snapshot's traces, with the rules of Python's: by file name pattern, line and domain.
//
//   a trace stays  <=>  some inclusive filter matches it (or there is none), and no exclusive one does

import type { BlockOwner } from "../ground/errors.js";
import type { Frame, Traceback } from "./traceback.js";

/** A domain of the heap's, or the number of one that a module in C tracks memory in (PyTraceMalloc_Track). */
export type TraceDomain = BlockOwner | number;

/** What a filter looks at. */
export interface Filterable {
  readonly domain: TraceDomain;
  readonly traceback: Traceback;
}

/** What both kinds of filter are. */
export interface TraceFilter {
  /** Traces that match are kept; if not: left out. */
  readonly inclusive: boolean;
  matches(trace: Filterable): boolean;
}

export interface FilterOptions {
  /** Only frames in this line. */
  readonly lineno?: number;
  /** Any frame of the traceback may match; the default is only the one that allocated. */
  readonly allFrames?: boolean;
  /** Only blocks of this domain. */
  readonly domain?: TraceDomain;
}

export class Filter implements TraceFilter {
  readonly inclusive: boolean;
  /** With `*`, `?`, `[seq]` and `[!seq]`, as in Python's fnmatch. */
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

/** Whether a trace stays. */
export function passes(trace: Filterable, filters: readonly TraceFilter[]): boolean {
  const inclusive = filters.filter((filter) => filter.inclusive);
  if (inclusive.length > 0 && !inclusive.some((filter) => filter.matches(trace))) return false;
  return !filters.some((filter) => !filter.inclusive && filter.matches(trace));
}

/** A pattern for whole file names. */
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
