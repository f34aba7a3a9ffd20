// The note beside the pointer.

import { h } from "./dom.js";

const DISTANCE = 14;
const EDGE = 8;

const note = h("div", { class: "note", role: "presentation", hidden: true });

/** The shadow root that `element` is in, or the body of the document. */
const around = (element: Element): ParentNode => {
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root : document.body;
};

/** Shows the note near the pointer, where there is room. */
export function showNote({ clientX: x, clientY: y, currentTarget }: MouseEvent, ...content: (Node | string)[]): void {
  if (currentTarget instanceof Element) around(currentTarget).append(note);
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
