// Picks a stretch of the timeline: by dragging over it with the pointer or a finger, or by moving its two handles, with the pointer or
// with keys. The rest is shaded.
//
//   | shade |h|            |h|      shade      |       0 and 1 are the ends of the visible timeline

import { h } from "../dom.js";

export type End = "from" | "to";

export interface SelectionEvents {
  /** A stretch was dragged: both ends, from 0 to 1. */
  readonly pick: (from: number, to: number) => void;
  /** A handle is dragged, and is now at a place from 0 to 1. */
  readonly move: (end: End, to: number) => void;
  /**
   * A key moves a handle by this many hundredths of the visible timeline, to the left if they are negative. Infinity is the end of
   * the whole timeline, and -Infinity its beginning.
   */
  readonly step: (end: End, hundredths: number) => void;
  /** The pointer is dragged over a stretch: both ends, from 0 to 1. */
  readonly draw: (from: number, to: number) => void;
  /** The pointer is at a place from 0 to 1; undefined if it is outside. */
  readonly point: (at: number | undefined) => void;
}

/** The description of a handle for screen readers. */
export interface HandleWords {
  readonly now: number;
  readonly least: number;
  readonly most: number;
  readonly text: string;
}

/** Pixels: a shorter drag picks nothing. */
const LEAST_DRAG = 5;
/** The keys that move a handle, with the hundredths that `step` gets. */
const STEPS: Readonly<Record<string, number>> = {
  ...{ ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 },
  ...{ PageDown: -10, PageUp: 10, Home: Number.NEGATIVE_INFINITY, End: Number.POSITIVE_INFINITY },
};

export class Selection {
  readonly element: HTMLElement;
  readonly #events: SelectionEvents;
  readonly #shades = { from: h("div", { class: "shade before" }), to: h("div", { class: "shade after" }) };
  readonly #drawn = h("div", { class: "drawn", hidden: true });
  readonly #line = h("div", { class: "pointed", hidden: true });
  readonly #handles: Readonly<Record<End, HTMLElement>>;

  constructor(events: SelectionEvents) {
    this.#events = events;
    this.#handles = { from: this.#handle("from"), to: this.#handle("to") };
    const { from, to } = this.#shades;
    this.element = h(
      "div",
      { class: "selection" },
      ...[from, to, this.#drawn, this.#line, this.#handles.from, this.#handles.to],
    );
    this.#listen();
  }

  /** Shows the picked stretch, from 0 to 1. An end that is not visible is below 0 or above 1. */
  show(from: number, to: number): void {
    for (const [end, at] of [
      ["from", from],
      ["to", to],
    ] as const) {
      const shown = Math.min(1, Math.max(0, at));
      this.#handles[end].style.left = `${100 * shown}%`;
      this.#handles[end].classList.toggle("beyond", shown !== at);
      // The shade is a little wider than that, so that a line at the plot's border is not half covered.
      this.#shades[end].style.width = `calc(${100 * (end === "from" ? shown : 1 - shown)}% + 2px)`;
    }
  }

  say(end: End, { now, least, most, text }: HandleWords): void {
    const handle = this.#handles[end];
    handle.setAttribute("aria-valuemin", String(least));
    handle.setAttribute("aria-valuemax", String(most));
    handle.setAttribute("aria-valuenow", String(now));
    handle.setAttribute("aria-valuetext", text);
  }

  #place(event: PointerEvent): number {
    const { left, width } = this.element.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
  }

  #stretch(begun: number, event: PointerEvent): [from: number, to: number] {
    const at = this.#place(event);
    return [Math.min(begun, at), Math.max(begun, at)];
  }

  #listen(): void {
    const { element } = this;
    let begun: number | undefined;
    const draw = (event: PointerEvent) => {
      if (begun === undefined) return;
      const [from, to] = this.#stretch(begun, event);
      this.#drawn.hidden = (to - from) * element.clientWidth < LEAST_DRAG;
      this.#drawn.style.left = `${100 * from}%`;
      this.#drawn.style.width = `${100 * (to - from)}%`;
    };
    const end = (event: PointerEvent, isPicked: boolean) => {
      if (begun === undefined) return;
      const [from, to] = this.#stretch(begun, event);
      if (isPicked && !this.#drawn.hidden) this.#events.pick(from, to);
      begun = undefined;
      this.#drawn.hidden = true;
    };
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      begun = this.#place(event);
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener("pointermove", (event) => {
      draw(event);
      this.#point(event);
      if (begun !== undefined && !this.#drawn.hidden) this.#events.draw(...this.#stretch(begun, event));
    });
    element.addEventListener("pointerup", (event) => end(event, true));
    element.addEventListener("pointercancel", (event) => end(event, false));
    element.addEventListener("pointerleave", () => this.#point(undefined));
  }

  #point(event: PointerEvent | undefined): void {
    const at = event && this.#place(event);
    this.#line.hidden = at === undefined;
    if (at !== undefined) this.#line.style.left = `${100 * at}%`;
    this.#events.point(at);
  }

  #handle(end: End): HTMLElement {
    const handle = h("div", {
      class: `handle ${end}`,
      tabindex: 0,
      role: "slider",
      "aria-label": end === "from" ? "Begin of the span" : "End of the span",
    });
    handle.addEventListener("keydown", (event) => {
      const step = STEPS[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.#events.step(end, step);
    });
    handle.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      handle.setPointerCapture(event.pointerId);
      handle.focus();
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      event.stopPropagation();
      this.#events.move(end, this.#place(event));
    });
    handle.addEventListener("pointerup", (event) => event.stopPropagation());
    return handle;
  }
}
