// Light, dark, or what the system says; and the colours of the style sheet for those who draw on a canvas.

import { h } from "./dom.js";

const THEMES = ["auto", "light", "dark"] as const;
type Theme = (typeof THEMES)[number];
const NAMES: Readonly<Record<Theme, string>> = { auto: "As the system", light: "Light", dark: "Dark" };
const SIGNS: Readonly<Record<Theme, string>> = { auto: "◐", light: "○", dark: "●" };
const KEY = "pyheap-theme";

/** What the browser keeps of the choice. A page from a file may not keep anything. */
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
    // The choice holds for as long as the page is open.
  }
}

/** Colours by their names in the style sheet, as the theme has them now. */
export class Colors {
  readonly #known = new Map<string, string>();
  readonly #probe = h("i", { hidden: true, "aria-hidden": "true" });
  readonly #listeners: (() => void)[] = [];
  #theme = remembered();

  constructor() {
    document.body.append(this.#probe);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#changed());
    document.documentElement.dataset.theme = this.#theme;
  }

  #changed(): void {
    this.#known.clear();
    for (const listener of this.#listeners) listener();
  }

  /** Calls `redraw` when the theme is another. */
  onChange(redraw: () => void): void {
    this.#listeners.push(redraw);
  }

  get(name: string): string {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    this.#probe.style.color = `var(--${name})`;
    const color = getComputedStyle(this.#probe).color;
    this.#known.set(name, color);
    return color;
  }

  /** The button that goes from one theme to the next. */
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
      document.documentElement.dataset.theme = this.#theme;
      show();
      this.#changed();
    });
    show();
    return button;
  }
}
