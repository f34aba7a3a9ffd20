// What was live over time: a bounded number of points, however long the recording is. src/trace/timeline.ts makes the same
// points from a recording that has all events.
//
//   point   time, live bytes, blocks, the platform's bytes          four doubles, because the host reads them as one array
//
// A point is for a stretch of time, and has the figures of its highest moment. If there are too many points, stretches
// become twice as long.

const MOST_POINTS: u32 = 2048;

@unmanaged
class Point {
  /** Microseconds from the start of the recording to the beginning of the stretch. */
  time: f64;
  live: f64;
  blocks: f64;
  reserved: f64;
}

export const TIMELINE_BYTES: usize = <usize>(MOST_POINTS + 1) * offsetof<Point>();

let points: usize = 0;
let count: u32 = 0;
/** The least distance between two points, in microseconds. */
let distance: f64 = 100;

@inline
function pointAt(k: u32): Point {
  return changetype<Point>(points + <usize>k * offsetof<Point>());
}

/** To be called first. There are TIMELINE_BYTES bytes of memory at `at`. */
export function beginTimeline(at: usize): void {
  points = at;
}

/** Adds a stretch that begins at `time`. */
export function addPoint(time: f64, live: f64, blocks: f64, reserved: f64): void {
  if (count != 0) {
    const last = pointAt(count - 1);
    if (time - last.time < distance) return raise(last, live, blocks, reserved);
  }
  const added = pointAt(count);
  added.time = time;
  added.live = live;
  added.blocks = blocks;
  added.reserved = reserved;
  if (++count > MOST_POINTS) thin();
}

/** Extends a point's stretch by a later one. */
@inline
function raise(point: Point, live: f64, blocks: f64, reserved: f64): void {
  if (live > point.live) {
    point.live = live;
    point.blocks = blocks;
  }
  if (reserved > point.reserved) point.reserved = reserved;
}

function thin(): void {
  const all = count;
  distance *= 2;
  count = 0;
  for (let k: u32 = 0; k < all; k++) {
    const point = pointAt(k);
    addPoint(point.time, point.live, point.blocks, point.reserved);
  }
}

export function sums_points(): usize {
  return points;
}

export function sums_point_count(): u32 {
  return count;
}
