// The search field of a page. The key / goes to it.

import { h } from "./dom.js";

export interface Search {
  readonly element: HTMLInputElement;
  /** Shows what is searched, if it was set elsewhere. */
  show(text: string): void;
}

export function makeSearch(label: string, search: (text: string) => void): Search {
  const element = h("input", { type: "search", placeholder: "Search", "aria-label": label });
  element.addEventListener("input", () => search(element.value.trim()));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement)
      return;
    event.preventDefault();
    element.focus();
  });
  return {
    element,
    show: (text) => {
      if (element.value.trim() !== text) element.value = text;
    },
  };
}
