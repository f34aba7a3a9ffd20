// What the pages need of the DOM: elements in one expression, h("button", { class: "quiet", onclick }, "Reset"); keys,
// painting and canvases.

type Child = Node | string | undefined;
type Listener = { [Name in keyof HTMLElementEventMap as `on${Name}`]?: (event: HTMLElementEventMap[Name]) => void };
type Attributes = Readonly<Record<`aria-${string}` | `data-${string}` | AttributeName, string | number | boolean>>;
type AttributeName =
  | "class"
  | "id"
  | "role"
  | "type"
  | "title"
  | "tabindex"
  | "placeholder"
  | "for"
  | "scope"
  | "hidden";

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Partial<Attributes> & Listener = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value as EventListener);
    // The values of these attributes are the words true and false.
    else if (name.startsWith("aria-")) element.setAttribute(name, String(value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/**
 * The pressed key, if the page of `near` may use it. undefined if the key was pressed with Ctrl, Meta or Alt, in a field
 * for text, or outside of the shadow root that the page is in.
 */
function keyFor(near: Element, event: KeyboardEvent): string | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const [target] = event.composedPath();
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return undefined;
  const root = near.getRootNode();
  return root instanceof Document || event.composedPath().includes(root) ? event.key : undefined;
}

/** Calls `act` when `key` is pressed in the page that `near` belongs to, with the exceptions of keyFor. */
export function onKey(near: Element, key: string, act: () => void): void {
  const listen = (event: KeyboardEvent) => {
    // Another page has taken the place of the page of `near`.
    if (!near.isConnected) document.removeEventListener("keydown", listen);
    else if (keyFor(near, event) === key) {
      event.preventDefault();
      act();
    }
  };
  document.addEventListener("keydown", listen);
}

/** The element that has the focus in the document, or in the shadow root, that `element` is in. */
export function activeNear(element: Element): Element | null {
  const root = element.getRootNode();
  return root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
}

/** A function that calls `draw` once before the next picture, even if it is called several times. */
export function beforePaint(draw: () => void): () => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
}

/**
 * Gives a canvas this size in CSS pixels, with the device's resolution, and clears it. Returns a context that uses CSS
 * pixels.
 */
export function fitCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = window.devicePixelRatio || 1;
  const [w, t] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== t) {
    canvas.width = w;
    canvas.height = t;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  if (!context) throw new Error("Cannot draw: the browser has no canvas");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}
