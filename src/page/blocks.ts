// The blocks in a page's heap map: those that are live at the end, and those that were live at another of its moments
// (phases.ts).

import type { Folded } from "./fold.js";
import type { PageBlocks } from "./model.js";
import { endOf, highestOf, momentsAt, type Phase, phaseOf, placesAmong } from "./moments.js";
import type { Spans } from "./spans.js";

/**
 * The places of blocks, at as many moments as can be shown with at most `most` blocks. If even the fewest moments have
 * more blocks, only evenly chosen ones are shown.
 */
export function pageBlocks(spans: Spans, { accountOf }: Folded, most: number): PageBlocks {
  const { live, phases } = spans;
  const { moments, places, count } = chooseMoments(spans, most);
  const step = Math.max(1, Math.ceil((count + live.count) / most));
  const whole = new Columns(Math.ceil((count + live.count) / step), step);
  phases.departed.forEach((address, account, size, birth, first, last) => {
    const [from, to] = [places[first] as number, places[last + 1] as number];
    if (from < to) whole.add(address, accountOf[account] as number, size, spans.bucketOf(birth), from, to - 1);
  });
  live.forEach((account, size, birth, address) => {
    const from = places[phases.firstMoment(birth)] as number;
    whole.add(address, accountOf[account] as number, size, spans.bucketOf(birth), from, moments.length - 1);
  });
  return { ...timesOf(moments, phases.all, spans.now), step, ...whole.sorted(), types: new Uint32Array(0) };
}

/** For each moment, the times from which and until which the heap is as the map shows it. */
function timesOf(moments: Uint32Array, phases: readonly Phase[], end: number): Pick<PageBlocks, "froms" | "untils"> {
  const froms = new Float64Array(moments.length);
  const untils = new Float64Array(moments.length);
  moments.forEach((moment, k) => {
    const { peakTime, last } = phases[phaseOf(moment)] as Phase;
    const isEnd = moment === endOf(phaseOf(moment));
    froms[k] = isEnd ? last : peakTime;
    untils[k] = isEnd ? (phases[phaseOf(moment) + 1]?.time ?? end) : peakTime;
  });
  return { froms, untils };
}

interface Choice {
  readonly moments: Uint32Array;
  readonly places: Uint16Array;
  /** The number of shown blocks that are dead by now. */
  readonly count: number;
}

/** Chooses as many moments as can be shown with few enough blocks. */
function chooseMoments({ phases, live }: Spans, most: number): Choice {
  const { all, program, departed } = phases;
  const [start, own] = [all.slice(0, program), all.slice(program)];
  for (let stride = 1; ; stride *= 2) {
    const before = momentsAt(start, Math.max(1, start.length));
    const after = momentsAt(own, stride).map((moment) => moment + highestOf(program));
    const moments = Uint32Array.from([...before, ...after].filter((moment) => departed.knows(moment)));
    const places = placesAmong(moments, highestOf(all.length));
    let count = 0;
    departed.forEach((_address, _account, _size, _birth, first, last) => {
      if (places[first] !== places[last + 1]) count++;
    });
    if (count + live.count <= most || stride >= own.length) return { moments, places, count };
  }
}

class Columns {
  readonly #addresses: Float64Array;
  readonly #columns: readonly Uint32Array[];
  readonly #step: number;
  /** The number of blocks so far, including those that are omitted. */
  #count = 0;

  /** Makes room for `length` blocks, of which one in `step` is taken. */
  constructor(length: number, step: number) {
    this.#step = step;
    this.#addresses = new Float64Array(length);
    this.#columns = Array.from({ length: 5 }, () => new Uint32Array(length));
  }

  add(address: number, ...values: [account: number, size: number, birth: number, first: number, last: number]): void {
    const place = this.#count++ / this.#step;
    if (!Number.isInteger(place)) return;
    this.#addresses[place] = address;
    for (let k = 0; k < values.length; k++) (this.#columns[k] as Uint32Array)[place] = values[k] as number;
  }

  /** The blocks that were taken, by address; blocks at the same address by time. */
  sorted(): Omit<PageBlocks, "froms" | "untils" | "step" | "types"> {
    const addresses = this.#addresses;
    const order = Uint32Array.from(addresses.keys());
    order.sort((a, b) => (addresses[a] as number) - (addresses[b] as number) || a - b);
    const pick = (column: number) => order.map((block) => this.#columns[column]?.[block] as number);
    return {
      addresses: Float64Array.from(order, (block) => addresses[block] as number),
      accounts: pick(0),
      sizes: pick(1),
      births: pick(2),
      firsts: pick(3),
      lasts: pick(4),
    };
  }
}
