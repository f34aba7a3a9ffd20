// Parts of a page's head: the brand, and the list of figures.

import { h } from "./dom.js";

/** A figure: its name, its value, and more about it. */
export type Figure = readonly [name: string, value: string, more: string];

export const brand = () => h("div", { class: "brand" }, h("i", { class: "mark", "aria-hidden": "true" }), "pyheap");

export const figureList = (label: string) => h("dl", { class: "figures", "aria-label": label });

/** A number and its unit, which stay in one line. */
const SIZE = /(\d[\d.,]* \S+)/;

const inLines = (text: string): (string | Node)[] =>
  text.split(SIZE).map((part, k) => (k % 2 === 0 ? part : h("span", { class: "size" }, part)));

export function showFigures(list: HTMLElement, figures: readonly Figure[]): void {
  list.replaceChildren(
    ...figures.map(([name, value, more]) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, value), h("dd", { class: "detail" }, ...inLines(more))),
    ),
  );
}
