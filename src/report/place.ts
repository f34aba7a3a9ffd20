// A place in a program, as reports and the page write it.

/** file:line; the file alone where there is no line, as in modules in C; "" if there is no file. */
export function placeOf({ file }: { readonly file: string }, line: number): string {
  return file === "" ? "" : `${file}${line > 0 ? `:${line}` : ""}`;
}
