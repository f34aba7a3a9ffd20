// pyheap/panel: a panel that shows a heap, in the page in which the heap is. The panel is loaded when it is opened. It makes
// no requests but for its own files, and works under a strict Content-Security-Policy.

import type { PanelHeap } from "./panel/subject.js";

export type { PanelHeap } from "./panel/subject.js";

/** Where the panel docks: to the window's bottom (the default) or right side; or "none": it is a block of its page. */
export type PanelDock = "bottom" | "right" | "none";

export interface PanelOptions {
  readonly dock?: PanelDock | undefined;
  /** The element in which the panel is put; the default is the page's body. */
  readonly into?: HTMLElement | undefined;
}

/** What can be done with an open panel, besides its buttons. */
export interface PanelControls {
  readonly isRecording: boolean;
  /** What was recorded last, or is being recorded, as a trace; undefined if nothing was. */
  readonly recording: File | undefined;
  /** Begins a recording of every allocation. Rejects if the heap is recorded already. */
  record(): Promise<void>;
  /** Ends the recording, and resolves to it as a trace. Rejects if nothing was recorded. */
  stop(): Promise<File>;
  /** Shows files: a trace, or one or two heap snapshots. Rejects with an error that names the file if that is not possible. */
  open(files: readonly File[]): Promise<void>;
  /** Takes a heap snapshot, shows it, and returns it as a file. */
  takeSnapshot(): Promise<File>;
  /** Ends the recording, if there is one, and everything else that the panel does. */
  close(): void;
}

/** Without a page, as on a server, modules that name the element can be loaded all the same. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/**
 * `<pyheap-panel>`: shows the heap that its property `heap` has: one of this thread, or the port of one that `shareHeap`
 * shares in a worker. Its attribute `dock` is a PanelDock.
 */
export class PyheapPanel extends Base {
  #heap: PanelHeap | MessagePort | undefined;
  #controls: Promise<PanelControls> | undefined;

  get heap(): PanelHeap | MessagePort | undefined {
    return this.#heap;
  }

  set heap(heap: PanelHeap | MessagePort | undefined) {
    if (heap === this.#heap) return;
    this.#close();
    this.#heap = heap;
    this.#open();
  }

  /** What can be done with the panel. Rejects if the panel has no heap, is in no page, or can't load its files. */
  get controls(): Promise<PanelControls> {
    return (
      this.#controls ?? Promise.reject(new Error("The panel is not open: it needs a heap, and a place in the page"))
    );
  }

  connectedCallback(): void {
    this.#open();
  }

  disconnectedCallback(): void {
    this.#close();
  }

  #open(): void {
    const heap = this.#heap;
    if (!heap || !this.isConnected || this.#controls) return;
    this.#controls = import("./browser/panel-element.js").then(({ mountPanel }) => mountPanel(this, heap));
    // Whoever asks for the controls gets the error.
    this.#controls.catch(() => undefined);
  }

  #close(): void {
    const controls = this.#controls;
    this.#controls = undefined;
    controls?.then(
      (open) => open.close(),
      () => undefined,
    );
  }
}

if (globalThis.customElements?.get("pyheap-panel") === undefined) {
  globalThis.customElements?.define("pyheap-panel", PyheapPanel);
}

/**
 * Shares a heap of this thread, a worker, with a panel in its page. Call `postMessage(port, [port])` in the worker, and
 * `openPanel(port)` in the page. A port is for one panel.
 */
export function shareHeap(heap: PanelHeap): MessagePort {
  const { port1, port2 } = new MessageChannel();
  // What is asked before the module is loaded waits in the port.
  void import("./browser/panel-remote.js").then(({ serveSubject }) => serveSubject(heap, port1));
  return port2;
}

/**
 * Opens a panel of a heap: `attach(pyodide).then(openPanel)`; or of a heap in a worker, by its port. Rejects if `into` is in
 * no page, or if the panel's files can't be loaded.
 */
export async function openPanel(
  heap: PanelHeap | MessagePort,
  { dock = "bottom", into }: PanelOptions = {},
): Promise<PyheapPanel> {
  const panel = document.createElement("pyheap-panel") as PyheapPanel;
  panel.setAttribute("dock", dock);
  panel.heap = heap;
  (into ?? document.body).append(panel);
  await panel.controls;
  return panel;
}
