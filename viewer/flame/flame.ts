// The flame graph: a canvas that shows the visible part, the path to the zoomed frame, and control by keys.
//
// No library is used. d3-flame-graph draws an SVG element for each frame, and flame-chart-js shows spans of time;
// neither supports control by keys or screen readers. The layout itself takes only a few lines.

import { isImport } from "../../src/report/selection.js";
import { functionLabel, sumByNode } from "../../src/report/trace-groups.js";
import type { TraceFunction } from "../../src/trace/format.js";
import type { StackTree } from "../../src/trace/tree.js";
import { beforePaint, h } from "../dom.js";
import type { Model } from "../model.js";
import { makeSegments } from "../segments.js";
import type { Store } from "../state.js";
import type { Colors } from "../theme.js";
import { hideNote, showNote } from "../tooltip.js";
import {
  functionName,
  meaningOf,
  measure,
  ORIGINS,
  type Origin,
  originOf,
  percent,
  placeOf,
  viewOf,
} from "../words.js";
import { drawFlames, type FrameLook } from "./draw.js";
import { type Box, boxAt, layOut, ROW_HEIGHT } from "./layout.js";
import { FlameTree, type Frame } from "./tree.js";

const LEAST_SHARES = [
  { value: "0", name: "All frames" },
  { value: "0.001", name: "≥ 0.1 %" },
  { value: "0.01", name: "≥ 1 %" },
] as const;
const MOST_HEIGHT = 620;
const HELP = "Arrow keys go from frame to frame, Enter zooms in, Escape zooms out. The table has the same figures.";

