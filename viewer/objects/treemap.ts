// What holds most, as a treemap: a rectangle for each piece, as large as the memory that would be free without it, with
// the pieces inside it. It is walked through like the flame graph.

import { type HierarchyRectangularNode, hierarchy, treemap } from "d3-hierarchy";
import { beforePaint, h } from "../dom.js";
import { hideNote, showNote } from "../tooltip.js";
import { bytes, percent } from "../words.js";
import type { HeapObjects } from "./heap.js";
import { KIND_NAMES, KINDS } from "./kinds.js";
import { type Piece, Pieces } from "./pieces.js";
import type { ObjectsStore } from "./state.js";

/** The most levels that are shown inside the zoomed piece. */
const LEVELS = 8;
const TITLE = 20;
const MARGIN = 3;
/**
 * Room in square pixels: a piece with less is shown without the pieces inside it, and a piece with less than LEAST is
 * not shown.
 */
const LEAST_OPEN = 2400;
const LEAST = 24;
/** A piece with less width or height has no words. */
const WORDS = { width: 34, height: 17 };
const HELP =
  "A rectangle is as large as the memory that would be free without it. Arrow keys go from one to another: up is out, down is in. Enter zooms in, Escape zooms out.";

/** A piece with room, and its pieces with room. */
interface Room {
  readonly piece: Piece;
  readonly rooms: Room[];
  /** The bytes that none of its rooms has. */
  readonly rest: number;
}

function roomsOf(piece: Piece, levels: number, perByte: number): Room {
  const isOpen = levels > 0 && piece.bytes * perByte >= LEAST_OPEN;
  const inside = isOpen ? piece.pieces().filter(({ bytes: size }) => size * perByte >= LEAST) : [];
  const rooms = inside.map((each) => roomsOf(each, levels - 1, perByte));
  return { piece, rooms, rest: piece.bytes - inside.reduce((sum, { bytes: size }) => sum + size, 0) };
}

type Box = HierarchyRectangularNode<Room>;

/** Whether a box has room for words above the boxes inside it. */
const hasTitle = (box: Box): boolean => box.y1 - box.y0 > 2 * TITLE && box.x1 - box.x0 > WORDS.width;

