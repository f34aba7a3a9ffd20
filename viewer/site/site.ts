// A site where recordings are looked at: a trace, heap snapshots or an image of Python is dropped on the page, or chosen.
// A worker reads it. Nothing leaves the page.

import { messageOf } from "../../src/ground/errors.js";
import { h } from "../dom.js";
import { Model } from "../model.js";
import { ObjectsPage } from "../objects/page.js";
import { kindOf } from "../open/kind.js";
import { readInWorker } from "../open/link.js";
import { type Opened, type Opening, openFiles } from "../open/open.js";
import { makeChooser, makeProblem } from "../open/parts.js";
import { Page } from "../page.js";
import { makeSegments } from "../segments.js";
import { follow } from "../source.js";
import { Colors } from "../theme.js";
import { startScreen } from "./start-screen.js";

/** The worker's code. A worker from a file of its own would not start in a page that is itself a file. */
declare const WORKER: string;

const startReader = readInWorker(
  () => new Worker(URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }))),
);

/** What is looked at together: a trace, an image, a snapshot, or two snapshots to compare. */
interface Entry {
  readonly name: string;
  readonly files: readonly File[];
}

/** The entries for files that were given together. Throws an error that names a file of no known kind. */
async function entriesOf(files: readonly File[]): Promise<Entry[]> {
  const kinds = await Promise.all(files.map((file) => kindOf(file)));
  if (files.length === 2 && kinds.every((kind) => kind === "snapshot")) {
    // The names of numbered snapshots say which is the earlier one.
    const sorted = [...files].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
    return [{ name: sorted.map(({ name }) => name).join(" → "), files: sorted }];
  }
  return files.map((file) => ({ name: file.name, files: [file] }));
}

class Site {
  readonly #root: HTMLElement;
  readonly #bar = h("nav", { class: "files", "aria-label": "Files", hidden: true });
  readonly #progress = h("div", { class: "progress", role: "status", hidden: true });
  readonly #problem = makeProblem();
  readonly #chooser = makeChooser((files) => this.open(files));
  readonly #content = h("div");
  #opening: Opening | undefined;
  /** The number of the latest request: what comes of earlier ones is not shown. */
  #turn = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
    root.replaceChildren(this.#bar, this.#problem.element, this.#progress, this.#content, this.#chooser);
    this.#watchDrops();
    this.#start();
  }

  #start(): void {
    const into = h("div");
    this.#content.replaceChildren(into);
    into.replaceChildren(startScreen(() => this.#chooser.click(), new Colors(into)));
  }

  /** Files may be dropped anywhere, at any time. */
  #watchDrops(): void {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    let depth = 0;
    const over = (change: number) => {
      depth = change === 0 ? 0 : depth + change;
      document.body.classList.toggle("dropping", depth > 0);
    };
    document.addEventListener("dragenter", (event) => hasFiles(event) && over(1));
    document.addEventListener("dragleave", (event) => hasFiles(event) && over(-1));
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      over(0);
      void this.open([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** Opens files, and shows the first. If one can't be shown, what was shown before stays. */
  async open(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.#problem.say(undefined);
    try {
      const entries = await entriesOf(files);
      this.#showBar(entries);
    } catch (error) {
      this.#problem.say(messageOf(error));
    }
  }

  #showBar(entries: readonly Entry[]): void {
    const [first] = entries;
    if (!first) return;
    const files = makeSegments({
      label: "File",
      segments: entries.map(({ name }, k) => ({ value: String(k), name })),
      choose: (k) => {
        const entry = entries[Number(k)];
        files.show(k);
        if (entry) void this.#show(entry);
      },
    });
    files.show("0");
    files.element.hidden = entries.length < 2;
    const another = h("button", { type: "button", class: "quiet", onclick: () => this.#chooser.click() }, "Open …");
    this.#bar.replaceChildren(files.element, another);
    this.#bar.hidden = false;
    void this.#show(first);
  }

  async #show({ name, files }: Entry): Promise<void> {
    this.#opening?.close();
    this.#turn++;
    const turn = this.#turn;
    const progress = (share: number) => {
      if (turn === this.#turn) this.#showProgress(name, share);
    };
    this.#problem.say(undefined);
    progress(0);
    this.#opening = openFiles(startReader, files, progress);
    try {
      const opened = await this.#opening.opened;
      if (turn === this.#turn) await this.#put(opened, turn);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#showProgress(name, 1);
      this.#problem.say(messageOf(error));
    }
  }

  /** Replaces what is shown. */
  async #put(opened: Opened, turn: number): Promise<void> {
    const into = h("div");
    this.#content.replaceChildren(into);
    const colors = new Colors(into);
    if (opened.kind === "snapshots") new ObjectsPage(opened.snapshots, colors, into);
    else if (opened.kind === "image") new Page(new Model(opened.data), colors, into);
    else {
      const ended = (error?: unknown) => {
        if (error !== undefined && turn === this.#turn) this.#problem.say(messageOf(error));
      };
      await follow(opened.source, { into, colors }, ended);
    }
    this.#root.dataset.shown = opened.kind;
  }

  #showProgress(name: string, share: number): void {
    this.#progress.hidden = share >= 1;
    this.#progress.style.setProperty("--share", `${share * 100}%`);
    this.#progress.textContent = `Reading ${name}: ${Math.round(share * 100)} %`;
  }
}

const root = document.getElementById("page");
if (root) {
  // Canvases measure texts, so the typeface must be loaded before.
  await document.fonts.load('12px "Inter Variable"');
  new Site(root);
  document.documentElement.dataset.ready = "yes";
}
