// Tabs: Tab goes to the chosen one, arrow keys choose its neighbours. The panel of a tab has the id `panel-NAME`.

import { h } from "./dom.js";

export interface TabName<T extends string> {
  readonly tab: T;
  readonly name: string;
}

export interface Tabs<T extends string> {
  readonly element: HTMLElement;
  show(tab: T): void;
}

export function makeTabs<T extends string>(tabs: readonly TabName<T>[], choose: (tab: T) => void): Tabs<T> {
  let shown = 0;
  const buttons = tabs.map(({ tab, name }) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${tab}`,
        "aria-controls": `panel-${tab}`,
        onclick: () => choose(tab),
      },
      name,
    ),
  );
  const element = h("div", { class: "tabs", role: "tablist", "aria-label": "Ways to look" }, ...buttons);
  element.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const at = shown + (step ?? 0);
    const next = tabs[at];
    if (step === undefined || !next) return;
    event.preventDefault();
    choose(next.tab);
    buttons[at]?.focus();
  });
  return {
    element,
    show: (tab) => {
      shown = tabs.findIndex((each) => each.tab === tab);
      buttons.forEach((button, k) => {
        button.setAttribute("aria-selected", String(k === shown));
        button.setAttribute("tabindex", k === shown ? "0" : "-1");
      });
    },
  };
}

/** The panels of tabs. `show` makes one of them visible, and hides the others. */
export function makePanels<T extends string>(contents: Readonly<Record<T, HTMLElement>>) {
  const panels = (Object.entries(contents) as [T, HTMLElement][]).map(([tab, content]) => ({
    tab,
    element: h("div", { role: "tabpanel", id: `panel-${tab}`, "aria-labelledby": `tab-${tab}` }, content),
  }));
  return {
    elements: panels.map(({ element }) => element),
    show: (shown: T) => {
      for (const { tab, element } of panels) element.hidden = tab !== shown;
    },
  };
}
