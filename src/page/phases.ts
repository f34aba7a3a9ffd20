// The moments that the heap map can show. Time is cut into phases, which are longer than buckets. Each phase has two
// moments: the one at which most memory of the program was live (its highest moment), and its end.
//
//   phase     |    0    |    1    |    2    | ...
//   moment    |  0   1  |  2   3  |  4   5  | ...      2k: the highest moment of phase k; 2k + 1: its end

import { type LiveSums, ownRankOf } from "./buckets.js";
import { Departed } from "./departed.js";
import { endOf, highestOf, type Phase } from "./moments.js";
import { highest, lastUpTo, newNumbers, Stretches } from "./stretches.js";

const LIMITS = { most: 640, startFineness: 0.5, leastFineness: 128 };

function join(joined: readonly Phase[]): Phase {
  const [first, last] = [joined[0], joined.at(-1)] as [Phase, Phase];
  const { peakRank, peakTime, peakBirths } = joined[
    highest(joined, 0, joined.length, (phase) => phase.peakRank)
  ] as Phase;
  const events = joined.reduce((sum, phase) => sum + phase.events, 0);
  const { time, firstBirth } = first;
  return { time, last: last.last, events, firstBirth, peakRank, peakTime, peakBirths };
}

export class Phases {
  /** The blocks that are dead by now. */
  readonly departed: Departed;
  readonly #phases = new Stretches<Phase>(LIMITS, join);
  #open: { -readonly [Key in keyof Phase]: Phase[Key] };
  #firstEvent = 0;

  /** More than `most` dead blocks are kept only if they are needed for the highest moment and the end. */
  constructor(sums: LiveSums, most?: number) {
    this.departed = new Departed(most);
    this.#open = begun(sums);
  }

  get all(): readonly Phase[] {
    const { closed, program } = this.#phases;
    return this.#open.events === 0 && closed.length > program ? closed : [...closed, this.#open];
  }

  /** The phase with which the program begins. */
  get program(): number {
    return this.#phases.program;
  }

  /** The highest moment of the open phase so far. */
  get peakRank(): number {
    return this.#open.peakRank;
  }

  get peakBirths(): number {
    return this.#open.peakBirths;
  }

  noteHighest(sums: LiveSums): void {
    const open = this.#open;
    open.peakRank = ownRankOf(sums);
    open.peakTime = sums.time;
    open.peakBirths = sums.births;
    this.departed.settle(this.#phases.closed.length);
  }

  /** Notes the death of a block that was live at the open phase's highest moment so far. */
  died(address: number, account: number, size: number, birth: number): void {
    this.departed.add(address, account, size, birth, this.firstMoment(birth), this.#phases.closed.length);
  }

  /** The first moment at which a block is live. */
  firstMoment(birth: number): number {
    const { closed } = this.#phases;
    const phase =
      birth >= this.#open.firstBirth
        ? closed.length
        : lastUpTo(closed.length, (k) => closed[k]?.firstBirth ?? 0, birth);
    return birth < (closed[phase] ?? this.#open).peakBirths ? highestOf(phase) : endOf(phase);
  }

  /** Notes that the events so far have happened in the open phase. */
  mark({ time, events }: LiveSums): void {
    this.#open.last = time;
    this.#open.events = events - this.#firstEvent;
  }

  /** Handles a mark of time, at which a phase may end and the next one begin. */
  time(sums: LiveSums, now: number): void {
    if (!this.#phases.isFull(this.#open, now)) return;
    this.#close();
    this.#begin({ ...sums, time: now });
  }

  /** Begins the program with a new phase. */
  beginProgram(sums: LiveSums): void {
    if (this.#open.events > 0) this.#close();
    this.#rejoin(() => this.#phases.beginProgram());
    this.#begin(sums);
  }

  #begin(sums: LiveSums): void {
    this.#open = begun(sums);
    this.#firstEvent = sums.events;
  }

  #close(): void {
    this.#phases.close(this.#open);
    this.departed.close(this.#phases.closed);
    if (this.#phases.areTooMany) this.#rejoin(() => this.#phases.rejoin());
  }

  #rejoin(how: () => readonly { readonly first: number; readonly last: number }[]): void {
    const before = this.#phases.closed;
    const joints = how();
    const higher = joints.map(({ first, last }) => highest(before, first, last + 1, ({ peakRank }) => peakRank));
    this.departed.merge(joints, higher, newNumbers(joints));
  }
}

function begun(sums: LiveSums) {
  const { time, births } = sums;
  return {
    time,
    last: time,
    events: 0,
    firstBirth: births,
    peakRank: ownRankOf(sums),
    peakTime: time,
    peakBirths: births,
  };
}
