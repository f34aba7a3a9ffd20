// Small pieces of the panel: its buttons, and the way to keep a file.

import { h } from "../dom.js";

export function button(name: string, title: string, act: () => void, kind = "quiet"): HTMLButtonElement {
  // A button that shows only a sign is named by what it does.
  const label = kind === "icon" ? { "aria-label": title } : {};
  return h("button", { type: "button", class: kind, title, ...label, onclick: act }, name);
}

/** Gives the user a file to keep. */
export function saveFile(file: File): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
