// Stretches of time, made before the end of the recording is known.
//
//   close     A stretch is closed at the first mark of time at which it is long enough, or has enough events. So each stretch is shorter
//             than room.duration (last - time < room.duration), unless all its events belong to a single mark.
//   begin     When the program begins, neighbouring stretches of the interpreter's start are joined. After that, these stay as they are.
//   rejoin    When the program has too many stretches, neighbouring ones are joined, and new stretches are longer from then on:
//
//             start | program              start | program
//              0  1 | 2  3  4  5    ->      0  1 | 2     3
//
// Invariant after rejoin(): room.duration is the duration of the program so far, divided by `fineness`, but at least that of FIRST_ROOM.
// So each of the program's stretches is shorter than room.duration, unless all its events belong to a single mark.

/** From its beginning to its last event, in microseconds. */
export interface Stretch {
  readonly time: number;
  readonly last: number;
  readonly events: number;
}

/** The old stretches from `first` to `last`, which become one. */
export interface Joint {
  readonly first: number;
  readonly last: number;
}

/** The most that one stretch may have: microseconds from its beginning to its last event, and events. */
interface Room {
  readonly duration: number;
  readonly events: number;
}

const FIRST_ROOM: Room = { duration: 50, events: 64 };
const ALONE: Room = { duration: 0, events: 0 };
/**
 * After a join, two neighbours together have at least a `fineness`-th of the time, or more than a `fineness`-th of the events. So at most
 * 2 * fineness pairs and a single stretch remain: at most SPARE * fineness stretches.
 */
const SPARE = 5;

export interface StretchLimits {
  /** When the program has this many stretches, neighbours are joined. */
  readonly most: number;
  /** The fineness for the interpreter's start, which is rarely examined. */
  readonly startFineness: number;
  readonly leastFineness: number;
}

export class Stretches<T extends Stretch> {
  readonly #limits: StretchLimits;
  readonly #join: (joined: readonly T[]) => T;
  #closed: T[] = [];
  #program = 0;
  #fineness: number;
  #room = FIRST_ROOM;

  /** `join` makes one stretch of several. */
  constructor(limits: StretchLimits, join: (joined: readonly T[]) => T) {
    this.#limits = limits;
    this.#join = join;
    this.#fineness = Math.max(limits.leastFineness, Math.floor(limits.most / SPARE));
  }

  get closed(): readonly T[] {
    return this.#closed;
  }

  /** The number of the stretch with which the program begins. */
  get program(): number {
    return this.#program;
  }

  get areTooMany(): boolean {
    return this.#closed.length - this.#program >= this.#limits.most;
  }

  /** Whether the fineness is the lowest that is allowed. */
  get areCoarsest(): boolean {
    return this.#fineness === this.#limits.leastFineness;
  }

  /** Whether the stretch must end at this mark of time, where the next one then begins. */
  isFull({ time, last, events }: Stretch, now: number): boolean {
    return events > 0 && now > last && (now - time >= this.#room.duration || events >= this.#room.events);
  }

  close(stretch: T): void {
    this.#closed.push(stretch);
  }

  /** Marks all closed stretches as the interpreter's start. Returns how they are joined. */
  beginProgram(): Joint[] {
    this.#program = this.#closed.length;
    this.#room = FIRST_ROOM;
    const duration = durationOf(this.#closed) / this.#limits.startFineness;
    return this.#joinAll(() => ({ duration, events: Number.POSITIVE_INFINITY }));
  }

  /** Joins stretches; if `coarser`, lowers the fineness for good. Returns how they are joined. */
  rejoin({ coarser = false } = {}): Joint[] {
    if (coarser) this.#fineness = Math.max(this.#limits.leastFineness, this.#fineness / 2);
    const program = this.#closed.slice(this.#program);
    const events = program.reduce((sum, stretch) => sum + stretch.events, 0);
    this.#room = {
      duration: Math.max(this.#room.duration, durationOf(program) / this.#fineness),
      events: Math.max(this.#room.events, events / this.#fineness),
    };
    return this.#joinAll((stretch) => (stretch < this.#program ? ALONE : this.#room));
  }

  #joinAll(roomOf: (first: number) => Room): Joint[] {
    const all = this.#closed;
    const joints: Joint[] = [];
    for (let first = 0; first < all.length; ) {
      const end = first < this.#program ? this.#program : all.length;
      const last = lastThatFits(all, first, end, roomOf(first));
      joints.push({ first, last });
      first = last + 1;
    }
    this.#program = joints.filter(({ first }) => first < this.#program).length;
    this.#closed = joints.map(({ first, last }) =>
      first === last ? (all[first] as T) : this.#join(all.slice(first, last + 1)),
    );
    return joints;
  }
}

function durationOf(stretches: readonly Stretch[]): number {
  return (stretches.at(-1)?.last ?? 0) - (stretches[0]?.time ?? 0);
}

/** The last stretch before `end` that fits into one stretch with those from `first` on. */
function lastThatFits(all: readonly Stretch[], first: number, end: number, { duration, events }: Room): number {
  const begin = all[first] as Stretch;
  let sum = begin.events;
  for (let next = first + 1; next < end; next++) {
    const stretch = all[next] as Stretch;
    sum += stretch.events;
    if (stretch.last - begin.time >= duration || sum > events) return next - 1;
  }
  return end - 1;
}

/** For each old stretch, the number of the new one. */
export function newNumbers(joints: readonly Joint[]): Uint16Array {
  return Uint16Array.from(joints.flatMap(({ first, last }, k) => Array<number>(last - first + 1).fill(k)));
}

/** The stretch in [from, to) with the highest value; the first one if several have it. */
export function highest<T>(all: readonly T[], from: number, to: number, of: (stretch: T) => number): number {
  let best = from;
  let most = Number.NEGATIVE_INFINITY;
  for (let k = from; k < to; k++) {
    const value = of(all[k] as T);
    if (value > most) [best, most] = [k, value];
  }
  return best;
}

/** The last of `length` stretches whose value is at most `value`. Values grow from one stretch to the next. */
export function lastUpTo(length: number, of: (stretch: number) => number, value: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (of(middle) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
