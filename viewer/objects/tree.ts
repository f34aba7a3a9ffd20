// A tree that opens level by level: with a click, or with keys as in any tree. What is below an entry is computed when
// it is opened.

import { h } from "../dom.js";
import { count } from "../words.js";

/** The entries of a level that are shown at first. */
const FIRST = 12;

export interface Entry {
  readonly content: readonly (Node | string)[];
  /** What is below the entry; undefined if there is nothing. */
  readonly below: (() => Level) | undefined;
  /** What Enter does, or a click on the entry's link. */
  readonly choose: () => void;
}

/** The entries of a level, and how many there are altogether. */
export interface Level {
  readonly entries: readonly Entry[];
  readonly count: number;
}

export function makeTree(label: string, level: Level): HTMLElement {
  const tree = h("ul", { class: "tree", role: "tree", "aria-label": label }, ...itemsOf(level));
  tree.querySelector("[role=treeitem]")?.setAttribute("tabindex", "0");
  tree.addEventListener("keydown", (event) => key(tree, event));
  return tree;
}

function itemsOf({ entries, count: all }: Level): HTMLElement[] {
  const items = entries.map(itemOf);
  const shown = items.slice(0, FIRST);
  const rest = items.slice(FIRST);
  const unknown = all - items.length;
  const last = unknown > 0 ? [h("li", { role: "none", class: "tree-more" }, `and ${count(unknown)} more`)] : [];
  if (rest.length === 0) return [...shown, ...last];
  const more = h("button", { type: "button", class: "link" }, `Show ${count(rest.length)} more`);
  const place = h("li", { role: "none", class: "tree-more" }, more);
  more.addEventListener("click", () => place.replaceWith(...rest, ...last));
  return [...shown, place];
}

function itemOf({ content, below, choose }: Entry): HTMLElement {
  const sign = h("span", { class: "sign", "aria-hidden": "true" }, below ? "▸" : "");
  const row = h("div", { class: "tree-row" }, sign, ...content);
  const item = h("li", { role: "treeitem", tabindex: -1, ...(below && { "aria-expanded": "false" }) }, row);
  let list: HTMLElement | undefined;
  const toggle = () => {
    if (!below) return;
    const opens = item.getAttribute("aria-expanded") === "false";
    item.setAttribute("aria-expanded", String(opens));
    sign.textContent = opens ? "▾" : "▸";
    if (opens && !list) {
      list = h("ul", { role: "group" }, ...itemsOf(below()));
      item.append(list);
    }
    if (list) list.hidden = !opens;
  };
  row.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest(".link")) choose();
    else toggle();
  });
  item.addEventListener("toggle-entry", toggle);
  item.addEventListener("choose-entry", choose);
  return item;
}

function key(tree: HTMLElement, event: KeyboardEvent): void {
  const item = event.target;
  if (!(item instanceof HTMLElement) || item.getAttribute("role") !== "treeitem") return;
  const isOpen = item.getAttribute("aria-expanded") === "true";
  const tell = (what: string) => item.dispatchEvent(new Event(what));
  const visible = [...tree.querySelectorAll<HTMLElement>("[role=treeitem]")].filter((each) => each.offsetParent);
  const at = visible.indexOf(item);
  const goTo = (next: HTMLElement | null | undefined) => {
    if (!next) return;
    for (const each of visible) each.setAttribute("tabindex", each === next ? "0" : "-1");
    next.focus();
  };
  if (event.key === "ArrowDown") goTo(visible[at + 1]);
  else if (event.key === "ArrowUp") goTo(visible[at - 1]);
  else if (event.key === "Home") goTo(visible[0]);
  else if (event.key === "End") goTo(visible.at(-1));
  else if (event.key === "ArrowRight") {
    if (isOpen) goTo(item.querySelector<HTMLElement>("[role=treeitem]"));
    else tell("toggle-entry");
  } else if (event.key === "ArrowLeft") {
    if (isOpen) tell("toggle-entry");
    else goTo(item.parentElement?.closest<HTMLElement>("[role=treeitem]"));
  } else if (event.key === "Enter") tell("choose-entry");
  else if (event.key === " ") tell("toggle-entry");
  else return;
  event.preventDefault();
  event.stopPropagation();
}
