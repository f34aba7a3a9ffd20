// Live bytes, and what the platform gave, over time: at most so many points, however long the recording.

/** One stretch of time: the figures at its highest moment. */
export interface TimelinePoint {
  /** Microseconds from the start of the recording to the stretch's begin. */
  readonly time: number;
  readonly live: number;
  readonly blocks: number;
  readonly reserved: number;
}

const MOST_POINTS = 2048;

export class Timeline {
  #points: TimelinePoint[] = [];
  /** No two points are closer together, in microseconds. */
  #distance = 100;

  get points(): readonly TimelinePoint[] {
    return this.#points;
  }

  add(point: TimelinePoint): void {
    const last = this.#points.at(-1);
    if (last && point.time - last.time < this.#distance) {
      this.#points[this.#points.length - 1] = higher(last, point);
      return;
    }
    this.#points.push(point);
    if (this.#points.length > MOST_POINTS) this.#thin();
  }

  #thin(): void {
    const all = this.#points;
    this.#distance *= 2;
    this.#points = [];
    for (const point of all) this.add(point);
  }
}

function higher(first: TimelinePoint, second: TimelinePoint): TimelinePoint {
  const highest = second.live > first.live ? second : first;
  return { ...highest, time: first.time, reserved: Math.max(first.reserved, second.reserved) };
}
