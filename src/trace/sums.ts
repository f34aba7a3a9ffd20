// Sums up a recording while the program runs, in place of recording its events: core/sums/sums.ts does it, a module with
// a memory of its own. The result is the same as that of an Analysis of all events.

import { SUMS_BASE64 } from "../core/sums.generated.js";
import { TableSlots, type WithTable } from "../core/table-functions.js";
import type { StartMeasures } from "./accounts.js";
import { readBase } from "./base.js";
import { NO_FIGURES } from "./figures.js";
import { RESERVED_UNIT } from "./format.js";
import { encodeSums, ROW, rowsOf } from "./sums-content.js";
import { Timeline, type TimelinePoint } from "./timeline.js";

/** What core/sums/sums.ts exports. */
interface SumsModule {
  readonly ROW_BYTES: WebAssembly.Global;
  readonly sums_event: WebAssembly.ExportValue & ((...numbers: number[]) => void);
  sums_begin(): void;
  sums_note(): void;
  sums_program(): void;
  sums_state(): number;
  sums_end(): number;
  sums_failed(): number;
}

/** The places of core/sums/sums.ts' State, in its order. */
const [LIVE, BLOCKS, PEAK, PEAK_BLOCKS, START_LIVE, START_BLOCKS, START_PEAK, START_PEAK_BLOCKS] = [
  0, 1, 2, 3, 4, 5, 6, 7,
];
const [STAMP, EVENTS, RESIZES, FREES, FOREIGN_FREES, CHUNKS] = [8, 9, 10, 11, 12, 13];
const STATE_LENGTH = 14;

const PAGE = 65536;
const CHUNK_HEADER = 8;
const MOST_PAGES = 65536;
const LONGEST_STEP = 2 ** 32 - 1;
const NO_MEMORY = "Cannot sum up the recording: there is no memory left for its tables";

const nothing = { bytes: 0, count: 0 } as const;

let compiled: WebAssembly.Module | undefined;

function sumsModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(SUMS_BASE64), (char) => char.charCodeAt(0)));
  return compiled;
}

export class Sums {
  readonly #memory: WebAssembly.Memory;
  readonly #module: SumsModule;
  readonly #stateAt: number;
  #state: Float64Array;
  #detach: (() => void) | undefined;
  readonly #timeline = new Timeline();
  /** Microseconds from the start of the recording, and the host's time for the same moment. */
  #now = 0;
  #last: number | undefined;
  #reserved = 0;
  #reservedPeak = 0;
  #peakTime = 0;
  /** The number of the peak that has this time. */
  #timed = 0;
  #program: { readonly time: number; readonly start: StartMeasures } | undefined;
  /** Of the interpreter's start: what had been freed again, and the number of live blocks. Neither are events. */
  #gone = { bytes: 0, count: 0 };
  #baseBlocks = 0;

