// What the site shows before a file is opened: a place to drop one, and how to get one.

import { h } from "../dom.js";
import { brand } from "../figures.js";
import type { Colors } from "../theme.js";

const KINDS: readonly (readonly [ending: string, what: string, command: string])[] = [
  [".trace", "every allocation of a program, with its stack", "pyheap run --trace app.trace app.py"],
  [
    ".heapsnapshot",
    "every object, and who holds it; two are compared",
    "pyheap run --snapshot app.heapsnapshot app.py",
  ],
  [".pyimage", "an interpreter that was kept: the layout of its heap", "pyheap image create app.pyimage --import json"],
];

/** `choose` lets the user choose files. */
export function startScreen(choose: () => void, colors: Colors): HTMLElement {
  return h(
    "div",
    {},
    h("header", { class: "head" }, brand(), h("div", { class: "program" }), colors.button()),
    h(
      "main",
      { class: "start" },
      h("h2", {}, "Drop a recording here"),
      h("p", { class: "quiet-text" }, "It is read on this machine. Nothing leaves this page."),
      h("button", { type: "button", class: "quiet choose", onclick: choose }, "Choose files …"),
      h(
        "dl",
        { class: "kinds" },
        ...KINDS.map(([ending, what, command]) =>
          h("div", {}, h("dt", {}, ending), h("dd", {}, what), h("dd", {}, h("code", {}, command))),
        ),
      ),
    ),
  );
}
