// The details of a row (its largest objects, and who holds them), or of one object: its value, the path that holds it,
// and trees of what refers to it, and what it refers to.

import { type Aside, makeAside, makeList } from "../aside.js";
import { h } from "../dom.js";
import { bytes, count, counted, percent } from "../words.js";
import type { Comparison } from "./compare.js";
import type { HeapObjects, Reference } from "./heap.js";
import { largest } from "./largest.js";
import { meaningOfMemory } from "./memory.js";
import { objectRow } from "./row.js";
import type { ObjectsStore, Selection } from "./state.js";
import { type Entry, type Level, makeTree } from "./tree.js";

const FIRST_ROWS = 8;
const MOST_OBJECTS = 100;
/** The references that a level of a tree has at most. */
const MOST_REFERENCES = 200;

/** A direction in which references are followed. */
type Direction = "holders" | "references";

export class ObjectDetails {
  readonly element: HTMLElement;
  readonly #heap: () => HeapObjects;
  readonly #store: ObjectsStore;
  readonly #comparison: Comparison | undefined;
  readonly #aside: Aside<Selection>;

  constructor(heap: () => HeapObjects, store: ObjectsStore, comparison: Comparison | undefined) {
    this.#heap = heap;
    this.#store = store;
    this.#comparison = comparison;
    this.#aside = makeAside("Selected objects", (found) => store.set({ selected: found }));
    this.element = this.#aside.element;
    store.on(["selected"], ({ selected }) => this.#show(selected));
  }

  #show(selected: Selection | undefined): void {
    if (!selected) {
      this.#aside.hide();
      return;
    }
    this.#aside.show(selected, () => {
      if (selected.kind === "row") this.#showRow(selected);
      else this.#showNode(selected.node);
    });
  }

  #showRow({ by, name, isNew }: Extract<Selection, { kind: "row" }>): void {
    const heap = this.#heap();
    const nodes = isNew ? (this.#comparison?.newOf(name) ?? []) : heap.nodesOf(by, name);
    const own = nodes.reduce((sum, node) => sum + heap.own(node), 0);
    const retained = heap.rows(by).find((row) => row.name === name)?.retained ?? 0;
    const { held, looked } = heap.heldBy(nodes);
    const shown = largest(nodes, MOST_OBJECTS, (node) => heap.retained(node));
    this.#aside.title.textContent = name;
    this.#aside.place.textContent = isNew
      ? `${counted(nodes.length, "object")}, new in ${heap.name}`
      : meaningOfMemory(name) || counted(nodes.length, "object");
    this.#aside.content.replaceChildren(
      this.#pair([["Own", own], ...(isNew ? [] : [["Retained", retained] as const])]),
      ...makeList(
        looked === nodes.length ? "Held by" : `Held by (of ${count(looked)} that were looked at)`,
        held.map((each) =>
          h(
            "li",
            {},
            h("code", { class: "held" }, h("bdi", {}, each.path)),
            h("span", { class: "value" }, bytes(each.own), h("small", {}, `× ${count(each.count)}`)),
          ),
        ),
        FIRST_ROWS,
      ),
      ...makeList(
        nodes.length > shown.length
          ? `The ${count(shown.length)} objects that retain most`
          : "Objects that retain most",
        shown.map((node) => objectRow(heap, node, this.#store)),
        FIRST_ROWS,
      ),
    );
  }

  #showNode(node: number): void {
    const heap = this.#heap();
    const type = heap.type(node);
    const value = heap.value(node);
    this.#aside.title.textContent = type;
    this.#aside.place.textContent = [heap.id(node), ...heap.remarks(node)].filter((each) => each !== "").join(" · ");
    const all = () => this.#store.set({ selected: { kind: "row", by: "type", name: type, isNew: false } });
    const toMap = () => {
      // In a narrow window the details would cover the map.
      const selected = this.#aside.covers() ? undefined : this.#store.state.selected;
      this.#store.set({ tab: "largest", zoomed: node, selected });
    };
    this.#aside.content.replaceChildren(
      ...(value === "" ? [] : [h("p", { class: "shown-value" }, h("bdi", {}, value))]),
      this.#pair([
        ["Own", heap.own(node)],
        ["Retained", heap.retained(node)],
      ]),
      h(
        "div",
        { class: "row" },
        ...(heap.isObject(node)
          ? [h("button", { type: "button", class: "quiet", onclick: all }, "All of this type")]
          : []),
        h("button", { type: "button", class: "quiet", onclick: toMap }, "Show in the treemap"),
      ),
      h("h4", {}, "Shortest path that holds it"),
      this.#path(heap, node),
      ...this.#tree("Referred to by", heap, node, "holders"),
      ...this.#tree("Refers to", heap, node, "references"),
    );
  }

  #pair(figures: readonly (readonly [name: string, size: number])[]): HTMLElement {
    const { ofObjects, ofMemory } = this.#heap().sums;
    return h(
      "dl",
      { class: "pair" },
      ...figures.map(([name, size]) =>
        h("div", {}, h("dt", {}, name), h("dd", {}, bytes(size), h("small", {}, percent(size, ofObjects + ofMemory)))),
      ),
    );
  }

  #path(heap: HeapObjects, node: number): HTMLElement {
    const text = heap.paths.shortText(node) ?? "Only weak references lead to it.";
    return h("p", { class: "shown-value" }, h("bdi", {}, text));
  }

  #tree(title: string, heap: HeapObjects, node: number, direction: Direction): HTMLElement[] {
    const level = this.#level(heap, node, direction, [node]);
    if (level.count === 0) return [];
    return [h("h4", {}, `${title} ${count(level.count)}`), makeTree(title, level)];
  }

  /** The references of a node. What is above it in the tree is not opened again. */
  #level(heap: HeapObjects, node: number, direction: Direction, above: readonly number[]): Level {
    const { found, count: all } = heap[direction](node, MOST_REFERENCES);
    return { entries: found.map((reference) => this.#entry(heap, reference, direction, above)), count: all };
  }

  #entry(heap: HeapObjects, { edge, node }: Reference, direction: Direction, above: readonly number[]): Entry {
    const isAgain = above.includes(node);
    const next = direction === "holders" ? heap.holders(node, 1) : heap.references(node, 1);
    return {
      content: [
        h("code", { class: "edge" }, h("bdi", {}, heap.edgeText(edge))),
        h("span", { class: "of" }, direction === "holders" ? "of" : "→"),
        h("button", { type: "button", class: "link", tabindex: -1 }, h("bdi", {}, heap.type(node))),
        h("small", { class: "object-value" }, h("bdi", {}, isAgain ? "again, as above" : heap.value(node))),
        h("span", { class: "value" }, heap.retained(node) > 0 ? bytes(heap.retained(node)) : ""),
      ],
      below: isAgain || next.count === 0 ? undefined : () => this.#level(heap, node, direction, [...above, node]),
      choose: () => this.#store.set({ selected: { kind: "node", node } }),
    };
  }
}
