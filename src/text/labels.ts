// Names of programs, functions and places, as reports show them.

import { visible } from "./visible.js";

/** The name of a program: its command, in one line. */
export function programName(command: readonly string[]): string {
  return visible(command.join(" ").replace(/\s+/g, " ").trim()) || "A program";
}

/** file:line. Only the file if there is no line, as in modules in C; "" if there is no file. */
export function placeOf({ file }: { readonly file: string }, line: number): string {
  return file === "" ? "" : `${file}${line > 0 ? `:${line}` : ""}`;
}

/** The last part of a path. A name like `__init__.py` has its folder before it: `json/__init__.py`. */
function fileName(path: string): string {
  return /[^/\\]*[/\\]__\w+__\.py$/.exec(path)?.[0] ?? path.replace(/^.*[/\\]/, "");
}

/**
 * A function's name, for use where its place is not shown. A name that many functions have is followed by the file:
 * `<module> app.py`.
 */
export function functionName({ name, file }: { readonly name: string; readonly file: string }): string {
  return name.startsWith("<") && file !== "" ? `${name} ${fileName(file)}` : name;
}

interface NamedFunction {
  readonly name: string;
  readonly file: string;
  readonly firstLine: number;
}

/** Whether a file may have many functions of this name: they have no name of their own, as `<lambda>`. */
const isNameless = (name: string): boolean => name.endsWith(">") && name !== "<module>";

/**
 * A function's name for tools that take functions of one name for one: with the file, `load app.py`. What has no name of its
 * own has its first line as well: `<lambda> app.py:12`. With `line`, the name is that of one line of the function.
 */
export function distinctName(
  { name, file, firstLine }: NamedFunction,
  line = isNameless(name) ? firstLine : 0,
): string {
  return file === "" ? name : `${name} ${placeOf({ file: fileName(file) }, line)}`;
}
