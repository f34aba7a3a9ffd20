// What programs and places in them are called.

/** A program by its command, in one line. */
export function programName(command: readonly string[]): string {
  return command.join(" ").replace(/\s+/g, " ").trim() || "A program";
}

/** file:line; the file alone where there is no line, as in modules in C; "" if there is no file. */
export function placeOf({ file }: { readonly file: string }, line: number): string {
  return file === "" ? "" : `${file}${line > 0 ? `:${line}` : ""}`;
}
