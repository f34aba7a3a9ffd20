// The search field of a page. The key / goes to it.

import { h, onKey } from "./dom.js";

export interface Search {
  readonly element: HTMLInputElement;
  /** Shows the text that is searched for, if it was set elsewhere. */
  show(text: string): void;
}

export function makeSearch(label: string, search: (text: string) => void): Search {
  const element = h("input", { type: "search", placeholder: "Search", "aria-label": label });
  element.addEventListener("input", () => search(element.value.trim()));
  onKey(element, "/", () => element.focus());
  return {
    element,
    show: (text) => {
      if (element.value.trim() !== text) element.value = text;
    },
  };
}
