// The names of the machine's time zone, which the C library of CPython's module does not know: it calls them UTC+0100.

import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const ZONES = "/usr/share/zoneinfo";
const LOCAL = "/etc/localtime";
/** The most characters of a name in the C library. */
const MOST = 16;

/**
 * The names in a zone as POSIX writes it: `CET-1CEST,M3.5.0,M10.5.0/3`, `<+03>-3`. Without a name for summer, both are
 * the name of standard time. Undefined if the text is not such a zone.
 */
export function namesIn(zone: string): readonly [string, string] | undefined {
  const name = "(<[A-Za-z0-9+-]{3,}>|[A-Za-z]{3,})";
  const found = new RegExp(`^${name}[+-]?[0-9:]+${name}?`).exec(zone);
  if (!found) return undefined;
  const [, standard = "", summer = standard] = found;
  const plain = (text: string) => text.replace(/[<>]/g, "").slice(0, MOST);
  return [plain(standard), plain(summer)];
}

/** The names of the zone that TZ names, else of the machine's zone; undefined if they are not known. */
export function zoneNames(TZ: string | undefined): readonly [string, string] | undefined {
  if (TZ === "") return ["UTC", "UTC"];
  const file = TZ === undefined ? LOCAL : resolve(ZONES, TZ.replace(/^:/, ""));
  try {
    // The last line of such a file is the rule for all future times.
    return namesIn(readFileSync(file, "latin1").trimEnd().split("\n").at(-1) ?? "");
  } catch {
    return TZ === undefined ? undefined : namesIn(TZ);
  }
}

/** The parts of CPython's module that concern time zones. */
export interface ZoneExports {
  readonly memory: WebAssembly.Memory;
  readonly tzname?: unknown;
  tzset?(): void;
}

/** Gives the names to the C library, which uses them when it formats a time. */
export function nameZone({ memory, tzname, tzset }: ZoneExports, names: readonly [string, string]): void {
  const at = tzname instanceof WebAssembly.Global ? (tzname.value as unknown) : tzname;
  if (typeof at !== "number" || !tzset) return;
  // The C library calls tzset once, at the first need. A call after this one would undo the change.
  tzset();
  const words = new DataView(memory.buffer);
  for (const [k, name] of names.entries()) {
    const text = words.getUint32(at + 4 * k, true);
    new Uint8Array(memory.buffer).set(new TextEncoder().encode(`${name}\0`), text);
  }
}