export class Treemap {
  readonly element: HTMLElement;
  readonly #store: ObjectsStore;
  readonly #path = h("nav", { class: "path", "aria-label": "Zoomed to" });
  readonly #space = h("div", {
    class: "treemap",
    role: "application",
    tabindex: 0,
    "aria-label": "What holds most",
    "aria-describedby": "treemap-help",
  });
  readonly #says = h("p", { class: "flame-says", role: "status" });
  #pieces: Pieces | undefined;
  #heap: HeapObjects | undefined;
  /** The pieces from the whole heap to the zoomed piece. */
  #zoomed: readonly Piece[] = [];
  #boxes: readonly Box[] = [];
  #current: Box | undefined;
  readonly #elements = new Map<Box, HTMLElement>();
  readonly #redraw = beforePaint(() => this.#draw());

  constructor(heap: () => HeapObjects, store: ObjectsStore) {
    this.#store = store;
    const legend = KINDS.map((kind) => h("li", {}, h("i", { class: `swatch kind-${kind}` }), KIND_NAMES[kind]));
    this.element = h(
      "div",
      {},
      h("ul", { class: "legend", "aria-label": "Colours" }, ...legend),
      this.#path,
      this.#space,
      this.#says,
      h("p", { id: "treemap-help", class: "help" }, HELP),
    );
    store.on(["which", "tab", "zoomed"], ({ tab, zoomed }) => {
      if (tab === "largest") this.#show(heap(), zoomed);
    });
    store.on(["search"], () => this.#mark());
    new ResizeObserver(this.#redraw).observe(this.#space);
    this.#listen();
  }

  #show(heap: HeapObjects, node: number): void {
    const isOther = this.#heap !== heap;
    if (isOther) {
      this.#heap = heap;
      this.#pieces = new Pieces(heap);
    }
    const last = this.#zoomed.at(-1);
    // A piece of several objects stays when it is zoomed into: it has no node.
    if (!isOther && (last?.node === node || (last?.node === undefined && this.#innermost() === node))) return;
    this.#zoomed = this.#pieces?.pathTo(node) ?? [];
    this.#redraw();
  }

  /** The innermost object of the zoomed pieces. */
  #innermost(): number {
    return this.#zoomed.findLast((piece) => piece.node !== undefined)?.node ?? 0;
  }

  #listen(): void {
    const space = this.#space;
    space.addEventListener("click", (event) => {
      const box = this.#boxOf(event);
      if (box) this.#choose(box);
    });
    space.addEventListener("pointermove", (event) => {
      const box = this.#boxOf(event);
      if (!box || event.pointerType === "touch") hideNote();
      else showNote(event, h("strong", {}, titleOf(box.data.piece)), ...this.#words(box.data.piece));
    });
    space.addEventListener("pointerleave", hideNote);
    space.addEventListener("keydown", (event) => this.#key(event));
  }

  /** The innermost box at a place. */
  #boxOf(event: MouseEvent): Box | undefined {
    const { left, top } = this.#space.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    return this.#boxes.findLast((box) => box.x0 <= x && x < box.x1 && box.y0 <= y && y < box.y1);
  }

  /** Zooms into a box, or into the piece around it if there is nothing in it; and shows the details of its object. */
  #choose(box: Box): void {
    hideNote();
    const path = box.ancestors().reverse();
    const zoomsTo = box.data.piece.pieces().length > 0 ? path : path.slice(0, -1);
    const outside = this.#zoomed.slice(0, -1);
    this.#zoomTo([...outside, ...zoomsTo.map(({ data }) => data.piece)]);
    const { piece } = box.data;
    const isSome = piece.node === undefined && piece.type === undefined;
    this.#select(isSome && box.parent ? box.parent.data.piece : piece);
  }

  #select({ node, type }: Piece): void {
    if (node !== undefined && node !== 0) this.#store.set({ selected: { kind: "node", node } });
    else if (type !== undefined) this.#store.set({ selected: { kind: "row", by: "type", name: type, isNew: false } });
  }

  #zoomTo(path: readonly Piece[]): void {
    this.#zoomed = path;
    this.#store.set({ zoomed: this.#innermost() });
    this.#redraw();
  }

  #layOut(width: number, height: number): readonly Box[] {
    const piece = this.#zoomed.at(-1);
    if (!piece || piece.bytes === 0) return [];
    const rooms = roomsOf(piece, LEVELS, (width * height) / piece.bytes);
    const tree = hierarchy(rooms, (room) => room.rooms).sum(({ rest }) => rest);
    return treemap<Room>()
      .size([width, height])
      .paddingInner(1)
      .paddingOuter(MARGIN)
      .paddingTop((box) => (hasTitle(box) ? TITLE : MARGIN))
      .round(true)(tree)
      .descendants();
  }

  #draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#space;
    if (width === 0) return;
    this.#boxes = this.#layOut(width, height);
    this.#elements.clear();
    for (const box of this.#boxes) this.#elements.set(box, boxElement(box));
    this.#space.replaceChildren(...this.#elements.values());
    this.#current = undefined;
    this.#showPath();
    this.#mark();
    this.#say(this.#boxes[0]);
  }

  /** Dims what does not match the search. */
  #mark(): void {
    const search = this.#store.state.search.toLowerCase();
    for (const [{ data }, element] of this.#elements) {
      const isFound = `${titleOf(data.piece)} ${data.piece.value}`.toLowerCase().includes(search);
      element.classList.toggle("found", search !== "" && isFound);
      element.classList.toggle("dimmed", search !== "" && !isFound);
    }
  }

  #words({ value, bytes: size, node }: Piece): HTMLElement[] {
    const heap = this.#heap;
    const own = node === undefined || !heap ? "" : `, ${bytes(heap.own(node))} of its own`;
    const share = percent(size, this.#pieces?.root.bytes ?? 0);
    return [...(value === "" ? [] : [h("code", {}, value)]), h("span", {}, `${bytes(size)}, ${share}${own}`)];
  }

  #say(box: Box | undefined): void {
    const piece = box?.data.piece;
    this.#says.textContent = piece
      ? [titleOf(piece), ...this.#words(piece).map(({ textContent }) => textContent)].join(" · ")
      : "This retains no memory.";
  }

  #showPath(): void {
    const pieces = this.#zoomed;
    const shown = pieces.length > 6 ? [pieces[0] as Piece, ...pieces.slice(-5)] : pieces;
    this.#path.replaceChildren(
      ...shown.map((piece) =>
        h(
          "button",
          {
            type: "button",
            class: "step",
            "aria-current": piece === pieces.at(-1),
            onclick: () => this.#zoomTo(pieces.slice(0, pieces.indexOf(piece) + 1)),
          },
          shortTitle(piece),
        ),
      ),
    );
  }

  #key(event: KeyboardEvent): void {
    const current = this.#current ?? this.#boxes[0];
    if (!current) return;
    const siblings = current.parent?.children ?? [current];
    const next = {
      ArrowDown: current.children?.[0],
      ArrowUp: current.parent ?? undefined,
      ArrowRight: siblings[siblings.indexOf(current) + 1],
      ArrowLeft: siblings[siblings.indexOf(current) - 1],
      Home: this.#boxes[0],
    }[event.key];
    if (next) this.#moveTo(next);
    else if (event.key === "Enter") this.#choose(current);
    else if (event.key === "Escape" && this.#zoomed.length > 1) this.#zoomTo(this.#zoomed.slice(0, -1));
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
  }

  #moveTo(box: Box): void {
    if (this.#current) this.#elements.get(this.#current)?.classList.remove("current");
    this.#current = box;
    this.#elements.get(box)?.classList.add("current");
    this.#say(box);
  }
}

/** Where an object is; otherwise what it is. */
const shortTitle = (piece: Piece): string => piece.where() || piece.name;

/** Where an object is, and what it is. */
const titleOf = (piece: Piece): string => {
  const where = piece.where();
  return where === "" ? piece.name : `${where}, ${piece.name}`;
};

/** Where an object is; inside a box that is a part of the way there, only the rest of the way. */
function titleInside(box: Box): string {
  const { name, where } = box.data.piece;
  const title = where();
  if (title === "") return name;
  const begins = box
    .ancestors()
    .slice(1)
    .map(({ data }) => data.piece.where())
    .filter((where) => where !== "" && title.startsWith(where) && /^[.[ ]/.test(title.slice(where.length)));
  return title.slice(Math.max(0, ...begins.map(({ length }) => length)));
}

function boxElement(box: Box): HTMLElement {
  const { piece } = box.data;
  const [width, height] = [box.x1 - box.x0, box.y1 - box.y0];
  const hasWords = box.children ? hasTitle(box) : width >= WORDS.width && height >= WORDS.height;
  const words = hasWords ? [h("bdi", {}, titleInside(box)), " ", h("small", {}, bytes(piece.bytes))] : [];
  const bare = hasWords ? "" : " bare";
  const element = h("div", { class: `piece kind-${piece.kind}${bare}`, "aria-hidden": "true" }, ...words);
  element.style.left = `${box.x0}px`;
  element.style.top = `${box.y0}px`;
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
  return element;
}
