// Details beside the page's content: a title, a place, and what belongs to them. Escape or a button closes them.

import { h } from "./dom.js";

export interface Aside {
  readonly element: HTMLElement;
  readonly title: HTMLElement;
  readonly place: HTMLElement;
  readonly content: HTMLElement;
}

export function makeAside(label: string, close: () => void): Aside {
  const [title, place, content] = [h("h3"), h("small"), h("div")];
  const element = h(
    "aside",
    { class: "details", "aria-label": label, hidden: true },
    h(
      "div",
      { class: "details-head" },
      h("div", {}, title, place),
      h("button", { type: "button", class: "icon", "aria-label": "Close", title: "Close", onclick: close }, "×"),
    ),
    content,
  );
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  return { element, title, place, content };
}

/** A list with a title: its first rows, and a button that shows the others. Nothing if it has no rows. */
export function makeList(title: string, rows: readonly HTMLElement[], most: number): HTMLElement[] {
  if (rows.length === 0) return [];
  const list = h("ul", { class: "calls" }, ...rows.slice(0, most));
  const rest = rows.slice(most);
  if (rest.length === 0) return [h("h4", {}, title), list];
  const more = h("button", { type: "button", class: "quiet" }, `${rest.length} more`);
  more.addEventListener("click", () => {
    list.append(...rest);
    more.remove();
  });
  return [h("h4", {}, title), list, more];
}
