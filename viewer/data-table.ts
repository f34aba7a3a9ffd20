// A table of rows that is sorted by a column of choice, at first with its first rows only. It is an ordinary HTML
// table, so that every screen reader can read it.

import { h } from "./dom.js";
import { count } from "./words.js";

const FIRST_ROWS = 100;
const MORE = 4;

export interface Column<Row> {
  readonly name: string;
  /** The value by which rows are sorted. */
  readonly of: (row: Row) => number | string;
  readonly cell: (row: Row) => HTMLElement;
}

export interface Content<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly caption: string;
  /** What is shown instead if there are no rows. */
  readonly empty: string;
}

export class DataTable<Row> {
  /** The table, what is shown if it is empty, and the button that shows more rows. */
  readonly parts: readonly HTMLElement[];
  readonly #head = h("tr");
  readonly #body = h("tbody");
  readonly #caption = h("caption", { class: "hidden" });
  readonly #more = h("button", { type: "button", class: "quiet more", onclick: () => this.#showMore() });
  readonly #empty = h("p", { class: "empty" });
  #content: Content<Row> = { rows: [], columns: [], caption: "", empty: "" };
  #sorted: number;
  #descends = true;
  #most = FIRST_ROWS;

  /** `sorted` is the column by which the rows are sorted at first, from the highest value down. */
  constructor(sorted: number) {
    this.#sorted = sorted;
    const table = h("table", {}, this.#caption, h("thead", {}, this.#head), this.#body);
    this.parts = [h("div", { class: "table-scroller" }, table), this.#empty, this.#more];
  }

  /** Shows other rows. With `restarts`, only the first ones. */
  show(content: Content<Row>, { restarts = false } = {}): void {
    this.#content = content;
    if (restarts) this.#most = FIRST_ROWS;
    this.#draw();
  }

  #draw(): void {
    const { rows, columns, caption, empty } = this.#content;
    this.#head.replaceChildren(...columns.map((column, k) => this.#headCell(column, k)));
    this.#body.replaceChildren(
      ...this.#order()
        .slice(0, this.#most)
        .map((row) => h("tr", {}, ...columns.map(({ cell }) => cell(row)))),
    );
    this.#caption.textContent = caption;
    this.#more.hidden = rows.length <= this.#most;
    this.#more.textContent = `Show more of ${count(rows.length - this.#most)}`;
    this.#empty.hidden = rows.length > 0;
    this.#empty.textContent = empty;
  }

  #order(): Row[] {
    const { rows, columns } = this.#content;
    const of = columns[this.#sorted]?.of ?? (() => 0);
    const sign = this.#descends ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [x, y] = [of(a), of(b)];
      return sign * (typeof x === "string" ? x.localeCompare(String(y)) : x - Number(y));
    });
  }

  #showMore(): void {
    this.#most *= MORE;
    this.#draw();
  }

  #sort(column: number): void {
    this.#descends = this.#sorted === column ? !this.#descends : column !== 0;
    this.#sorted = column;
    this.#draw();
  }

  #headCell({ name }: Column<Row>, column: number): HTMLElement {
    const isSorted = this.#sorted === column;
    const direction = this.#descends ? "descending" : "ascending";
    const sign = isSorted ? (this.#descends ? " ↓" : " ↑") : "";
    return h(
      "th",
      { scope: "col", class: column === 0 ? "" : "figure", "aria-sort": isSorted ? direction : "none" },
      h("button", { type: "button", onclick: () => this.#sort(column) }, `${name}${sign}`),
    );
  }
}

interface FigureOptions {
  /** What stands beside the figure, smaller. */
  readonly more?: string;
  /** A bar of this length, from 0 to 1. */
  readonly share?: number;
}

/** A cell with a number. */
export function figureCell(text: string, { more, share }: FigureOptions = {}): HTMLElement {
  const bar = share === undefined ? undefined : h("i", { class: "bar", "aria-hidden": "true" });
  bar?.style.setProperty("--share", String(Math.max(0, Math.min(1, share ?? 0))));
  return h("td", { class: "figure" }, bar, h("span", {}, text), more === undefined ? undefined : h("small", {}, more));
}