export class FlameGraph {
  readonly element: HTMLElement;
  readonly #model: Model;
  readonly #store: Store;
  readonly #colors: Colors;
  readonly #canvas = h("canvas", { "aria-hidden": "true" });
  readonly #space = h("div", { class: "flame-space" });
  readonly #scroller = h("div", {
    class: "flame-scroller",
    tabindex: 0,
    role: "application",
    "aria-label": "Flame graph",
    "aria-describedby": "flame-help",
  });
  readonly #legend = h("ul", { class: "legend", "aria-label": "Colours" });
  readonly #imports = h(
    "button",
    {
      type: "button",
      class: "quiet toggle",
      title: "Frames of the machinery that finds and loads modules",
      onclick: () => this.#store.set({ withImports: !this.#store.state.withImports }),
    },
    "Import machinery",
  );
  readonly #types = h(
    "button",
    {
      type: "button",
      class: "quiet toggle",
      title: "The type of each object as the innermost frame; inverted, the graph begins with the types",
      onclick: () => this.#store.set({ withTypes: !this.#store.state.withTypes }),
    },
    "Types",
  );
  readonly #path = h("nav", { class: "path", "aria-label": "Zoomed to" });
  readonly #says = h("p", { class: "flame-says", role: "status" });
  readonly #origins = new WeakMap<TraceFunction, Origin>();
  #tree: FlameTree | undefined;
  #stacks: StackTree;
  /** The bytes or blocks that each node of the stacks allocated itself, without its callees. */
  #own: Float64Array = new Float64Array(0);
  #rows: Box[][] = [];
  #zoom = 0;
  #current: number | undefined;
  readonly #repaint = beforePaint(() => this.#draw());

  constructor(model: Model, store: Store, colors: Colors) {
    this.#model = model;
    this.#store = store;
    this.#colors = colors;
    this.#stacks = model.tree;
    this.#scroller.append(this.#space, this.#canvas);
    const inverted = h(
      "button",
      {
        type: "button",
        class: "quiet toggle",
        title: "Begin with the functions that allocated; below each are its callers",
        onclick: () => this.#invert(),
      },
      "Inverted",
    );
    const shares = makeSegments({
      label: "Frames that are shown",
      segments: LEAST_SHARES,
      isSmall: true,
      choose: (share) => store.set({ leastShare: Number(share) }),
    });
    this.element = h(
      "div",
      { class: "flame" },
      h(
        "div",
        { class: "row" },
        this.#legend,
        h("div", { class: "row end filter" }, shares.element, this.#imports, this.#types, inverted),
      ),
      this.#path,
      this.#scroller,
      this.#says,
      h("p", { id: "flame-help", class: "help" }, HELP),
    );
    store.on(["inverted"], (state) => inverted.setAttribute("aria-pressed", String(state.inverted)));
    store.on(["withImports"], (state) => this.#imports.setAttribute("aria-pressed", String(state.withImports)));
    store.on(["withTypes"], (state) => this.#types.setAttribute("aria-pressed", String(state.withTypes)));
    store.on(["leastShare"], ({ leastShare }) =>
      shares.show(String(leastShare) as (typeof LEAST_SHARES)[number]["value"]),
    );
    store.on(["from", "to", "withStart", "view", "metric", "inverted", "withImports", "withTypes"], () =>
      this.#rebuild(),
    );
    store.on(["zoom"], () => this.#followZoom());
    store.on(["search", "tab", "leastShare", "isLive"], () => this.#relayOut());
    colors.onChange(this.#repaint);
    new ResizeObserver(() => this.#relayOut()).observe(this.#scroller);
    this.#listen();
  }

  #listen(): void {
    const scroller = this.#scroller;
    scroller.addEventListener("scroll", this.#repaint, { passive: true });
    scroller.addEventListener("pointermove", (event) => this.#point(event));
    scroller.addEventListener("pointerleave", hideNote);
    scroller.addEventListener("click", (event) => {
      const box = this.#boxOf(event);
      if (box) this.#select(box.frame);
    });
    scroller.addEventListener("keydown", (event) => this.#key(event));
  }

  #invert(): void {
    this.#store.set({ inverted: !this.#store.state.inverted, zoom: [] });
  }

  #rebuild(): void {
    const { view, metric, inverted, withImports, withTypes } = this.#store.state;
    const groupable = this.#model.groupable(view, this.#model.spanOf(this.#store.state), { withImports, withTypes });
    const { ownBytes, ownCount } = sumByNode(groupable, view);
    this.#types.hidden = !this.#model.hasTypes;
    this.#imports.hidden = !this.#model.tree.functions.some(isImport);
    const origins = this.#model.origins;
    this.#legend.replaceChildren(
      ...ORIGINS.filter((origin) => origins.has(origin) && (origin !== "type" || withTypes)).map((origin) =>
        h("li", {}, h("i", { class: `swatch frame-${origin}` }), this.#model.originName(origin)),
      ),
    );
    this.#stacks = groupable.tree;
    this.#own = metric === "bytes" ? ownBytes : ownCount;
    this.#tree = new FlameTree(groupable.tree, this.#own, { inverted });
    this.#zoom = this.#tree.follow(this.#store.state.zoom);
    this.#current = undefined;
    this.#relayOut();
  }

  #relayOut(): void {
    const tree = this.#tree;
    const width = this.#scroller.clientWidth;
    if (!tree || width === 0) return;
    this.#rows = layOut(tree, this.#zoom, width, this.#store.state.leastShare * tree.at(0).total);
    const height = this.#rows.length * ROW_HEIGHT;
    this.#space.style.height = `${height}px`;
    this.#scroller.style.height = `${Math.min(height, MOST_HEIGHT)}px`;
    this.#showPath(tree);
    this.#sayWhatIsFound(tree);
    this.#repaint();
  }

  #draw(): void {
    const tree = this.#tree;
    if (!tree) return;
    const { clientWidth: width, clientHeight: height, scrollTop: top } = this.#scroller;
    this.#scroller.classList.toggle("goes-on", top + height < this.#rows.length * ROW_HEIGHT - 1);
    const look = (frame: number) => this.#look(tree, frame);
    drawFlames(this.#canvas, { rows: this.#rows, width, height, top, current: this.#current, look }, this.#colors);
  }

  #nameOf(frame: Frame): string {
    const { name, file } = this.#functionOf(frame);
    if (frame.parent < 0) return viewOf(this.#store.state.view, this.#isNow).says;
    return functionName({ name, file });
  }

  get #isNow(): boolean {
    const { isLive, to } = this.#store.state;
    return isLive && to >= this.#model.data.header.duration;
  }

  #functionOf(frame: Frame) {
    return this.#stacks.functions[frame.functionNumber] ?? { name: "", file: "", firstLine: 0 };
  }

  /** File and line of a frame. If the frame has several lines, the line of its largest node. */
  #placeOf(frame: Frame): string {
    return `${placeOf(this.#functionOf(frame), frame.line)}${frame.lines > 1 ? ", and other lines" : ""}`;
  }

  /** What there is to say about a frame besides its figures: its place, or what its name means. */
  #factsOf(frame: Frame): string[] {
    return [this.#placeOf(frame), frame.parent < 0 ? "" : meaningOf(this.#functionOf(frame))].filter((text) => text);
  }

  #originOf(f: TraceFunction): Origin {
    const origin = this.#origins.get(f) ?? originOf(f);
    this.#origins.set(f, origin);
    return origin;
  }

  /** The source line of a frame, if it is known. */
  #sourceOf(frame: Frame): string[] {
    const text = this.#model.sourceLine(this.#functionOf(frame).file, frame.line);
    return text ? [text] : [];
  }

  #matches({ name, file }: TraceFunction): boolean {
    return `${name} ${file}`.toLowerCase().includes(this.#store.state.search.toLowerCase());
  }

  #look(tree: FlameTree, number: number): FrameLook {
    const frame = tree.at(number);
    const isRoot = frame.parent < 0;
    const f = this.#functionOf(frame);
    const searched = this.#store.state.search !== "" && !isRoot;
    return {
      origin: isRoot ? "root" : this.#originOf(f),
      text: this.#nameOf(frame),
      more: () => measure(frame.total, this.#store.state.metric),
      state: searched ? (this.#matches(f) ? "found" : "dimmed") : "plain",
    };
  }

  #sentence(tree: FlameTree, frame: Frame): string {
    const { metric } = this.#store.state;
    const share = `${measure(frame.total, metric)}, ${percent(frame.total, tree.at(0).total)}`;
    return [this.#nameOf(frame), share, ...this.#factsOf(frame), ...this.#sourceOf(frame)].join(" · ");
  }

  #sayWhatIsFound(tree: FlameTree): void {
    const { search, metric } = this.#store.state;
    if (search === "") {
      this.#says.textContent = this.#current === undefined ? "" : this.#sentence(tree, tree.at(this.#current));
      return;
    }
    const found = this.#foundIn();
    this.#says.textContent =
      found > 0
        ? `“${search}” is on the stack of ${measure(found, metric)}, ${percent(found, tree.at(0).total)}.`
        : `Nothing is called “${search}”.`;
  }

  /** The sum of the stacks that contain a function that matches the search. */
  #foundIn(): number {
    const stacks = this.#stacks;
    const isFound = stacks.functions.map((f) => this.#matches(f));
    const isOn = new Uint8Array(stacks.length);
    let sum = 0;
    for (let node = 0; node < stacks.length; node++) {
      const caller = stacks.parent(node);
      // The root stands for allocations without a stack; it is not part of other stacks.
      isOn[node] = isFound[stacks.functionNumber(node)] || (caller !== 0 && isOn[caller]) ? 1 : 0;
      if (isOn[node]) sum += this.#own[node] ?? 0;
    }
    return sum;
  }

  #showPath(tree: FlameTree): void {
    const steps = [0, ...tree.path(this.#zoom)];
    const shown = steps.length > 5 ? [0, ...steps.slice(-4)] : steps;
    this.#path.replaceChildren(
      ...shown.map((frame) =>
        h(
          "button",
          {
            type: "button",
            class: "step",
            "aria-current": frame === this.#zoom,
            onclick: () => this.#zoomTo(frame),
          },
          frame === 0 ? "All" : this.#nameOf(tree.at(frame)),
        ),
      ),
    );
  }

  #followZoom(): void {
    const tree = this.#tree;
    if (!tree) return;
    this.#zoom = this.#current = tree.follow(this.#store.state.zoom);
    this.#relayOut();
  }

  /** The value of the state's field `zoom` for a frame. */
  #pathTo(tree: FlameTree, frame: number): number[] {
    return tree.path(frame).map((step) => tree.at(step).functionNumber);
  }

  #zoomTo(frame: number): void {
    if (this.#tree) this.#store.set({ zoom: this.#pathTo(this.#tree, frame) });
  }

  /** Zooms to a frame, and shows the details of its function. */
  #select(frame: number): void {
    const tree = this.#tree;
    if (!tree) return;
    const found = tree.at(frame);
    const selected = found.parent < 0 ? undefined : functionLabel(this.#functionOf(found));
    this.#store.set({ zoom: this.#pathTo(tree, frame), selected });
  }

  #boxOf(event: MouseEvent): Box | undefined {
    const bounds = this.#scroller.getBoundingClientRect();
    return boxAt(this.#rows, event.clientX - bounds.left, event.clientY - bounds.top + this.#scroller.scrollTop);
  }

  #point(event: PointerEvent): void {
    const tree = this.#tree;
    const box = this.#boxOf(event);
    if (!tree || !box || event.pointerType === "touch") {
      hideNote();
      return;
    }
    const frame = tree.at(box.frame);
    const { metric } = this.#store.state;
    const own = frame.own >= 1 && frame.own < frame.total ? `, ${measure(frame.own, metric)} of its own` : "";
    showNote(
      event,
      h("strong", {}, this.#nameOf(frame)),
      h("span", {}, `${measure(frame.total, metric)}, ${percent(frame.total, tree.at(0).total)}${own}`),
      ...this.#factsOf(frame).map((text) => h("small", {}, text)),
      ...this.#sourceOf(frame).map((text) => h("code", {}, text)),
    );
  }

  #key(event: KeyboardEvent): void {
    const tree = this.#tree;
    if (!tree) return;
    const current = this.#current ?? this.#zoom;
    const siblings = current === 0 ? [0] : tree.childrenOf(tree.at(current).parent);
    const next = {
      ArrowDown: tree.childrenOf(current)[0],
      ArrowUp: Math.max(0, tree.at(current).parent),
      ArrowRight: siblings[siblings.indexOf(current) + 1],
      ArrowLeft: siblings[siblings.indexOf(current) - 1],
      Home: 0,
    }[event.key];
    if (next !== undefined) this.#moveTo(tree, next);
    else if (event.key === "Enter") this.#select(current);
    else if (event.key === "Escape") this.#zoomTo(Math.max(0, tree.at(this.#zoom).parent));
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
  }

  #moveTo(tree: FlameTree, frame: number): void {
    this.#current = frame;
    const top = tree.at(frame).depth * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight) this.#scroller.scrollTop = top + ROW_HEIGHT - clientHeight;
    this.#says.textContent = this.#sentence(tree, tree.at(frame));
    this.#repaint();
  }
}
