// Runs of the cycle collector over time: a bounded number of points, however long the recording.

import type { TraceCollection } from "./format.js";

/** Collections that are close together: their sums, and the oldest of their generations. */
export interface CollectionPoint extends TraceCollection {
  /** The number of collections. */
  readonly count: number;
}

const MOST_POINTS = 1024;
const FIRST_DISTANCE = 100;

export class Collections {
  #points: CollectionPoint[] = [];
  /** Collections closer together than this, in microseconds, become one point. */
  #distance = FIRST_DISTANCE;

  get points(): readonly CollectionPoint[] {
    return this.#points;
  }

  /** Removes all points. */
  clear(): void {
    this.#points = [];
    this.#distance = FIRST_DISTANCE;
  }

  add(collection: TraceCollection): void {
    this.addPoint({ ...collection, count: 1 });
  }

  /** Adds a point of one or more collections. */
  addPoint(point: CollectionPoint): void {
    this.#put(point);
    while (this.#points.length > MOST_POINTS) this.#thin();
  }

  #put(point: CollectionPoint): void {
    const last = this.#points.at(-1);
    if (last && point.time - last.time < this.#distance) this.#points[this.#points.length - 1] = joined(last, point);
    else this.#points.push(point);
  }

  #thin(): void {
    const all = this.#points;
    this.#distance *= 2;
    this.#points = [];
    for (const point of all) this.#put(point);
  }
}

function joined(first: CollectionPoint, second: CollectionPoint): CollectionPoint {
  return {
    time: first.time,
    generation: Math.max(first.generation, second.generation),
    duration: first.duration + second.duration,
    collected: first.collected + second.collected,
    count: first.count + second.count,
  };
}
