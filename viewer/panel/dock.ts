// Where the panel is: at the bottom of the window or at its right side, with a border that can be dragged; or, with the
// attribute dock="none", where its page has put it.

import { h } from "../dom.js";
import { button } from "./pieces.js";

const LEAST = 160;
const STEP = 24;

const isAtRight = (host: HTMLElement): boolean => host.getAttribute("dock") === "right";
const isDocked = (host: HTMLElement): boolean => host.getAttribute("dock") !== "none";

/** Makes the panel so large that its border is at this place of the window. */
function resize(host: HTMLElement, { clientX, clientY }: { clientX: number; clientY: number }): void {
  const [size, most] = isAtRight(host) ? [innerWidth - clientX, innerWidth] : [innerHeight - clientY, innerHeight];
  host.style.setProperty("--panel-size", `${Math.max(LEAST, Math.min(size, most - STEP))}px`);
}

/** The border that is dragged, or moved with arrow keys. */
export function makeDock(host: HTMLElement): HTMLElement {
  const border = h("div", {
    class: "dock",
    role: "separator",
    tabindex: 0,
    "aria-label": "Size of the panel",
    hidden: !isDocked(host),
  });
  border.addEventListener("pointerdown", (event) => border.setPointerCapture(event.pointerId));
  border.addEventListener("pointermove", (event) => {
    if (border.hasPointerCapture(event.pointerId)) resize(host, event);
  });
  border.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -STEP, ArrowLeft: -STEP, ArrowDown: STEP, ArrowRight: STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const { left, top } = host.getBoundingClientRect();
    resize(host, { clientX: left + step, clientY: top + step });
  });
  return border;
}

/** The buttons that dock the panel to the other side, and close it; none if the page has placed it. */
export function dockOf(host: HTMLElement): HTMLElement[] {
  if (!isDocked(host)) return [];
  const turn = button(
    "",
    "",
    () => {
      host.setAttribute("dock", isAtRight(host) ? "bottom" : "right");
      host.style.removeProperty("--panel-size");
      show();
    },
    "icon",
  );
  const show = () => {
    turn.textContent = isAtRight(host) ? "⬓" : "◨";
    turn.title = isAtRight(host) ? "Dock to the bottom" : "Dock to the right";
    turn.setAttribute("aria-label", turn.title);
  };
  show();
  return [turn, button("×", "Close", () => host.remove(), "icon")];
}
