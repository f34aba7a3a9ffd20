// The note beside the pointer.

import { h } from "./dom.js";

const DISTANCE = 14;
const EDGE = 8;

const note = h("div", { class: "note", role: "presentation", hidden: true });

/** Shows the note near a place in the window, where there is room. */
export function showNote(x: number, y: number, ...content: (Node | string)[]): void {
  if (!note.isConnected) document.body.append(note);
  note.replaceChildren(...content);
  note.hidden = false;
  const { width, height } = note.getBoundingClientRect();
  const left = x + DISTANCE + width > innerWidth - EDGE ? x - DISTANCE - width : x + DISTANCE;
  const top = y + DISTANCE + height > innerHeight - EDGE ? y - DISTANCE - height : y + DISTANCE;
  note.style.transform = `translate(${Math.max(EDGE, left)}px, ${Math.max(EDGE, top)}px)`;
}

export function hideNote(): void {
  note.hidden = true;
}
