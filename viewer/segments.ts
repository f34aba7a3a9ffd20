// Buttons side by side, one of which is chosen: a group of radio buttons. Tab goes to the chosen one; arrow keys choose
// its neighbours.

import { h } from "./dom.js";

export interface Segment<T extends string> {
  readonly value: T;
  readonly name: string;
  readonly title?: string;
}

export interface Segments<T extends string> {
  readonly element: HTMLElement;
  /** Shows that the button of `value` is chosen. If `among` is given, only the buttons of these values are shown. */
  show(value: T, among?: readonly T[]): void;
  rename(value: T, name: string): void;
}

interface SegmentsOptions<T extends string> {
  readonly label: string;
  readonly segments: readonly Segment<T>[];
  readonly isSmall?: boolean;
  readonly choose: (value: T) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export function makeSegments<T extends string>({
  label,
  segments,
  isSmall = false,
  choose,
}: SegmentsOptions<T>): Segments<T> {
  const buttons = segments.map(({ value, name, title = "" }) =>
    h("button", { type: "button", role: "radio", title, "data-value": value, onclick: () => choose(value) }, name),
  );
  const element = h(
    "div",
    { class: isSmall ? "segments small" : "segments", role: "radiogroup", "aria-label": label },
    ...buttons,
  );
  element.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const shown = buttons.filter((button) => !button.hidden);
    const at = event.target instanceof HTMLButtonElement ? shown.indexOf(event.target) : -1;
    if (step === undefined || at < 0) return;
    event.preventDefault();
    const next = shown[(at + step + shown.length) % shown.length];
    next?.click();
    next?.focus();
  });
  return {
    element,
    rename: (value, name) => {
      const button = buttons[segments.findIndex((segment) => segment.value === value)];
      if (button) button.textContent = name;
    },
    show: (value, among) => {
      segments.forEach((segment, k) => {
        const button = buttons[k];
        button?.setAttribute("aria-checked", String(segment.value === value));
        button?.setAttribute("tabindex", segment.value === value ? "0" : "-1");
        button?.toggleAttribute("hidden", among !== undefined && !among.includes(segment.value));
      });
    },
  };
}
