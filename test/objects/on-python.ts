// Runs programs on CPython: a short program in Python does the same as on-heap.ts, for many programs at a time.

import { loadPyodide, type PyodideAPI } from "pyodide";
import type { Outcome, Sight } from "./on-heap.js";
import { OPERATIONS, TYPES } from "./operations.js";
import type { Program } from "./programs.js";

const INTERPRETER = `
import json, re, sys
from operator import delitem, setitem
from weakref import ref

ADDRESS = re.compile("0x[0-9a-f]+")
EMPTY = ("pop from an empty set", "popitem(): dictionary is empty")
OPERATIONS = []

def define(operations):
    for python, types in json.loads(operations):
        OPERATIONS.append((eval("lambda a=None, b=None, c=None, d=None: " + python), types))

def name(o):
    t = type(o)
    return t.__qualname__ if t.__module__ == "builtins" else f"{t.__module__}.{t.__qualname__}"

def failure(e):
    text = e.args[0] if e.args and e.args[0] in EMPTY else str(e)
    # This advice holds only for CPython.
    text = text.removesuffix("; use sys.set_int_max_str_digits() to increase the limit")
    return f"{type(e).__name__}: " + ADDRESS.sub("0x", text)

def attempt(run, o):
    try:
        return ADDRESS.sub("0x", str(run(o)))
    except Exception as e:
        return failure(e)

def look(o):
    return attempt(repr, o), name(o), sys.getsizeof(o), attempt(hash, o)

def evaluate(spec, variables):
    match spec:
        case ["v", n]: return variables[n]
        case ["n"]: return None
        case ["b", value] | ["s", value]: return value
        case ["i", value]: return int(value, 16)
        case ["f", value]: return float(value)
        case ["y", value]: return bytes(value)
        case [tag, items]:
            values = [evaluate(item, variables) for item in items]
            match tag:
                case "t": return tuple(values)
                case "l": return list(tuple(values))
                case "S": return set(values)
                case "F": return frozenset(values)
                case "d":
                    made = {}
                    for k in range(0, len(values), 2): made[values[k]] = values[k + 1]
                    return made

def perform(step, variables):
    if "make" in step: return True, evaluate(step["make"], variables)
    if "forget" in step:
        variables[step["forget"]] = None
        return True, None
    run, types = OPERATIONS[step["op"]]
    args = [evaluate(spec, variables) for spec in step["args"]]
    if any(allowed and name(o) not in allowed for allowed, o in zip(types, args)): return False, None
    return True, run(*args)

def outcome(step, variables):
    o = None
    try:
        fits, o = perform(step, variables)
        result = look(o) if fits else None
    except Exception as e:
        result = failure(e)
    variables.append(o)
    first = step["args"][0] if "args" in step else None
    return result, look(variables[first[1]]) if first and first[0] == "v" else None

def run(programs):
    told = []
    for program in json.loads(programs):
        variables = []
        outcomes = [outcome(step, variables) for step in program]
        told.append((outcomes, [look(o) for o in variables]))
    return json.dumps(told)
`;

export class Python {
  readonly #pyodide: PyodideAPI;

  private constructor(pyodide: PyodideAPI) {
    this.#pyodide = pyodide;
  }

  /** An interpreter in which hashes of text, and so orders of sets, come from the seed. */
  static async start(seed: number): Promise<Python> {
    const pyodide = await loadPyodide({ env: { PYTHONHASHSEED: String(seed) } });
    pyodide.runPython(INTERPRETER);
    const python = new Python(pyodide);
    python.#call(
      "define",
      OPERATIONS.map(({ python, kinds }) => [python, kinds.map((kind) => TYPES[kind] ?? null)]),
    );
    return python;
  }

  #call(name: string, argument: unknown): unknown {
    return this.#pyodide.globals.get(name)(JSON.stringify(argument));
  }

  /** The results of each step of each program, and the final values of its variables. */
  run(programs: readonly Program[]): { outcomes: Outcome[]; ends: Sight[] }[] {
    const told = JSON.parse(this.#call("run", programs) as string) as [Outcome[], Sight[]][];
    return told.map(([outcomes, ends]) => ({ outcomes, ends }));
  }
}
