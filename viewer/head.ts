// The head of the page: the program, and the figures of the selected span.

import type { PageHeader } from "../src/page/model.js";
import { h } from "./dom.js";
import { brand, type Figure, figureList, showFigures } from "./figures.js";
import type { Model } from "./model.js";
import type { Store } from "./state.js";
import type { Colors } from "./theme.js";
import { bytes, counted, instantIn, programName, shortCount, time } from "./words.js";

/** The state of a program that the page follows, in words. */
const STATES = { running: "Running", idle: "Waiting", ended: "Ended", gone: "No connection" } as const;

/** What a page of totals shows, and what it can't show. */
function totalsWords(totals: PageHeader["totals"]): string[] {
  if (!totals) return [];
  const start = totals.start > 0 ? [`not counted: ${bytes(totals.start)} of the interpreter's start`] : [];
  return ["totals only (--aggregate): no spans, no heap map", ...start];
}

export class Head {
  readonly element: HTMLElement;
  readonly figures = figureList("Figures of the span");
  readonly #model: Model;
  readonly #store: Store;
  readonly #title = h("h1");
  readonly #facts = h("p", { class: "facts" });
  readonly #problem = h("p", { class: "problem", role: "alert" });
  /** The state of a running program. */
  readonly status = h("p", { class: "status", role: "status", hidden: true });

  /** Asks the program for a heap snapshot; only for a program that runs. */
  readonly #snapshot = h("button", {
    type: "button",
    class: "quiet",
    hidden: true,
    title: "Write every object, and who holds it, to a file",
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
      header.programTime > 0
        ? `${time(header.duration - header.programTime)}, after ${time(header.programTime)} of the interpreter's start`
        : time(header.duration),
      counted(events, "event"),
      ...totalsWords(totals),
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
    this.#snapshot.addEventListener("click", () => {
      this.saySnapshot("Waiting for the program …");
      ask().catch(() => this.saySnapshot("The program cannot be asked"));
    });
  }

  /** Shows what became of the last heap snapshot that was asked for. */
  saySnapshot(what: string): void {
    if (what === "") return;
    this.#taken.hidden = false;
    this.#taken.textContent = what;
    this.#taken.title = what;
  }

  /** Shows the program's state. */
  say(state: keyof typeof STATES): void {
    this.#store.set({ isLive: state === "running" || state === "idle" });
    this.#showFigures();
    if (!this.#store.state.isLive) this.#snapshot.hidden = true;
    this.status.hidden = false;
    this.status.textContent = STATES[state];
    this.status.classList.toggle("running", state === "running");
  }

  get #isNow(): boolean {
    return this.#store.state.isLive && this.#store.state.to >= this.#model.data.header.duration;
  }

  #showFigures(): void {
    const { from, to } = this.#store.state;
    const span = this.#model.spanOf(this.#store.state);
    const after = (moment: number) => `after ${instantIn(moment, to - from)}`;
    const { peak, end, base, reserved } = this.#model.figures(span);
    const allocated = this.#model.whole("allocated", span);
    const blocks = (n: number) => `in ${counted(n, "block")}`;
    showFigures(this.figures, [
      ["Peak", bytes(peak.bytes), `${after(peak.time)}, ${blocks(peak.blocks)}`],
      [this.#isNow ? "Live now" : "Live at the end", bytes(end.bytes), `${after(end.time)}, ${blocks(end.blocks)}`],
      [
        "Allocated",
        bytes(allocated.bytes),
        `freed or not, in ${shortCount(allocated.count)} ${Math.round(allocated.count) === 1 ? "call" : "calls"}`,
      ],
      ...(this.#model.hasStart
        ? [
            [
              "Interpreter's start",
              bytes(base),
              span.withStart ? "part of what is live" : "live too, not in the program's figures",
            ] satisfies Figure,
          ]
        : []),
      ["Heap size", bytes(reserved), "the most that it took from the system"],
    ]);
  }
}
