// The language of `pyheap report query`: which objects an expression chooses, and the messages about wrong expressions.

import { describe, expect, it } from "vitest";
import { randomIntegers } from "../../test/random.js";
import { GraphBuilder } from "../snapshot/builder.js";
import { findDominators } from "../snapshot/dominators.js";
import { EDGE, FLAG, NODE, type ObjectGraph } from "../snapshot/graph.js";
import { evaluateQuery, retainedByAll } from "./query.js";
import { type PlaceStep, parseQuery, QueryError } from "./query-parse.js";

/**
 * A module with a cache, which has two Points in a list. One of the Points has a dict of attributes. A frame has the
 * list as well, a weak reference leads to an item of the list, and there is garbage.
 */
function small(): { graph: ObjectGraph; names: ReadonlyMap<number, string> } {
  const builder = new GraphBuilder();
  const number = (text: string) => builder.strings.number(text);
  const root = builder.group("(root)");
  const names = new Map<number, string>();
  const add = (name: string, type: string, kind: number = NODE.object) => {
    const node = builder.node(kind, number(type), 4096 + 8 * names.size);
    names.set(node, name);
    return node;
  };
  const [cache, list, plain, dicted, dict, text, lost, frame, rest] = [
    add("cache", "app.Cache"),
    add("list", "list"),
    add("plain", "app.Point"),
    add("dicted", "app.Point"),
    add("dict", "dict"),
    add("text", "str", NODE.string),
    add("lost", "json.Lost"),
    add("frame", "(frame)", NODE.frame),
    add("rest", "(raw domain)", NODE.memory),
  ];
  const edge = (kind: number, name: string | number, target: number | undefined) =>
    builder.edge(kind, typeof name === "number" ? name : number(name), target as number);
  const begin = (node: number | undefined, size: number, value: string) => {
    builder.begin(node as number);
    builder.describe(node as number, size, number(value));
  };
  begin(cache, 100, "");
  edge(EDGE.attribute, "points", list);
  begin(list, 2000, "2 items");
  edge(EDGE.index, 0, plain);
  edge(EDGE.index, 1, dicted);
  begin(plain, 40, "");
  edge(EDGE.attribute, "x", text);
  edge(EDGE.weak, "(weak)", dicted);
  begin(dicted, 48, "");
  edge(EDGE.internal, "__dict__", dict);
  begin(dict, 300, "1 item");
  edge(EDGE.key, "['x']", text);
  begin(text, 50, "7");
  begin(lost, 60, "");
  begin(frame, 0, "main (app.py:1)");
  edge(EDGE.local, "cached", list);
  begin(rest, 4096, "");
  builder.flag(lost as number, FLAG.garbage);
  for (const node of [cache, lost, frame, rest]) builder.groupEdge(root, node as number, "top");
  return { graph: builder.finish(), names };
}

const { graph, names } = small();
const dominators = findDominators(graph);
const chosen = (expression: string) =>
  evaluateQuery(graph, dominators, parseQuery(expression))
    .map((node) => names.get(node))
    .join(" ");

describe("an expression chooses", () => {
  const cases: readonly (readonly [expression: string, names: string])[] = [
    ["type == Point", "plain dicted"],
    ["type == app.Point", "plain dicted"],
    ['type != "app.Point" and kind == object', "cache list dict lost"],
    ['type ~ "^app[.]"', "cache plain dicted"],
    ["module == app", "cache plain dicted"],
    ["module == builtins and kind == object", "list dict"],
    ["size >= 2000", "list rest"],
    ["size > 1.5KiB and size < 4 KiB", "list"],
    ["size == 4KiB", "rest"],
    ["retained > 2000 and kind != memory", "list"],
    ["id == 0x1000 or id == 4104", "cache list"],
    ["references == 2", "list plain"],
    ["referrers > 1", "list dicted text"],
    ['value == "7"', "text"],
    ['value ~ "items?$"', "list dict"],
    ["garbage", "lost"],
    ["not garbage and (type == Lost or type == Cache)", "cache"],
    ["name == cached", "list"],
    ["name == x", "text"],
    ["kind == frame", "frame"],
    [".x", "plain dicted"],
    ['.x == "7"', "plain dicted"],
    [".x > 6.5", "plain dicted"],
    [".x < 7", ""],
    ["['x']", "dict"],
    [".points[1].x", "cache"],
    [".points[2]", ""],
    ["[0]", "list"],
    ["refers to type == Point", "list plain"],
    ["referred to by type == list", "plain dicted"],
    ["referred to by (kind == frame or type == Cache)", "list"],
    ["reachable from type == Cache", "list plain dicted dict text"],
    ["reachable from [0] and not reachable from .x", "plain dicted"],
    // The frame has the list as well, so the cache does not hold it alone.
    ["held by type == Cache", ""],
    ["held by type == list", "plain dicted dict text"],
    ["held by type == Point", "dict"],
    ["not not type == list", "list"],
    ["type == list or type == dict and size > 1000", "list"],
  ];
  it.each(cases)("%s", (expression, expected) => {
    expect(chosen(expression)).toBe(expected);
  });

  it("means by a key in quotes what Python means, and finds the name that a graph has for it", () => {
    const nameOf = (expression: string) =>
      (parseQuery(expression) as { steps?: readonly PlaceStep[] }).steps?.at(-1)?.name;
    const same = ["['x']", `["it's"]`, String.raw`['a\x1b[31mred']`, String.raw`['\\']`, String.raw`['\ud800x']`];
    expect(same.map(nameOf)).toEqual(same);
    expect(nameOf('.a["x"]')).toBe("['x']");
    expect(nameOf(String.raw`['\x41\q\'']`)).toBe(String.raw`["A\\q'"]`);
  });

  it("objects, whose retained bytes are counted once", () => {
    const nodes = evaluateQuery(graph, dominators, parseQuery("type == Point or type == list"));
    expect(retainedByAll(dominators, nodes)).toBe(2000 + 40 + 48 + 300 + 50);
    expect(retainedByAll(dominators, evaluateQuery(graph, dominators, parseQuery("type == Point")))).toBe(
      40 + 48 + 300,
    );
  });
});

