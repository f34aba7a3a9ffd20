// The highest moment of the span, on the timeline: a dot, and above it what was live then. The words are an element above
// the shades beside the span, because a peak near the end of the span has words beyond it.

import type uPlot from "uplot";
import { h } from "../dom.js";
import type { Colors } from "../theme.js";
import { bytes } from "../words.js";

const RADIUS = 3.5;

interface Peak {
  /** The time of the peak in seconds, as on the axis: 0 is the beginning of the program. */
  readonly seconds: number;
  readonly bytes: number;
  /** The places of vertical lines that the words must not cross, in pixels from the left of the plot. */
  readonly lines: readonly number[];
}

/** The least distance between the words and a line, in pixels: half of a handle, and some room. */
const BESIDE = 8;

interface Words {
  /** Where the words would be best, and how wide they are, in pixels. */
  readonly left: number;
  readonly width: number;
}

/** The place of words in `room` pixels, as near as possible to the best one, that crosses none of the lines. */
export function placeBetween({ left, width }: Words, room: number, lines: readonly number[]): number {
  const seen = lines.filter((line) => line >= 0 && line <= room);
  const most = room - width;
  const within = (place: number) => Math.max(0, Math.min(place, most));
  const isFree = (place: number) =>
    place >= 0 && place <= most && seen.every((line) => line <= place - BESIDE || line >= place + width + BESIDE);
  return (
    [within(left), ...seen.flatMap((line) => [line - BESIDE - width, line + BESIDE])]
      .filter(isFree)
      .sort((a, b) => Math.abs(a - left) - Math.abs(b - left))[0] ?? within(left)
  );
}

export class PeakMark {
  readonly words = h("span", { class: "peak-words", "aria-hidden": "true" });

  /** Shows the peak, if it is visible. */
  draw(plot: uPlot, peak: Peak, colors: Colors): void {
    const { ctx, bbox } = plot;
    const scale = devicePixelRatio;
    const x = plot.valToPos(peak.seconds, "x", true);
    const y = plot.valToPos(peak.bytes, "y", true);
    this.words.hidden = peak.bytes <= 0 || x < bbox.left || x > bbox.left + bbox.width;
    if (this.words.hidden) return;
    ctx.save();
    ctx.beginPath();
    ctx.arc(x, y, RADIUS * scale, 0, 2 * Math.PI);
    ctx.fillStyle = colors.get("live");
    ctx.fill();
    ctx.lineWidth = 1.5 * scale;
    ctx.strokeStyle = colors.get("surface");
    ctx.stroke();
    ctx.restore();
    this.words.textContent = `peak ${bytes(peak.bytes)}`;
    const width = this.words.offsetWidth;
    const best = { left: (x - bbox.left) / scale - width / 2, width };
    this.words.style.left = `${placeBetween(best, bbox.width / scale, peak.lines)}px`;
    this.words.style.bottom = `${(bbox.top + bbox.height - y) / scale}px`;
  }
}