  /** Throws if there is no memory. */
  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES });
    const { exports } = new WebAssembly.Instance(sumsModule(), { env: { memory: this.#memory } });
    this.#module = exports as unknown as SumsModule;
    this.#stateAt = this.#module.sums_state();
    this.#state = new Float64Array(0);
    this.#module.sums_begin();
    this.check();
  }

  /** The numbers of the state. They change with each event. */
  #read(): Float64Array {
    const { buffer } = this.#memory;
    if (this.#state.buffer !== buffer) this.#state = new Float64Array(buffer, this.#stateAt, STATE_LENGTH);
    return this.#state;
  }

  /** Throws if the sums are not complete, because there was no memory. */
  check(): void {
    if (this.#module.sums_failed() !== 0) throw new Error(NO_MEMORY);
  }

  /** Puts the function that takes events into the core's table. Returns its index. */
  attach(where: WithTable): number {
    const slots = new TableSlots(where);
    const index = slots.put(this.#module.sums_event);
    this.#detach = () => slots.remove(index);
    return index;
  }

  detach(): void {
    this.#detach?.();
    this.#detach = undefined;
  }

  /**
   * To be called whenever the core asks for the time: the time in microseconds since some moment, and the platform's
   * bytes. The first call is for the beginning of the recording.
   */
  time(time: number, reserved: number): void {
    if (this.#last === undefined) {
      this.#last = time;
      return;
    }
    // Like the core, which records whole microseconds, and keeps the rest for the next time.
    const passed = Math.trunc(Math.min(time - this.#last, LONGEST_STEP));
    if (passed >= 1) {
      this.#last += passed;
      this.#pass(passed);
    }
    this.#reserved = Math.floor(reserved / RESERVED_UNIT) * RESERVED_UNIT;
    if (this.#reserved > this.#reservedPeak) this.#reservedPeak = this.#reserved;
  }

  #pass(microseconds: number): void {
    const state = this.#read();
    this.#notePeak(state);
    this.#timeline.add(this.#point(state));
    this.#now += microseconds;
  }

  /** What is live since the last time. */
  #point(state: Float64Array): TimelinePoint {
    return {
      time: this.#now,
      live: at(state, LIVE) + at(state, START_LIVE),
      blocks: at(state, BLOCKS) + at(state, START_BLOCKS),
      reserved: this.#reserved,
    };
  }

  /** Notes a peak that was not noted yet. All peaks since the last time get that time. */
  #notePeak(state: Float64Array): void {
    if (at(state, LIVE) > at(state, PEAK)) this.#module.sums_note();
    if (at(state, STAMP) !== this.#timed) this.#timePeak(state);
  }

  #timePeak(state: Float64Array): void {
    this.#timed = at(state, STAMP);
    this.#peakTime = this.#now;
  }

  /** Takes the sums of the interpreter's start, as base.ts encodes them. */
  base(encoded: Uint8Array): void {
    readBase(encoded, {
      baseGone: (_domain, _size, count, bytes) => {
        this.#gone.bytes += bytes;
        this.#gone.count += count;
      },
      baseBlock: (address, size, tag, node) => {
        this.#baseBlocks++;
        this.#module.sums_event(0, address, size, tag, node);
      },
    });
  }

  /** Begins the program: what was counted so far is the interpreter's start. `passed` microseconds are added before. */
  program(passed = 0): void {
    if (passed > 0) this.#pass(passed);
    if (this.#program) return;
    const sum = { allocated: { ...this.#gone }, temporary: { ...nothing }, end: { ...nothing } };
    for (const part of this.#parts()) {
      rowsOf(part, (size, { live, allocated, temporary }) => {
        for (const [view, count] of Object.entries({ allocated, temporary, end: live })) {
          const to = sum[view as keyof typeof sum];
          to.bytes += size * count;
          to.count += count;
        }
      });
    }
    this.#program = { time: this.#now, start: { ...sum, peak: nothing, leaks: nothing } };
    this.#module.sums_program();
    this.#timePeak(this.#read());
  }

  /** The rows, in the module's memory: valid until something is counted. */
  *#parts(): Generator<Uint8Array> {
    const end = this.#module.sums_end();
    for (let chunk = at(this.#read(), CHUNKS); chunk !== 0; ) {
      const next = new Uint32Array(this.#memory.buffer, chunk, 1)[0] as number;
      const whole = PAGE - CHUNK_HEADER - ((PAGE - CHUNK_HEADER) % ROW.bytes);
      const length = next === 0 ? end - chunk - CHUNK_HEADER : whole;
      yield new Uint8Array(this.#memory.buffer, chunk + CHUNK_HEADER, length);
      chunk = next;
    }
  }

  /** The sums so far, as sums-content.ts encodes them. Throws if they are not complete. */
  content(): Uint8Array {
    this.check();
    const state = this.#read();
    this.#notePeak(state);
    const measure = (bytes: number, count: number) => ({ bytes: at(state, bytes), count: at(state, count) });
    const start = this.#program && {
      ...this.#program.start,
      end: measure(START_LIVE, START_BLOCKS),
      peak: measure(START_PEAK, START_PEAK_BLOCKS),
    };
    return encodeSums(
      {
        stamp: at(state, STAMP),
        events: at(state, EVENTS) - this.#baseBlocks,
        figures: {
          ...NO_FIGURES,
          resizes: at(state, RESIZES),
          frees: at(state, FREES),
          foreignFrees: at(state, FOREIGN_FREES),
          liveBytes: at(state, LIVE),
          liveBlocks: at(state, BLOCKS),
          peakBytes: at(state, PEAK),
          peakBlocks: at(state, PEAK_BLOCKS),
          peakTime: this.#peakTime,
          reservedPeak: this.#reservedPeak,
        },
        timeline: [...this.#timeline.points, this.#point(state)],
        ...(this.#program && { start, programTime: this.#program.time }),
      },
      [...this.#parts()],
    );
  }
}

const at = (state: Float64Array, place: number): number => state[place] as number;
