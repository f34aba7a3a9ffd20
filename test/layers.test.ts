// The layers of the code: which folder may import which, that imports make no circle, and how long a file may be.

import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface House {
  /** Whether circles that only `import type` closes are counted. At run time there must be none. */
  typesCount: boolean;
  /** The limit for a file's length: a file has one mechanism, and is short enough to be read at once. */
  mostLines: number;
  /**
   * For each folder, the other folders that it may import, also for types. ARCHITECTURE.md draws the same. "" means
   * the files directly in the root.
   */
  mayImport: Record<string, string[]>;
}

const ALLOCATORS = ["ground", "alloc"];
const TYPES = [...ALLOCATORS, "objects/model", "objects/text", "objects/types"];
const OPERATIONS = [...TYPES, "objects/operations"];
const COLLECTOR = [...TYPES, "objects/collector"];

/** What the host's objects are built on. */
const BRIDGE = ["ground", "core", "objects/bridge"];
const HANDLES = [...BRIDGE, "objects/convert", "objects/handles"];
/** What a report is made from. */
const TRACE = ["text", "trace"];

const houses: Record<string, House> = {
  core: {
    typesCount: true,
    mostLines: 500,
    mayImport: {
      ground: [],
      alloc: ["ground"],
      hooks: ALLOCATORS,
      library: ALLOCATORS,
      types: [],
      nests: [],
      native: ALLOCATORS,
      graph: [],
      sums: ["ground"],
      start: [],
      trace: ALLOCATORS,
      "objects/model": ALLOCATORS,
      "objects/text": ["objects/model"],
      "objects/types": [...ALLOCATORS, "objects/model", "objects/text"],
      "objects/operations": TYPES,
      "objects/collector": TYPES,
      "objects/compaction": ["hooks", ...COLLECTOR],
      "objects/capi/runtime": OPERATIONS,
      "objects/capi/api": [...OPERATIONS, "objects/collector", "objects/capi/runtime"],
      objects: COLLECTOR,
      "objects/image": ["hooks", "objects", ...COLLECTOR, "objects/compaction", "objects/capi/runtime"],
      "objects/host": [
        ...OPERATIONS,
        "objects/collector",
        "objects/compaction",
        "objects/capi/runtime",
        "objects/capi/api",
      ],
      exports: [
        ...["ground", "alloc", "hooks", "trace", "objects/model", "objects/text", "objects/types"],
        ...["objects/operations", "objects/collector", "objects/compaction", "objects/capi/runtime"],
        ...["objects/capi/api", "objects", "objects/image", "objects/host"],
      ],
    },
  },
  src: {
    typesCount: false,
    mostLines: 500,
    mayImport: {
      ground: [],
      text: [],
      core: ["ground"],
      snapshot: ["ground", "core"],
      alloc: ["ground", "core"],
      trace: ["ground", "text", "core", "alloc"],
      tracemalloc: ["ground", "core", ...TRACE],
      pressure: ["ground"],
      "objects/bridge": ["ground", "core"],
      "objects/convert": BRIDGE,
      "objects/handles": [...BRIDGE, "objects/convert"],
      "objects/graph": ["alloc", "snapshot", "text", ...HANDLES],
      objects: ["pressure", ...HANDLES],
      image: ["ground", "core", "pressure", "objects/handles", "objects"],
      "hosts/c": ["alloc", ...HANDLES],
      heap: [
        ...["alloc", "trace", "tracemalloc", "pressure", "snapshot", ...HANDLES, "objects", "objects/graph", "image"],
        "hosts/c",
      ],
      "hosts/python/versions": [],
      "hosts/python/image": ["ground", "image"],
      "hosts/python/graph": ["core", "alloc", "trace", "snapshot", "text", "hosts/python/versions"],
      "hosts/python": [
        ...["ground", "text", "core", "alloc", "trace", "snapshot", "pressure", "image", "heap"],
        ...["hosts/c", "hosts/python/versions", "hosts/python/image", "hosts/python/graph"],
      ],
      page: ["alloc", "snapshot", "text", "trace"],
      report: ["core", "alloc", "snapshot", "pressure", "hosts/c", "page", ...TRACE],
      "report/export": ["core", "report", ...TRACE],
      "report/library": ["snapshot", "page", "report", "report/export", "trace"],
      panel: ["ground", "alloc", "heap", "pressure", "snapshot", "page", "trace"],
      testing: ["snapshot", "report", ...TRACE],
      profiles: ["ground", "alloc", "pressure", "report/export", ...TRACE],
      serve: ["profiles"],
      "cli/system": ["ground", "text"],
      "cli/packages": ["ground", "text", "cli/system"],
      "cli/report": ["snapshot", "report", "report/export", "report/library", "cli/system", ...TRACE],
      cli: [
        ...["ground", "alloc", "objects/bridge", "heap", "hosts/c", "hosts/python", "page", "report", ...TRACE],
        ...["profiles", "serve", "cli/system", "cli/packages", "cli/report", "snapshot"],
      ],
    },
  },
};