describe("an expression that is wrong gets an error that shows where", () => {
  const cases: readonly (readonly [expression: string, at: number, problem: RegExp])[] = [
    ["", 0, /it is empty/],
    ["sze > 10", 0, /there is no field "sze" \(fields: type, module/],
    ["type == list andd size > 1", 13, /"and", "or" or the end is expected/],
    ["type = list", 5, /"=" has no meaning: write "==" to compare/],
    ["size > big", 7, /only numbers are compared with ">"/],
    ["size == big", 8, /"size" is a number/],
    ["type == 7", 8, /"type" is a text: put the number into quotes/],
    ["size > 10XB", 7, /"10XB" is not a number: sizes have the units/],
    ["size > 9GiB", 7, /below 4 GiB/],
    ["type ~ '('", 7, /Invalid regular expression/],
    ["type ~ list", 7, /a regular expression in quotes is expected/],
    ["value == 'abc", 9, /no closing quote/],
    ["(type == list", 13, /"\)" is expected here, for the "\(" at 1/],
    ["type == list)", 12, /there is no "\(" for this/],
    ["kind == banana", 8, /there is no kind "banana" \(kinds: object, string/],
    ["type", 4, /a comparison of "type" is expected/],
    ["type ==", 7, /a value is expected after "=="/],
    ["not", 3, /a condition is expected/],
    ["held type == x", 0, /there is no field "held"/],
    [".", 1, /the name of an attribute is expected/],
    ["[x]", 1, /a key in quotes, or an index/],
    ["[1.5]", 1, /a key in quotes, or an index/],
    ["['a'", 4, /"\]" is expected/],
    ["type == list and 7", 17, /a condition begins with a field/],
    ["type == a.7", 10, /a name is expected/],
    [`${"(".repeat(300)}garbage`, 200, /more than 200 levels/],
  ];
  it.each(cases)("%s", (expression, at, problem) => {
    const error = (() => {
      try {
        return parseQuery(expression);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toBeInstanceOf(QueryError);
    const { message, at: found } = error as QueryError;
    expect([found, message.split("\n")[0]]).toEqual([at, expect.stringMatching(problem)]);
    expect(message.split("\n").slice(1)).toEqual([`  ${expression}`, `  ${" ".repeat(at)}^`]);
  });

  it("or is evaluated: random rows of words never do anything else", () => {
    const random = randomIntegers(3);
    const words = [
      "type",
      "size",
      "name",
      "==",
      "~",
      "<",
      "(",
      ")",
      "and",
      "or",
      "not",
      "'x'",
      "7",
      "1KiB",
      ".x",
      "[0]",
    ];
    const more = [
      "held by",
      "reachable from",
      "refers to",
      "garbage",
      "list",
      '"',
      "\\",
      "[",
      ".",
      "é",
      "\u{1f600}",
      "0x",
    ];
    let valid = 0;
    for (let round = 0; round < 4000; round++) {
      const length = 1 + random(7);
      const expression = Array.from({ length }, () => [...words, ...more][random(words.length + more.length)]).join(
        " ",
      );
      try {
        evaluateQuery(graph, dominators, parseQuery(expression));
        valid++;
      } catch (error) {
        if (!(error instanceof QueryError)) throw new Error(`${expression}: ${error}`);
        expect(error.at).toBeLessThanOrEqual(expression.length);
      }
    }
    expect(valid).toBeGreaterThan(20);
  });
});
