// Sums up a recording while the program runs, in place of recording its events. The sums are made by core/sums/sums.ts, a
// separate module with its own memory. The result is the same as that of an Analysis of all events.

import { lazyModule } from "../core/base64.js";
import * as C from "../core/constants.gen.js";
import { SUMS_BASE64 } from "../core/sums.generated.js";
import type { StartMeasures } from "./accounts.js";
import { partsOfBase } from "./base.js";
import { NO_FIGURES } from "./figures.js";
import type { SumsContent } from "./sums-content.js";
import type { TimelinePoint } from "./timeline.js";

/** What core/sums/sums.ts exports. */
interface SumsModule {
  /** The bytes of a row, and of the header of a chunk. */
  readonly ROW_BYTES: WebAssembly.Global;
  readonly ENCODED_ROWS: WebAssembly.Global;
  sums_begin(): void;
  sums_input(): number;
  sums_take(length: number): void;
  sums_base(length: number, site: number, areLast: number): number;
  sums_pass(microseconds: number): void;
  sums_program(): void;
  sums_note(): void;
  sums_encode(at: number, end: number): number;
  sums_state(): number;
  sums_end(): number;
  sums_points(): number;
  sums_point_count(): number;
  sums_failed(): number;
}

/** The fields of core/sums/sums.ts' State, in its order. */
const STATE = [
  ...(["live", "blocks", "peak", "peakBlocks", "startLive", "startBlocks", "startPeak", "startPeakBlocks"] as const),
  ...(["events", "resizes", "frees", "foreignFrees", "stamp", "peakTime", "now", "reserved", "reservedPeak"] as const),
  ...(["chunks", "startBytes", "startCount", "startTemporaryBytes", "startTemporaryCount"] as const),
] as const;
type State = Readonly<Record<(typeof STATE)[number], number>>;

/** The numbers of a point of core/sums/timeline.ts. */
const POINT_LENGTH = 4;
const PAGE = 65536;
const MOST_PAGES = 65536;
const NO_MEMORY = "Cannot sum up the recording: there is no memory left for its tables";

const sumsModule = lazyModule(SUMS_BASE64);

export class Sums {
  readonly #memory: WebAssembly.Memory;
  readonly #module: SumsModule;
  /** The time when the program began. */
  #programTime: number | undefined;
  /** What the interpreter's start had freed again. */
  #gone = { bytes: 0, count: 0 };

  /** Throws if there is no memory. */
  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES });
    const { exports } = new WebAssembly.Instance(sumsModule(), { env: { memory: this.#memory } });
    this.#module = exports as unknown as SumsModule;
    this.#module.sums_begin();
    this.check();
  }

  #read(): State {
    const values = new Float64Array(this.#memory.buffer, this.#module.sums_state(), STATE.length);
    return Object.fromEntries(STATE.map((field, k) => [field, values[k]])) as State;
  }

  /** Throws if the sums are not complete, because there was no memory. */
  check(): void {
    if (this.#module.sums_failed() !== 0) throw new Error(NO_MEMORY);
  }

  /** Takes a batch of events. */
  take(batch: Uint8Array): void {
    new Uint8Array(this.#memory.buffer).set(batch, this.#module.sums_input());
    this.#module.sums_take(batch.length);
  }

  /** Takes the sums of the interpreter's start, as base.ts encodes them. */
  base(encoded: Uint8Array): void {
    const { node, gone, blocks } = partsOfBase(encoded);
    for (const { count, bytes } of gone) {
      this.#gone.bytes += bytes;
      this.#gone.count += count;
    }
    for (let at = 0; at < blocks.length && this.#module.sums_failed() === 0; ) {
      const piece = blocks.subarray(at, at + C.BATCH_BYTES);
      const areLast = at + piece.length === blocks.length;
      new Uint8Array(this.#memory.buffer).set(piece, this.#module.sums_input());
      at += this.#module.sums_base(piece.length, node << C.BATCH_DOMAIN_BITS, areLast ? 1 : 0);
    }
  }

  /** Begins the program: what was counted so far is the interpreter's start. `passed` microseconds are added to the time first. */
  program(passed = 0): void {
    if (passed > 0) this.#module.sums_pass(passed);
    if (this.#programTime !== undefined) return;
    this.#programTime = this.#read().now;
    this.#module.sums_program();
  }

  /** The interpreter's start. */
  #start(state: State): StartMeasures {
    const gone = this.#gone;
    return {
      allocated: { bytes: gone.bytes + state.startBytes, count: gone.count + state.startCount },
      temporary: { bytes: state.startTemporaryBytes, count: state.startTemporaryCount },
      end: { bytes: state.startLive, count: state.startBlocks },
      peak: { bytes: state.startPeak, count: state.startPeakBlocks },
      leaks: { bytes: 0, count: 0 },
    };
  }

  /** The rows, encoded. */
  *#rows({ chunks }: State): Generator<Uint8Array> {
    const { ROW_BYTES, ENCODED_ROWS } = this.#module;
    const rowBytes = ROW_BYTES.value as number;
    const most = (ENCODED_ROWS.value as number) * rowBytes;
    const last = this.#module.sums_end() >>> 0;
    for (let chunk = chunks; chunk !== 0; ) {
      const next = new Uint32Array(this.#memory.buffer, chunk, 1)[0] as number;
      const end = next === 0 ? last : chunk + PAGE;
      for (let at = chunk + rowBytes; at < end; at += most) {
        const length = this.#module.sums_encode(at, Math.min(at + most, end));
        yield new Uint8Array(this.#memory.buffer, this.#module.sums_input(), length).slice();
      }
      chunk = next;
    }
  }

  /** What was live over time, up to now. */
  #timeline({ now, live, startLive, blocks, startBlocks, reserved }: State): TimelinePoint[] {
    const length = this.#module.sums_point_count() * POINT_LENGTH;
    const numbers = new Float64Array(this.#memory.buffer, this.#module.sums_points(), length);
    const points: TimelinePoint[] = [];
    for (let k = 0; k < length; k += POINT_LENGTH) {
      const [time = 0, bytes = 0, count = 0, given = 0] = numbers.subarray(k, k + POINT_LENGTH);
      points.push({ time, live: bytes, blocks: count, reserved: given });
    }
    points.push({ time: now, live: live + startLive, blocks: blocks + startBlocks, reserved });
    return points;
  }

  /** The number of events so far. */
  get events(): number {
    return this.#read().events;
  }

  /** The sums so far. Throws if they are not complete. */
  content(): SumsContent {
    this.check();
    this.#module.sums_note();
    const state = this.#read();
    const figures = {
      ...NO_FIGURES,
      resizes: state.resizes,
      frees: state.frees,
      foreignFrees: state.foreignFrees,
      liveBytes: state.live,
      liveBlocks: state.blocks,
      peakBytes: state.peak,
      peakBlocks: state.peakBlocks,
      peakTime: state.peakTime,
      reservedPeak: state.reservedPeak,
    };
    const programTime = this.#programTime;
    return {
      head: {
        events: state.events,
        figures,
        ...(programTime !== undefined && { start: this.#start(state), programTime }),
      },
      timeline: this.#timeline(state),
      rows: [...this.#rows(state)],
    };
  }
}