interface Import {
  readonly file: string;
  readonly line: number;
  readonly isType: boolean;
}

/** The imports of each file. */
function importsIn(root: string): Map<string, Import[]> {
  const top = fileURLToPath(new URL(`../${root}`, import.meta.url));
  const names = readdirSync(top, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(?<!\.(test|d))\.ts$/.test(name),
  );
  const files = new Map<string, Import[]>();
  for (const name of names.sort()) {
    const text = readFileSync(`${top}/${name}`, "utf8");
    const found = text.matchAll(/^(?:import|export) (?:(type )?[^;"]*? from )?"(\.[^"]*)"/gm);
    files.set(
      name,
      [...found].map(({ 0: all, 1: type, 2: path = "", index }) => ({
        file: posix.join(posix.dirname(name), `${path.replace(/\.js$/, "")}.ts`),
        line: text.slice(0, index + all.length).split("\n").length,
        isType: type !== undefined,
      })),
    );
  }
  return files;
}

const folderOf = (file: string) => posix.dirname(file).replace(/^\.$/, "");

/** A circle of imports, as a row of files of which the last is the first; undefined if there is none. */
function circleIn(files: Map<string, Import[]>, typesCount: boolean): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    done.add(file);
    path.push(file);
    for (const { file: next, isType } of files.get(file) ?? []) {
      const circle = isType && !typesCount ? undefined : visit(next);
      if (circle) return circle;
    }
    path.pop();
    return undefined;
  };
  for (const file of files.keys()) {
    const circle = visit(file);
    if (circle) return circle;
  }
  return undefined;
}

/** The folders as ARCHITECTURE.md draws them, from the lowest up. */
function drawn(root: string): string[] {
  const [, picture = ""] = readFileSync(new URL("../ARCHITECTURE.md", import.meta.url), "utf8").split("```");
  const start = picture.indexOf(`\n ${root}/`);
  const [, ...lines] = picture.slice(start + 1).split("\n");
  const end = lines.findIndex((line) => /^ \S/.test(line));
  const folders = lines.slice(0, end < 0 ? undefined : end).map((line) => /^ {3}(\S+)\/ /.exec(line)?.[1]);
  return folders.filter((folder) => folder !== undefined).reverse();
}

for (const [root, { typesCount, mostLines, mayImport }] of Object.entries(houses)) {
  const files = importsIn(root);

  test(`${root}: a folder imports only what it may`, () => {
    const faults: string[] = [];
    for (const [file, imports] of files) {
      const from = folderOf(file);
      if (from === "") continue;
      const may = mayImport[from];
      if (!may) faults.push(`${root}/${file}: the folder ${from} is not in the table of test/layers.test.ts`);
      for (const { file: to, line } of may ? imports : []) {
        if (folderOf(to) === from || may?.includes(folderOf(to))) continue;
        faults.push(
          `${root}/${file}:${line} imports ${to}, but ${from} may import only ${may?.join(", ") || "itself"}`,
        );
      }
    }
    expect(faults).toEqual([]);
  });

  test(`${root}: ARCHITECTURE.md draws the folders of the table, in its order`, () => {
    expect(drawn(root)).toEqual(Object.keys(mayImport));
  });

  test(`${root}: a file has at most ${mostLines} lines`, () => {
    const top = fileURLToPath(new URL(`../${root}`, import.meta.url));
    const written = [...files.keys()].filter((file) => !/\.(gen|generated)\.ts$/.test(file));
    const long = written.filter((file) => readFileSync(`${top}/${file}`, "utf8").split("\n").length > mostLines + 1);
    expect(long).toEqual([]);
  });

  test(`${root}: no import leads back to where it came from`, () => {
    expect(circleIn(files, typesCount)?.join(" -> ")).toBeUndefined();
  });

  test(`${root}: the table names folders that are there, and only below themselves`, () => {
    const folders = new Set([...files.keys()].map(folderOf));
    const inOrder = Object.keys(mayImport);
    expect(inOrder.filter((folder) => !folders.has(folder))).toEqual([]);
    for (const [k, folder] of inOrder.entries()) {
      expect(
        mayImport[folder]?.filter((other) => !inOrder.slice(0, k).includes(other)),
        `what stands above ${folder}`,
      ).toEqual([]);
    }
  });
}
