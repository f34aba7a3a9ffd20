// The panel: it docks to a page with a heap in it, like a small DevTools. src/panel.ts has the element that loads it.

import { messageOf } from "../../src/ground/errors.js";
import { RemoteSubject } from "../../src/panel/remote.js";
import { LocalSubject, type PanelHeap, type Subject } from "../../src/panel/subject.js";
import type { PanelControls } from "../../src/panel.js";
import { h } from "../dom.js";
import { brand } from "../figures.js";
import { ObjectsPage } from "../objects/page.js";
import { readInWorker } from "../open/link.js";
import { type Opened, type Opening, openFiles } from "../open/open.js";
import { makeChooser, makeProblem } from "../open/parts.js";
import { makeReading } from "../open/reading.js";
import { follow } from "../source.js";
import { makePanels, makeTabs, type TabName } from "../tabs.js";
import { Colors } from "../theme.js";
import { dockOf, makeDock } from "./dock.js";
import { LayoutView } from "./layout.js";
import { MemoryView } from "./memory.js";
import { button, saveFile } from "./pieces.js";
import { PanelRecording } from "./recording.js";

/** The panel's style, as the build has put it together. */
declare const PANEL_STYLE: string;

type PanelTab = "memory" | "layout" | "recording" | "objects";

const TABS: readonly TabName<PanelTab>[] = [
  { tab: "memory", name: "Memory" },
  { tab: "layout", name: "Map" },
  { tab: "recording", name: "Recording" },
  { tab: "objects", name: "Objects" },
];

/** Milliseconds between two looks at the heap; and a look's share of the time, at most. */
const EVERY = { memory: 1000, layout: 2000 };
const MOST_SHARE = 1 / 200;

/** The worker is a file beside this one. A page whose policy forbids workers reads by itself. */
const startReader = readInWorker(
  () => new Worker(new URL("./panel-worker.js", import.meta.url), { type: "module" }),
  async () => makeReading(),
);

const hint = (text: string) => h("p", { class: "empty" }, text);

class Panel implements PanelControls {
  readonly #host: HTMLElement;
  readonly #subject: Subject;
  readonly #memory: MemoryView;
  readonly #layout: LayoutView;
  readonly #recordingView = h("div", {}, hint("Record, to see where memory comes from: flame graph, table, leaks."));
  readonly #objectsView = h("div", {}, hint("Take a snapshot, to see every object, and who holds it."));
  readonly #problem = makeProblem();
  readonly #record = button("Record", "Record every allocation with its stack", () => this.#toggle(), "quiet record");
  readonly #save = button("Save", "Save the recording, for pyheap report and the viewer", () => this.#saveRecording());
  readonly #chooser = makeChooser((files) => this.open(files));
  readonly #tabs = makeTabs(TABS, (tab) => this.#show(tab));
  readonly #panels: ReturnType<typeof makePanels<PanelTab>>;
  #tab: PanelTab = "memory";
  #recording: PanelRecording | undefined;
  #opening: Opening | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The number of the latest recording or file that is shown. */
  #turn = 0;
  #snapshots = 0;
  /** How often a tab was shown. */
  #shown = 0;
  /** The number of looks at the heap. */
  #looks = 0;

