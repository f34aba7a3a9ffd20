// The head of the page: the program, and the figures of the selected span.

import type { PageHeader } from "../src/page/model.js";
import type { View } from "../src/trace/accounts.js";
import { h, onKey } from "./dom.js";
import { brand, type Figure, figureList, showFigures } from "./figures.js";
import type { Model } from "./model.js";
import type { Store } from "./state.js";
import type { Colors } from "./theme.js";
import { byteRange, bytes, counted, instantIn, programName, shortCount, time, when } from "./words.js";

/** The state of a program that the page follows, in words. */
const STATES = {
  running: "Running",
  recording: "Recording",
  idle: "Waiting",
  reading: "Read so far",
  ended: "Ended",
  gone: "No connection",
} as const;

/** The state of the data. `reading`: a file is being read. `whole`: the whole file was read, and no state is shown. */
export type ProgramState = keyof typeof STATES | "whole";

const LIVE: readonly ProgramState[] = ["running", "recording", "idle"];
const ACTIVE: readonly ProgramState[] = ["running", "recording", "reading"];

const lasted = ({ duration, begin }: PageHeader): string =>
  begin < 0 ? `${time(duration)}, after ${time(-begin)} of the interpreter's start` : time(duration);

export class Head {
  readonly element: HTMLElement;
  readonly figures = figureList("Figures of the span");
  readonly #model: Model;
  readonly #store: Store;
  readonly #title = h("h1");
  readonly #facts = h("p", { class: "facts" });
  readonly #problem = h("p", { class: "problem", role: "alert" });
  /** The state of the data, unless the whole file was read. */
  readonly status = h("p", { class: "status", role: "status", hidden: true });

  /** Asks the program for a heap snapshot; only for a program that runs. */
  readonly #snapshot = h("button", {
    type: "button",
    class: "quiet",
    hidden: true,
    title: "Write every object, and who holds it, to a file (key: s)",
    "aria-keyshortcuts": "s",
  });
  /** The file of the last heap snapshot. */
  readonly #taken = h("p", { role: "status", hidden: true });

  constructor(model: Model, store: Store, colors: Colors) {
    this.#model = model;
    this.#store = store;
    this.element = h(
      "header",
      { class: "head" },
      brand(),
      h("div", { class: "program" }, this.#title, this.#facts),
      this.status,
      h("div", { class: "snapshots" }, this.#snapshot, this.#taken),
      colors.button(),
      this.#problem,
    );
    store.on(["from", "to", "withStart"], () => this.update());
  }

  update(): void {
    const { header } = this.#model.data;
    const { command, python, started, sample, problem, events, totals } = header;
    const name = programName(command);
    this.#title.textContent = name;
    this.#title.title = name;
    const began =
      started === "" ? [] : [new Date(started).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })];
    this.#facts.textContent = [
      ...(python === null ? [] : [`Python ${python}`]),
      ...began,
      ...(this.#model.isStill ? ["Image of an interpreter"] : [lasted(header), counted(events, "event")]),
      ...(totals ? ["totals only (--aggregate): no spans, no heap map"] : []),
      ...(sample > 0 ? [`sampled, one in ${bytes(sample)}: figures are estimates`] : []),
    ].join(" · ");
    this.#problem.hidden = problem === null;
    this.#problem.textContent = problem === null ? "" : `${problem}. Everything before that is shown.`;
    this.#showFigures();
  }

  /** Shows a button that asks for a heap snapshot. */
  offerSnapshots(ask: () => Promise<unknown>): void {
    this.#snapshot.textContent = "Heap snapshot";
    this.#snapshot.hidden = false;
    const take = () => {
      if (this.#snapshot.hidden) return;
      this.saySnapshot("Waiting for the program …");
      ask().catch(() => this.saySnapshot("The program cannot be asked"));
    };
    this.#snapshot.addEventListener("click", take);
    onKey(this.#snapshot, "s", take);
  }

  /** Shows what became of the last heap snapshot that was asked for. */
  saySnapshot(what: string): void {
    if (what === "") return;
    this.#taken.hidden = false;
    this.#taken.textContent = what;
    this.#taken.title = what;
  }

  /** Shows the state of the data. */
  say(state: ProgramState): void {
    this.#store.set({ isLive: LIVE.includes(state) });
    this.#showFigures();
    if (!this.#store.state.isLive) this.#snapshot.hidden = true;
    this.status.hidden = state === "whole";
    if (state === "whole") return;
    this.status.textContent = STATES[state];
    this.status.classList.toggle("running", ACTIVE.includes(state));
  }

  get #isNow(): boolean {
    return this.#store.state.isLive && this.#store.state.to >= this.#model.data.header.duration;
  }

  #showFigures(): void {
    const { from, to } = this.#store.state;
    const span = this.#model.spanOf(this.#store.state);
    // Nothing happened between the end of the span and the next moment that is known.
    const after = (moment: number) => when(Math.min(moment, to), (n) => instantIn(n, to - from));
    const { peak, end, base, reserved } = this.#model.figures(span);
    const start = this.#model.hasStart ? base : (this.#model.data.header.totals?.start ?? 0);
    const allocated = this.#model.whole("allocated", span);
    // Figures of a sampled recording are estimates.
    const isSampled = this.#model.data.header.sample > 0;
    const size = (n: number) => (isSampled ? `≈ ${bytes(n)}` : bytes(n));
    const within = (view: View, otherwise: string) => {
      const interval = this.#model.interval(view, span);
      return interval ? `very likely ${byteRange(interval)}` : otherwise;
    };
    const blocks = (n: number) => `in ${counted(n, "block")}`;
    const calls = Math.round(allocated.count) === 1 ? "call" : "calls";
    if (this.#model.isStill) {
      showFigures(this.figures, [
        ["Live", bytes(end.bytes), blocks(end.blocks)],
        ["Allocated before", bytes(allocated.bytes), `freed or not, in ${shortCount(allocated.count)} ${calls}`],
      ]);
      return;
    }
    showFigures(this.figures, [
      ["Peak", size(peak.bytes), `${after(peak.time)}, ${within("peak", blocks(peak.blocks))}`],
      [
        this.#isNow ? "Live now" : "Live at the end",
        size(end.bytes),
        `${after(end.time)}, ${within("end", blocks(end.blocks))}`,
      ],
      [
        "Allocated",
        size(allocated.bytes),
        `freed or not, ${within("allocated", `in ${shortCount(allocated.count)} ${calls}`)}`,
      ],
      ...(start > 0 || this.#model.hasStart
        ? [
            [
              "Interpreter's start",
              size(start),
              span.withStart ? "part of what is live" : "live too, not in the program's figures",
            ] satisfies Figure,
          ]
        : []),
      ["Heap size", bytes(reserved), "the most that it took from the system"],
    ]);
  }
}
