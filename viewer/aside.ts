// Details beside the page's content: a title, a place, and what belongs to them. Escape or a button closes them; another
// button goes back to what they showed before.

import { activeNear, h } from "./dom.js";
import { count } from "./words.js";

export interface Aside<Selected> {
  readonly element: HTMLElement;
  readonly title: HTMLElement;
  readonly place: HTMLElement;
  readonly content: HTMLElement;
  /**
   * Shows what `draw` makes of `selected`. If a link asked for it, the keyboard goes to the title, and back to the link
   * when the details are closed. If `selected` is shown already, the keyboard stays where it is.
   */
  show(selected: Selected, draw: () => void): void;
  hide(): void;
  /** Whether the details cover the content, as in a narrow window. */
  covers(): boolean;
}

/** `select` is called with what the details go back to, or with undefined when they are closed. */
export function makeAside<Selected>(label: string, select: (selected: Selected | undefined) => void): Aside<Selected> {
  const close = () => select(undefined);
  const [title, place, content] = [h("h3", { tabindex: -1 }), h("small"), h("div")];
  /** What was shown before, the latest at the end. A link inside of the details leads away from it. */
  const trail: Selected[] = [];
  let shown: Selected | undefined;
  let opener: HTMLElement | undefined;
  const back = h("button", { type: "button", class: "icon", "aria-label": "Back", title: "Back", hidden: true }, "←");
  const element = h(
    "aside",
    { class: "details", "aria-label": label, hidden: true },
    h(
      "div",
      { class: "details-head" },
      back,
      h("div", {}, title, place),
      h("button", { type: "button", class: "icon", "aria-label": "Close", title: "Close", onclick: close }, "×"),
    ),
    content,
  );
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  back.addEventListener("click", () => select(trail.at(-1)));
  const walk = (selected: Selected, isInside: boolean) => {
    // This button, the browser's Back, or a link leads back to what was shown before.
    if (selected === trail.at(-1)) trail.pop();
    else if (isInside && shown !== undefined) trail.push(shown);
    else trail.length = 0;
    shown = selected;
    back.hidden = trail.length === 0;
    element.scrollTop = 0;
  };
  const show = (selected: Selected, draw: () => void) => {
    const active = activeNear(element);
    const isInside = element.contains(active);
    const isNew = selected !== shown;
    const isOpened = isNew && !isInside && active instanceof HTMLElement && active !== document.body;
    if (isOpened) opener = active;
    if (isNew) walk(selected, isInside);
    element.hidden = false;
    draw();
    // The link that was pressed may have been removed.
    if ((isOpened && active.matches(".link")) || (isInside && !element.contains(activeNear(element)))) {
      const again = isNew ? undefined : linkLike(content, active);
      (again ?? title).focus({ preventScroll: true });
    }
  };
  const hide = () => {
    const isInside = element.contains(activeNear(element));
    element.hidden = true;
    shown = undefined;
    if (!isInside || !opener) return;
    // The rows of a running program are made again and again, so the opener may have been replaced.
    const again = opener.isConnected ? opener : linkLike(element.getRootNode() as ParentNode, opener);
    again?.focus();
  };
  const covers = () => getComputedStyle(element).position === "fixed";
  return { element, title, place, content, show, hide, covers };
}

/** The button inside `below` that has the same text as `gone`, which is not in the page any more. */
function linkLike(below: ParentNode, gone: Element | null): HTMLElement | undefined {
  const text = gone?.textContent ?? "";
  return [...below.querySelectorAll("button")].find(
    (button) => button.textContent === text && button.checkVisibility(),
  );
}

/** A list with a title: its first rows, and a button that shows the others. Nothing if it has no rows. */
export function makeList(title: string, rows: readonly HTMLElement[], most: number): HTMLElement[] {
  if (rows.length === 0) return [];
  const list = h("ul", { class: "calls" }, ...rows.slice(0, most));
  const rest = rows.slice(most);
  if (rest.length === 0) return [h("h4", {}, title), list];
  const more = h("button", { type: "button", class: "quiet" }, `${count(rest.length)} more`);
  more.addEventListener("click", () => {
    list.append(...rest);
    more.remove();
  });
  return [h("h4", {}, title), list, more];
}
