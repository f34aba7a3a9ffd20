// The layout of the heap as it is now: the heap map, without a recording.

import type { Subject } from "../../src/panel/subject.js";
import { h } from "../dom.js";
import { HeapMap } from "../map/map.js";
import { Model } from "../model.js";
import { initialState, Store } from "../state.js";
import type { Colors } from "../theme.js";

export class LayoutView {
  readonly element = h("div", { class: "card" }, h("p", { class: "empty" }, "The heap has no blocks in pools."));
  readonly #subject: Subject;
  readonly #colors: Colors;
  #shown: { readonly model: Model; readonly map: HeapMap } | undefined;

  constructor(subject: Subject, colors: Colors) {
    this.#subject = subject;
    this.#colors = colors;
  }

  /** Shows the heap as it is now. */
  async update(): Promise<void> {
    const data = await this.#subject.layout();
    if (data.blocks.addresses.length === 0) return;
    if (this.#shown) {
      this.#shown.model.replace(data);
      this.#shown.map.update();
      return;
    }
    const model = new Model(data);
    const store = new Store(initialState(model, "map"));
    const map = new HeapMap(model, store, this.#colors);
    this.#shown = { model, map };
    this.element.replaceChildren(map.element);
    store.notify(new Set(["tab"]));
  }
}