  constructor(host: HTMLElement, root: ShadowRoot, subject: Subject) {
    this.#host = host;
    this.#subject = subject;
    const frame = h("div", { class: "panel" });
    const colors = new Colors(frame, host);
    this.#memory = new MemoryView((limits) => {
      // The heap may have set another limit than the given one: the fields show what it has.
      subject.setLimits(limits).then(
        () => this.#look(),
        (error: unknown) => this.#problem.say(messageOf(error)),
      );
    }, colors);
    this.#layout = new LayoutView(subject, colors);
    this.#panels = makePanels<PanelTab>({
      memory: this.#memory.element,
      layout: this.#layout.element,
      recording: this.#recordingView,
      objects: this.#objectsView,
    });
    this.#save.disabled = true;
    frame.append(
      makeDock(host),
      h(
        "header",
        { class: "panel-bar" },
        brand(),
        this.#tabs.element,
        h(
          "div",
          { class: "row end" },
          this.#record,
          button("Snapshot", "Take a snapshot: every object, and who holds it", () => {
            this.takeSnapshot().catch(() => undefined);
          }),
          button("Open …", "Open a recording, or snapshots", () => this.#chooser.click()),
          this.#save,
          colors.button(),
          ...dockOf(host),
        ),
      ),
      this.#problem.element,
      h("div", { class: "panel-body" }, ...this.#panels.elements),
      this.#chooser,
    );
    root.append(frame);
    this.#show("memory");
  }

  #show(tab: PanelTab): void {
    this.#shown++;
    this.#tab = tab;
    this.#tabs.show(tab);
    this.#panels.show(tab);
    this.#look();
  }

  /** Looks at the heap again and again, while somebody sees it. */
  #look(): void {
    clearTimeout(this.#timer);
    this.#looks++;
    const turn = this.#looks;
    const tab = this.#tab;
    if (!this.#host.isConnected || (tab !== "memory" && tab !== "layout")) return;
    const begun = performance.now();
    const again = () => {
      if (turn !== this.#looks) return;
      const pause = Math.max(EVERY[tab], (performance.now() - begun) / MOST_SHARE);
      this.#timer = setTimeout(() => this.#look(), pause);
    };
    if (document.hidden || !this.#host.checkVisibility()) again();
    else this.#lookAt(tab).then(again, (error: unknown) => this.#problem.say(messageOf(error)));
  }

  async #lookAt(tab: "memory" | "layout"): Promise<void> {
    if (tab === "memory") this.#memory.add(await this.#subject.look());
    else await this.#layout.update();
  }

  get isRecording(): boolean {
    return this.#recording?.isRunning === true;
  }

  #toggle(): void {
    const done: Promise<unknown> = this.isRecording ? this.stop() : this.record();
    done.catch((error: unknown) => this.#problem.say(messageOf(error)));
  }

  async record(): Promise<void> {
    if (this.isRecording) throw new Error("Cannot record: a recording is under way");
    this.#problem.say(undefined);
    const name = `${new Date().toISOString().slice(0, 19).replaceAll(":", "-")}.trace`;
    const recording = await PanelRecording.begin(this.#subject, startReader, name);
    this.#recording?.close();
    this.#recording = recording;
    this.#showRecording(true);
    this.#recordingView.replaceChildren(hint("Recording. What the program allocates from now on is shown here."));
    this.#show("recording");
    void this.#put({ kind: "trace", source: recording.source });
  }

  #showRecording(isRunning: boolean): void {
    this.#record.textContent = isRunning ? "Stop" : "Record";
    this.#record.setAttribute("aria-pressed", String(isRunning));
    this.#save.disabled = this.#recording === undefined;
  }

  async stop(): Promise<File> {
    const recording = this.#recording;
    if (!recording) throw new Error("Cannot stop: nothing was recorded");
    try {
      await recording.stop();
    } finally {
      this.#showRecording(false);
    }
    return recording.file;
  }

  get recording(): File | undefined {
    return this.#recording?.file;
  }

  #saveRecording(): void {
    const { recording } = this;
    if (recording) saveFile(recording);
  }

  async takeSnapshot(): Promise<File> {
    try {
      const pieces = await this.#subject.snapshot();
      this.#snapshots++;
      const file = new File(pieces, `snapshot-${this.#snapshots}.heapsnapshot`);
      await this.open([file]);
      return file;
    } catch (error) {
      this.#problem.say(messageOf(error));
      throw error;
    }
  }

  async open(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.#problem.say(undefined);
    this.#opening?.close();
    const opening = openFiles(startReader, files, () => undefined);
    this.#opening = opening;
    try {
      await this.#put(await opening.opened);
    } catch (error) {
      this.#problem.say(messageOf(error));
      throw error;
    }
  }

  /** Replaces what is shown of a recording, or of snapshots. */
  async #put(opened: Opened): Promise<void> {
    const into = h("div");
    const colors = () => new Colors(into, this.#host);
    if (opened.kind === "snapshots") {
      this.#objectsView.replaceChildren(into);
      this.#show("objects");
      new ObjectsPage(opened.snapshots, colors(), into);
      return;
    }
    if (opened.kind !== "trace") return;
    this.#turn++;
    const turn = this.#turn;
    const shown = this.#shown;
    const place = {
      into,
      begin: () => {
        this.#recordingView.replaceChildren(into);
        // Its first events may come late: whoever looks at something else by then goes on looking at it.
        if (shown === this.#shown) this.#show("recording");
      },
    };
    await follow(opened.source, { ...place, colors: colors() }, (error) => {
      if (error !== undefined && turn === this.#turn) this.#problem.say(messageOf(error));
    }).catch((error: unknown) => this.#problem.say(messageOf(error)));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#opening?.close();
    this.#recording?.close();
    this.#recording = undefined;
  }
}

/** Puts a panel of a heap, or of one that is shared through a port, into an element. */
export function mountPanel(host: HTMLElement, heap: PanelHeap | MessagePort): PanelControls {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(PANEL_STYLE);
  root.adoptedStyleSheets = [style];
  root.replaceChildren();
  return new Panel(host, root, heap instanceof MessagePort ? new RemoteSubject(heap) : new LocalSubject(heap));
}
