// Live bytes and the platform's bytes over time: a bounded number of points, however long the recording.

/** A stretch of time: what was live at its highest moment, and the most that the platform had given in it. */
export interface TimelinePoint {
  /** Microseconds from the start of the recording to the beginning of the stretch. */
  readonly time: number;
  readonly live: number;
  readonly blocks: number;
  readonly reserved: number;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const MOST_POINTS = 2048;

export class Timeline {
  #points: Mutable<TimelinePoint>[] = [];
  /** The least distance between two points, in microseconds. */
  #distance = 100;

  get points(): readonly TimelinePoint[] {
    return this.#points;
  }

  add(point: TimelinePoint): void {
    const last = this.#points[this.#points.length - 1];
    if (last && point.time - last.time < this.#distance) {
      raise(last, point);
      return;
    }
    this.#points.push({ ...point });
    if (this.#points.length > MOST_POINTS) this.#thin();
  }

  #thin(): void {
    const all = this.#points;
    this.#distance *= 2;
    this.#points = [];
    for (const point of all) this.add(point);
  }
}

/** Extends a point's stretch by a later one. */
function raise(point: Mutable<TimelinePoint>, { live, blocks, reserved }: TimelinePoint): void {
  if (live > point.live) {
    point.live = live;
    point.blocks = blocks;
  }
  if (reserved > point.reserved) point.reserved = reserved;
}
