// The floors of the house: which folder may import which, and that no file imports itself in a circle.

import { readdirSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

interface House {
  /** Whether `import type` is an import; it is none at run time. */
  typesCount: boolean;
  /** For each folder the folders that it may import, besides itself. ARCHITECTURE.md draws the same. "" is the house's own entries. */
  mayImport: Record<string, string[]>;
}

/** One mechanism, which can be read in a sitting. */
const MOST_LINES = 500;

const ALLOCATORS = ["ground", "alloc"];
const TYPES = [...ALLOCATORS, "objects/model", "objects/text", "objects/types"];
const OPERATIONS = [...TYPES, "objects/operations"];
const COLLECTOR = [...TYPES, "objects/collector"];

const houses: Record<string, House> = {
  core: {
    typesCount: true,
    mayImport: {
      ground: [],
      alloc: ["ground"],
      hooks: ALLOCATORS,
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
};

/** Imports of each file of a house, as `file -> [file, line]`. */
function importsIn(root: string, typesCount: boolean): Map<string, [string, number][]> {
  const top = fileURLToPath(new URL(`../${root}`, import.meta.url));
  const names = readdirSync(top, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(?<!\.(test|d))\.ts$/.test(name),
  );
  const files = new Map<string, [string, number][]>();
  for (const name of names.sort()) {
    const text = readFileSync(`${top}/${name}`, "utf8");
    const found = text.matchAll(/^(?:import|export) (?:(type )?[^;"]*? from )?"(\.[^"]*)"/gm);
    const counted = [...found].filter(([, type]) => typesCount || !type);
    files.set(
      name,
      counted.map(({ 0: all, 2: path = "", index }) => [
        posix.join(posix.dirname(name), `${path.replace(/\.js$/, "")}.ts`),
        text.slice(0, index + all.length).split("\n").length,
      ]),
    );
  }
  return files;
}

const folderOf = (file: string) => posix.dirname(file).replace(/^\.$/, "");

/** A circle of imports, as a row of files of which the last is the first; undefined if there is none. */
function circleIn(files: Map<string, [string, number][]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    done.add(file);
    path.push(file);
    for (const [next] of files.get(file) ?? []) {
      const circle = visit(next);
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

for (const [root, { typesCount, mayImport }] of Object.entries(houses)) {
  const files = importsIn(root, typesCount);

  test(`${root}: a folder imports only what it may`, () => {
    const faults: string[] = [];
    for (const [file, imports] of files) {
      const from = folderOf(file);
      if (from === "") continue;
      const may = mayImport[from];
      if (!may) faults.push(`${root}/${file}: the folder ${from} is not in the table of test/layers.test.ts`);
      for (const [to, line] of may ? imports : []) {
        if (folderOf(to) === from || may?.includes(folderOf(to))) continue;
        faults.push(
          `${root}/${file}:${line} imports ${to}, but ${from} may import only ${may?.join(", ") || "itself"}`,
        );
      }
    }
    expect(faults).toEqual([]);
  });

  test(`${root}: a file has at most ${MOST_LINES} lines`, () => {
    const top = fileURLToPath(new URL(`../${root}`, import.meta.url));
    const written = [...files.keys()].filter((file) => !file.endsWith(".gen.ts"));
    const long = written.filter((file) => readFileSync(`${top}/${file}`, "utf8").split("\n").length > MOST_LINES + 1);
    expect(long).toEqual([]);
  });

  test(`${root}: no import leads back to where it came from`, () => {
    expect(circleIn(files)?.join(" -> ")).toBeUndefined();
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
