// A table whose rows are sorted by a column that the user chooses. At first it shows its first rows only. It is an
// ordinary HTML table, so that every screen reader can read it.

import { h } from "./dom.js";
import { count } from "./words.js";

const FIRST_ROWS = 100;
const MORE = 4;

export interface Column<Row> {
  readonly name: string;
  /** What the name means. */
  readonly title?: string;
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
  readonly #usual: number;
  /** The column that the user chose. It is found by its name, because other contents have other columns. */
  #chosen: { readonly name: string; readonly descends: boolean } | undefined;
  #most = FIRST_ROWS;

  /** `usual` is the column by which the rows are sorted at first, from the highest value down. */
  constructor(usual: number) {
    this.#usual = usual;
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
        .map((row) => rowOf(columns.map(({ cell }) => cell(row)))),
    );
    this.#caption.textContent = caption;
    this.#more.hidden = rows.length <= this.#most;
    this.#more.textContent = `Show more of ${count(rows.length - this.#most)}`;
    this.#empty.hidden = rows.length > 0;
    this.#empty.textContent = empty;
  }

  get #sorted(): { readonly column: number; readonly descends: boolean } {
    const column = this.#content.columns.findIndex(({ name }) => name === this.#chosen?.name);
    return column < 0 ? { column: this.#usual, descends: true } : { column, descends: this.#chosen?.descends === true };
  }

  #order(): Row[] {
    const { rows, columns } = this.#content;
    const { column, descends } = this.#sorted;
    const of = columns[column]?.of ?? (() => 0);
    const sign = descends ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [x, y] = [of(a), of(b)];
      return sign * (typeof x === "string" ? x.localeCompare(String(y)) : x - Number(y));
    });
  }

  #showMore(): void {
    this.#most *= MORE;
    this.#draw();
  }

  #sort(name: string, column: number): void {
    const sorted = this.#sorted;
    this.#chosen = { name, descends: sorted.column === column ? !sorted.descends : column !== 0 };
    this.#draw();
  }

  #headCell({ name, title = "" }: Column<Row>, column: number): HTMLElement {
    const sorted = this.#sorted;
    const isSorted = sorted.column === column;
    const direction = sorted.descends ? "descending" : "ascending";
    const sign = isSorted ? (sorted.descends ? " ↓" : " ↑") : "";
    return h(
      "th",
      { scope: "col", class: column === 0 ? "" : "figure", "aria-sort": isSorted ? direction : "none", title },
      h("button", { type: "button", onclick: () => this.#sort(name, column) }, `${name}${sign}`),
    );
  }
}

/** A row. If it has a link, a click anywhere in the row follows it. */
function rowOf(cells: readonly HTMLElement[]): HTMLElement {
  const row = h("tr", {}, ...cells);
  const link = row.querySelector<HTMLElement>(".link");
  if (!link) return row;
  row.classList.add("leads");
  row.addEventListener("click", ({ target }) => {
    const isText = getSelection()?.isCollapsed === false;
    if (isText || (target instanceof Element && target.closest("button"))) return;
    link.focus({ preventScroll: true });
    link.click();
  });
  return row;
}

interface FigureOptions {
  /** A smaller text beside the figure. */
  readonly more?: string;
  /** A bar of this length, from 0 to 1. */
  readonly share?: number;
  readonly title?: string;
}

/** A cell with a number. */
export function figureCell(text: string, { more, share, title = "" }: FigureOptions = {}): HTMLElement {
  const bar = share === undefined || share <= 0 ? undefined : h("i", { class: "bar", "aria-hidden": "true" });
  bar?.style.setProperty("--share", String(Math.min(1, share ?? 0)));
  return h(
    "td",
    { class: "figure", title },
    bar,
    h("span", {}, text),
    more === undefined ? undefined : h("small", {}, more),
  );
}
