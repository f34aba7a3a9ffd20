// The highest moment of the span, on the timeline: a dot, and above it what was live then. The words are an element above
// the shades beside the span, because a peak near the end of the span has words beyond it.

import type uPlot from "uplot";
import { h } from "../dom.js";
import type { Colors } from "../theme.js";
import { bytes } from "../words.js";

const RADIUS = 3.5;

interface Peak {
  /** Seconds after the start of the recording. */
  readonly seconds: number;
  readonly bytes: number;
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
    const room = bbox.width / scale - this.words.offsetWidth;
    const left = (x - bbox.left) / scale - this.words.offsetWidth / 2;
    this.words.style.left = `${Math.max(0, Math.min(left, room))}px`;
    this.words.style.bottom = `${(bbox.top + bbox.height - y) / scale}px`;
  }
}
