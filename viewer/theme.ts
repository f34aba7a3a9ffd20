// The theme: light, dark, or the system's; and the style sheet's colours, for drawing on canvases.

import { h } from "./dom.js";

const THEMES = ["auto", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const NAMES: Readonly<Record<Theme, string>> = { auto: "As the system", light: "Light", dark: "Dark" };
const SIGNS: Readonly<Record<Theme, string>> = { auto: "◐", light: "○", dark: "●" };
const KEY = "pyheap-theme";

/** The choice that the browser has stored. A page from a file may not be allowed to store anything. */
function remembered(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(KEY)) ?? "auto";
  } catch {
    return "auto";
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice then holds only while the page is open.
  }
}

/** Colours by their names in the style sheet, for the present theme. */
export class Colors {
  readonly #known = new Map<string, string>();
  readonly #probe = h("i", { hidden: true, "aria-hidden": "true" });
  readonly #listeners: (() => void)[] = [];
  readonly #within: HTMLElement;
  readonly #themed: HTMLElement;
  #theme = remembered();

  /** The colours within an element. `themed` is the element that gets the theme. */
  constructor(within: HTMLElement, themed: HTMLElement = document.documentElement) {
    this.#within = within;
    this.#themed = themed;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => {
      // Another page has taken the place of this one.
      if (!within.isConnected) system.removeEventListener("change", changed);
      else this.#changed();
    };
    system.addEventListener("change", changed);
    themed.dataset.theme = this.#theme;
  }

  #changed(): void {
    this.#known.clear();
    for (const listener of this.#listeners) listener();
  }

  /** Calls `redraw` when the theme has changed. */
  onChange(redraw: () => void): void {
    this.#listeners.push(redraw);
  }

  get(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    if (!this.#probe.isConnected) this.#within.append(this.#probe);
    this.#probe.style.color = `var(--${name})`;
    const color = getComputedStyle(this.#probe).color;
    this.#known.set(name, color);
    return color;
  }

  /** The button that switches to the next theme. */
  button(): HTMLButtonElement {
    const button = h("button", { type: "button", class: "icon" });
    const show = () => {
      button.textContent = SIGNS[this.#theme];
      button.title = `Colours: ${NAMES[this.#theme].toLowerCase()}`;
      button.setAttribute("aria-label", button.title);
    };
    button.addEventListener("click", () => {
      this.#theme = THEMES[(THEMES.indexOf(this.#theme) + 1) % THEMES.length] ?? "auto";
      remember(this.#theme);
      this.#themed.dataset.theme = this.#theme;
      show();
      this.#changed();
    });
    show();
    return button;
  }
}
