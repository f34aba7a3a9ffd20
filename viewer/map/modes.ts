// The meanings of the map's colours: each block belongs to one of a few classes, which have a colour and a name.

import { OTHER_TYPES_NAME } from "../../src/page/model.js";
import type { Model, Span } from "../model.js";
import { ORIGIN_NAMES, ORIGINS, type Origin, originOf } from "../words.js";
import { type MapBlocks, UNKNOWN } from "./blocks.js";

export const MAP_MODES = ["owner", "type", "size", "domain", "age", "full"] as const;
export type MapMode = (typeof MAP_MODES)[number];

export const MODE_NAMES: Readonly<Record<MapMode, string>> = {
  owner: "Owner",
  type: "Type",
  size: "Size class",
  domain: "Domain",
  age: "Age",
  full: "How full",
};

export interface MapClass {
  readonly name: string;
  /** The colour's name in the style sheet. */
  readonly color: string;
}

const steps = (names: readonly string[]): MapClass[] => names.map((name, k) => ({ name, color: `step-${k}` }));

/**
 * The types with most bytes have colours of their own. All other objects have one colour, and blocks without an object
 * another.
 */
const TYPE_COLORS = ["map-program", "map-library", "map-package", "map-green", "map-pink", "map-frozen"];
const OTHER_TYPES = "map-other";
const NO_TYPE = "map-outside";

/** A block's owner is code, not the type of the object in it. */
export const OWNERS = ORIGINS.filter((origin) => origin !== "type");

export const MAP_CLASSES: Readonly<Record<MapMode, readonly MapClass[]>> = {
  owner: [...OWNERS.map((origin) => ({ name: ORIGIN_NAMES[origin], color: `map-${origin}` }))],
  type: [...TYPE_COLORS, OTHER_TYPES, NO_TYPE].map((color) => ({ name: "", color })),
  size: steps(["up to 32 B", "64 B", "128 B", "256 B", "512 B", "larger"]),
  domain: [
    { name: "raw", color: "domain-raw" },
    { name: "mem", color: "domain-mem" },
    { name: "object", color: "domain-object" },
    { name: "native", color: "domain-native" },
  ],
  age: steps(["newest", "", "", "", "", "oldest"]),
  full: steps(["nearly empty", "", "", "", "", "full"]),
};

/** The classes, and a function that tells a block's class. */
export interface Classes {
  readonly classes: readonly MapClass[];
  readonly kindOf: (block: number) => number;
}

/** What the classes are computed from. */
export interface Classified {
  readonly model: Model;
  readonly blocks: MapBlocks;
  /** The shown moment, in microseconds; ages are measured to it. */
  readonly time: number;
  /** Blocks that were not allocated in this span have their own class. */
  readonly span: Span | undefined;
}

/** The classes for a mode. */
export function classesOf(mode: MapMode, of: Classified): Classes {
  const { blocks, span } = of;
  const named = (origin: Origin, k: number): MapClass => ({
    ...(MAP_CLASSES.owner[k] as MapClass),
    name: of.model.originName(origin),
  });
  const types = mode === "type" ? largestTypes(of) : undefined;
  const classes = types?.classes ?? (mode === "owner" ? OWNERS.map(named) : MAP_CLASSES[mode]);
  const kindOf = types?.kindOf ?? classifier(mode, of);
  if (!span) return { classes, kindOf };
  const isOfSpan = (birth: number) => birth === UNKNOWN || (birth >= span.from && birth < span.to);
  return {
    classes: [...classes, { name: "not of the span", color: "map-other" }],
    kindOf: (block) => (isOfSpan(blocks.births[block] ?? UNKNOWN) ? kindOf(block) : classes.length),
  };
}

/** The classes of types: the largest ones, all others, and blocks whose type is not known. */
function largestTypes({ blocks, model }: Classified): Classes {
  const names = model.data.header.types ?? [];
  const sums = new Float64Array(names.length + 1);
  blocks.types.forEach((type, block) => {
    sums[type] = (sums[type] as number) + (blocks.sizes[block] as number);
  });
  const largest = [...names.keys()]
    .map((k) => k + 1)
    .filter((type) => (sums[type] as number) > 0 && names[type - 1] !== OTHER_TYPES_NAME)
    .sort((a, b) => (sums[b] as number) - (sums[a] as number))
    .slice(0, TYPE_COLORS.length);
  const [other, none] = [largest.length, largest.length + 1];
  const kinds = Uint8Array.from(sums, (_, type) => {
    if (type === 0) return none;
    const place = largest.indexOf(type);
    return place < 0 ? other : place;
  });
  return {
    classes: [
      ...largest.map((type, k) => ({ name: names[type - 1] ?? "", color: TYPE_COLORS[k] ?? OTHER_TYPES })),
      { name: OTHER_TYPES_NAME, color: OTHER_TYPES },
      {
        name: model.hasTypes ? "no object, or of the interpreter's start" : "no object, or not there at the end",
        color: NO_TYPE,
      },
    ],
    kindOf: (block) => kinds[blocks.types[block] as number] as number,
  };
}

const OLDEST = 5;
const LARGEST = 5;
/** Single blocks are entirely in use, so they belong to the fullest class. */
const FULLEST = 5;

/** A function that tells a block's class in a mode. */
function classifier(mode: MapMode, { model, blocks, time }: Classified): (block: number) => number {
  if (mode === "domain") return (block) => blocks.domain(block);
  if (mode === "size") {
    return (block) => Math.min(LARGEST, Math.max(0, 27 - Math.clz32(Math.max(1, (blocks.sizes[block] ?? 1) - 1))));
  }
  if (mode === "owner") {
    const { tree } = model;
    const origins = tree.functions.map((f) => (OWNERS as readonly Origin[]).indexOf(originOf(f)));
    const [outside, smaller, interpreter] = (["outside", "smaller", "frozen"] as const).map((origin) =>
      OWNERS.indexOf(origin),
    ) as [number, number, number];
    return (block) => {
      const node = blocks.node(block);
      if (node === undefined) return outside;
      const origin = origins[tree.functionNumber(node)] ?? 0;
      // The interpreter's start may be known as sums only, without stacks.
      const isUnnamed = origin === outside || origin === smaller;
      return isUnnamed && blocks.isOfStart(block) ? interpreter : origin;
    };
  }
  if (mode === "age") {
    // Ages are parts of the time since the recording began, which is before the program.
    const whole = Math.max(1, time - model.data.header.begin);
    return (block) => {
      const birth = blocks.births[block] ?? UNKNOWN;
      if (birth === UNKNOWN) return 0;
      return Math.min(OLDEST, Math.max(0, Math.floor(((time - model.timeOf(birth)) / whole) * (OLDEST + 1))));
    };
  }
  return () => FULLEST;
}
