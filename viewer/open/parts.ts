// Parts of every page that opens files: the field with which they are chosen, and the line that says what is wrong with them.

import { h } from "../dom.js";

/** A hidden field, whose `click` lets the user choose files. */
export function makeChooser(open: (files: readonly File[]) => Promise<void>): HTMLInputElement {
  const chooser = h("input", { type: "file", class: "hidden", tabindex: -1, "aria-label": "Files to open" });
  chooser.multiple = true;
  chooser.addEventListener("change", () => {
    open([...(chooser.files ?? [])]).catch(() => undefined);
    chooser.value = "";
  });
  return chooser;
}

export interface Problem {
  readonly element: HTMLElement;
  /** Shows a problem; undefined: there is none any more. */
  say(problem: string | undefined): void;
}

export function makeProblem(): Problem {
  const element = h("p", { class: "problem", role: "alert", hidden: true });
  return {
    element,
    say: (problem) => {
      element.hidden = problem === undefined;
      element.textContent = problem ?? "";
    },
  };
}
