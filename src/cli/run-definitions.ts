// What the command defines in Python before any program runs: functions, in one dict. An image has them, so that they need not be
// compiled again.

import type { PyodideAPI } from "pyodide";
import { RUNNER_FILE } from "../hosts/python/frame-reader.js";
import { globalsOf, runApart } from "../hosts/python/kept-code.js";
import { ACCOUNTS } from "./accounts.js";
import { EVENT_LOOP } from "./event-loop.js";
import { LEFT_BY_MAIN } from "./left-by-main.js";
import { MICROPIP } from "./micropip.js";
import { OUTSIDE } from "./outside.js";
import { PACKAGE_IMPORTS } from "./package-imports.js";
import { PRELUDE } from "./prelude.js";

/** The name of the command in usage lines and messages that Python itself writes. */
export const EXECUTABLE = "pyheap run";

/** Options of `loadPyodide` for every interpreter of the command. `env` has the variables that Python reads at its start. */
export const startOptions = (env: Readonly<Record<string, string>>) => ({
  // Pyodide sets PYTHONINSPECT; with it, CPython's main function does not return.
  env: { ...env, PYTHONINSPECT: "" },
  _sysExecutable: EXECUTABLE,
});

/** The name of the definitions in the globals of an image's interpreter. */
const HELD = "__pyheap_run__";
/** Imports that the definitions do when they are called. An image has these modules imported already. */
const IMPORTS =
  "import asyncio, atexit, os, pyodide.ffi, signal, sys, time; from asyncio import base_events, coroutines, events, tasks, unix_events";

const DEFINITIONS = [PRELUDE, LEFT_BY_MAIN, EVENT_LOOP, ACCOUNTS, OUTSIDE, PACKAGE_IMPORTS, MICROPIP];

export const RUN_SOURCES: readonly string[] = [...DEFINITIONS, IMPORTS];

/** A Python dict. */
export type Space = ReturnType<PyodideAPI["toPy"]>;

function define(pyodide: PyodideAPI): Space {
  const space = pyodide.toPy({});
  for (const source of DEFINITIONS) pyodide.runPython(source, { globals: space, filename: RUNNER_FILE });
  return space;
}

/** Puts the definitions into an interpreter that an image is made of. */
export function holdDefinitions(pyodide: PyodideAPI): void {
  const space = define(pyodide);
  runApart(pyodide, IMPORTS, { filename: RUNNER_FILE });
  globalsOf(pyodide).set(HELD, space);
}

/** The definitions, which are in the interpreter's image or made now. */
export function definitions(pyodide: PyodideAPI): Space {
  const globals = globalsOf(pyodide);
  const held = globals.get(HELD);
  if (held === undefined) return define(pyodide);
  globals.delete(HELD);
  return held;
}
