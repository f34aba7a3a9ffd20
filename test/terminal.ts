// A small terminal: the screen that results from what programs wrote.

/** A terminal with some columns and any number of rows, with the functions that a view and simple programs need. */
export class Terminal {
  readonly lines: string[] = [""];
  #row = 0;
  #column = 0;
  #style = "";
  #wraps = true;
  /** The style of each character written, by row. */
  readonly styles: string[][] = [[]];

  constructor(readonly columns = 40) {}

  write(text: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal reads them.
    for (const [token] of text.matchAll(/\u001b\[\??[\d;]*[A-Za-z]|[\s\S]/g)) this.#take(token);
  }

  #take(token: string): void {
    if (token === "\n") {
      this.#row++;
      this.#column = 0;
      while (this.lines.length <= this.#row) {
        this.lines.push("");
        this.styles.push([]);
      }
    } else if (token === "\r") this.#column = 0;
    else if (token.length === 1) this.#put(token);
    else if (token.endsWith("A")) this.#row -= Number(token.slice(2, -1));
    else if (token.endsWith("J")) {
      this.lines.length = this.styles.length = this.#row + 1;
      this.lines[this.#row] = (this.lines[this.#row] ?? "").slice(0, this.#column);
    } else if (token.endsWith("m")) this.#style = token === "\u001b[0m" ? "" : this.#style + token.slice(2, -1);
    else this.#wraps = token.endsWith("h");
    if (this.#row < 0) throw new Error("The cursor went above the first line");
  }

  #put(character: string): void {
    if (this.#column === this.columns) {
      if (this.#wraps) this.#take("\n");
      else this.#column--;
    }
    const line = (this.lines[this.#row] ?? "").padEnd(this.#column);
    this.lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    const styles = this.styles[this.#row];
    if (styles) styles[this.#column] = this.#style;
    this.#column++;
  }

  get text(): string {
    return this.lines.join("\n");
  }
}
