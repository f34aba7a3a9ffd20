// Sets anew what an interpreter must not take from its image: its environment, its random numbers, what it knows about
// files.

import type { PyodideAPI } from "pyodide";
import { keptValue, type OwnCode } from "./kept-code.js";
import type { PyodideExports } from "./pyodide-module.js";

/** The variables of C's environment, read from memory. */
export function environmentOf({ memory, data }: PyodideExports): Map<string, string> {
  const bytes = new Uint8Array(memory.buffer);
  const view = new DataView(memory.buffer);
  const variables = new Map<string, string>();
  const decoder = new TextDecoder();
  for (let at = view.getUint32(data.environ, true); at !== 0; at += 4) {
    const text = view.getUint32(at, true);
    if (text === 0) break;
    const [name = "", ...value] = decoder.decode(bytes.slice(text, bytes.indexOf(0, text))).split("=");
    variables.set(name, value.join("="));
  }
  return variables;
}

/**
 * renew(names, values) sets the environment; gives new seeds to generators of random numbers that modules share; sets
 * the time zone of the environment; and makes the import system look at folders again. Pyodide has set where libraries
 * are looked for, and this stays.
 */
const SOURCE = `
def renew(names, values):
    import os, sys, time

    environment = dict(zip(names, values))
    for name in [name for name in os.environ if name not in environment and name != "LD_LIBRARY_PATH"]:
        del os.environ[name]
    os.environ.update(environment)

    # As CPython does: of two moments half a year apart, one is in standard time, and one in summer time.
    year = 31557600
    begin = time.time() // year * year
    zones = [time.localtime(begin + seconds) for seconds in (0, year / 2)]
    standard, summer = sorted(zones, key=lambda zone: zone.tm_gmtoff)
    time.timezone, time.altzone = -standard.tm_gmtoff, -summer.tm_gmtoff
    time.daylight = int(time.timezone != time.altzone)
    time.tzname = standard.tm_zone, summer.tm_zone

    # Pyodide puts an empty entry there whenever it starts.
    if sys.path[:2] == ["", ""]:
        del sys.path[0]

    modules = sys.modules
    if "random" in modules:
        modules["random"].seed()
    if "tempfile" in modules:
        modules["tempfile"]._name_sequence = None
        modules["tempfile"].tempdir = None
    for finder in sys.path_importer_cache.values():
        # The archive of the standard library is the same.
        if not hasattr(finder, "archive") and hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()
renew`;

/** The part that is in Python. */
export const RENEW: OwnCode = { source: SOURCE, filename: "<pyheap>" };

/** Sets what an interpreter must not take from its image. */
export function renew(pyodide: PyodideAPI, python: PyodideExports, environment: ReadonlyMap<string, string>): void {
  python.tzset();
  const run = keptValue(pyodide, RENEW);
  const [names, values] = [[...environment.keys()], [...environment.values()]].map((words) => pyodide.toPy(words));
  (run as (...lists: unknown[]) => void)(names, values);
  for (const each of [run, names, values]) each.destroy();
}
