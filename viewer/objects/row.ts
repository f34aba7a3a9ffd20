// One object in a list: what it is, and what it retains.

import { h } from "../dom.js";
import { bytes } from "../words.js";
import type { HeapObjects } from "./heap.js";
import type { ObjectsStore } from "./state.js";

export function objectRow(heap: HeapObjects, node: number, store: ObjectsStore): HTMLElement {
  const select = () => store.set({ selected: { kind: "node", node } });
  const value = heap.value(node);
  return h(
    "li",
    {},
    h("button", { type: "button", class: "link", onclick: select }, h("bdi", {}, heap.type(node))),
    h("span", { class: "value" }, bytes(heap.retained(node))),
    h("small", { class: "object-value" }, h("bdi", {}, value || heap.id(node))),
  );
}
