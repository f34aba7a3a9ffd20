// The page's contrast, light and dark, by the formulas of WCAG 2.2 (AA): of text to its background, and of marks to
// their neighbours.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "../../src/page/build.js";
import { withSources } from "../../src/page/sources.js";
import { Spans } from "../../src/page/spans.js";
import { flamegraphPage, snapshotsPage } from "../../src/report/flamegraph.js";
import { GraphBuilder } from "../../src/snapshot/builder.js";
import { EDGE, FLAG, NODE, type ObjectGraph } from "../../src/snapshot/graph.js";
import { MORE_ALPHA } from "../../viewer/flame/draw.js";
import { MAP_CLASSES } from "../../viewer/map/modes.js";
import { ORIGINS } from "../../viewer/words.js";
import { canBrowse } from "../needs.js";
import { launchBrowser } from "./chromium.js";
import { savePage } from "./open.js";

const SCHEMES = ["light", "dark"] as const;
const TEXT = 4.5;
const LARGE_TEXT = 3;
const MARK = 3;

type Color = readonly [red: number, green: number, blue: number, alpha: number];

/** A colour drawn over an opaque one. */
function over([r, g, b, a]: Color, [red, green, blue]: Color): Color {
  return [r * a + red * (1 - a), g * a + green * (1 - a), b * a + blue * (1 - a), 1];
}

function luminance([...color]: Color): number {
  const [r = 0, g = 0, b = 0] = color.slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: Color, b: Color): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

interface Text {
  readonly text: string;
  readonly color: Color;
  /** The backgrounds, the nearest first; the last is opaque. */
  readonly behind: readonly Color[];
  readonly isLarge: boolean;
}

/** Lists the colours of every visible text. Runs in the page. */
const TEXTS = `(() => {
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  window.colorOf = (name) => {
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.color = "var(--" + name + ")";
    const color = getComputedStyle(probe).color;
    probe.remove();
    return rgba(color);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent.trim();
    if (text === "" || element.closest("script, style, .hidden, .help, .dimmed") || !element.checkVisibility({ opacityProperty: true })) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const behind = [];
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    for (let at = element; at; at = at.parentElement) {
      const background = rgba(getComputedStyle(at).backgroundColor);
      if (background[3] > 0) behind.push(background);
      if (background[3] === 1) break;
    }
    const size = parseFloat(fontSize);
    const [r, g, b, a] = rgba(color);
    found.push({ text, color: [r, g, b, a * opacity], behind, isLarge: size >= 24 || (size >= 18.66 && fontWeight >= 700) });
  }
  return found;
})()`;

/** A heap with objects of every kind that the treemap has a colour for, and some that hold each other. */
function graphWith(points: number): ObjectGraph {
  const graph = new GraphBuilder();
  const number = (text: string) => graph.strings.number(text);
  const root = graph.group("(root)");
  const modules = graph.group("(modules)");
  graph.groupEdge(root, modules, "(modules)");
  const kinds = [
    ["dict", "", 9000, NODE.object],
    ["function", "load", 9000, NODE.object],
    ["str", "a text", 9000, NODE.string],
    ["app.Lost", "", 9000, NODE.object],
    ["(raw domain)", "", 9000, NODE.memory],
    ["(frame)", "load (app.py)", 0, NODE.frame],
  ] as const;
  const add = (type: string, kind: number) => graph.node(kind, number(type), 4096 + 16 * graph.nodeCount);
  const nodes = kinds.map(([type, , , kind]) => add(type, kind));
  const held = Array.from({ length: points }, () => add("app.Point", NODE.object));
  for (const [k, node] of nodes.entries()) graph.groupEdge(modules, node, `['name ${k}']`, EDGE.key);
  for (const [k, node] of nodes.entries()) {
    const [, value, size] = kinds[k] as (typeof kinds)[number];
    graph.begin(node);
    graph.describe(node, size, number(value));
    if (k === 3) graph.flag(node, FLAG.garbage);
    if (k === 0) for (const point of held) graph.edge(EDGE.attribute, number("point"), point);
  }
  for (const point of held) {
    graph.begin(point);
    graph.describe(point, 2000, 0);
    graph.edge(EDGE.weak, number("(weak)"), nodes[0] as number);
  }
  return graph.finish();
}

async function snapshotsFile(): Promise<string> {
  const snapshots = [20, 30].map((points, k) => ({ name: `snapshot ${k}`, graph: graphWith(points) }));
  return savePage("app.objects.html", await snapshotsPage(snapshots));
}

async function pageFile(): Promise<string> {
  const spans = new Spans();
  const files = [
    "app.py",
    "/lib/python3.14/site-packages/pack.py",
    "/lib/python3.14/json.py",
    "<frozen importlib._bootstrap>",
  ];
  spans.allocate(8, 5000, 2, 0);
  spans.program();
  files.forEach((file, k) => {
    spans.function({ name: `function_${k}`, file, firstLine: 1 });
    spans.node(k, k + 1, 2);
    spans.allocate(16 + 8192 * k, 3000, k % 3, k + 1);
    spans.time(1000 * (k + 1));
  });
  spans.time(100_000);
  const data = buildPage(spans, {
    command: ["app.py"],
    started: "",
    python: "3.14.2",
    sample: 0,
    problem: "Block 3 is broken",
  });
  const withLines = withSources(data, (file) =>
    file === "app.py" ? ["def function_0():", "    return load()", "", "x = 1"] : [],
  );
  return savePage("app.html", await flamegraphPage(withLines));
}

/** Drawn marks, by the names of their colours, each with its background. */
const MARKS: readonly (readonly [mark: string, on: string])[] = [
  ...["live", "reserved", "collection", "muted", "accent", "ink"].map((mark) => [mark, "surface"] as const),
  ["live", "sunken"],
  ["edge", "surface"],
  ...["root", ...ORIGINS].map((origin) => [`frame-edge-${origin}`, "surface"] as const),
  ["found", "surface"],
  ...Object.values(MAP_CLASSES).flatMap((classes) => classes.map(({ color }) => [color, "map-free"] as const)),
  ["map-other", "map-free"],
  ...["escaped", "overhead", "free-0", "free-1", "free-2"].map((part) => [`part-${part}`, "surface"] as const),
];

describe.runIf(canBrowse)("contrast", () => {
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    address = await pageFile();
    browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
  });

  async function open(colorScheme: (typeof SCHEMES)[number], at = address): Promise<Page> {
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      colorScheme,
      reducedMotion: "reduce",
    });
    await page.goto(at);
    await page.waitForSelector("html[data-ready=yes]");
    return page;
  }

  /** Adds the visible texts whose contrast is too low. */
  async function addLow(page: Page, low: Set<string>): Promise<void> {
    const texts = (await page.evaluate(TEXTS)) as Text[];
    expect(texts.length).toBeGreaterThan(30);
    for (const { text, color, behind, isLarge } of texts) {
      const ground = [...behind].reverse().reduce((below, layer) => over(layer, below));
      const found = contrast(over(color, ground), ground);
      if (found < (isLarge ? LARGE_TEXT : TEXT)) low.add(`${text}: ${found.toFixed(2)}`);
    }
  }

  it.each(SCHEMES)("of every text of the page of snapshots is enough: %s", async (scheme) => {
    const page = await open(scheme, await snapshotsFile());
    const low = new Set<string>();
    const look = () => addLow(page, low);
    await look();
    await page.locator("#panel-compare .link").first().click();
    await look();
    await page.locator("#tab-types").click();
    await page.getByRole("button", { name: "app.Lost" }).click();
    await look();
    await page.getByRole("complementary").locator(".calls .link").first().click();
    await look();
    await page.locator("#tab-largest").click();
    await page.locator(".treemap").hover({ position: { x: 60, y: 100 } });
    await look();
    await page.locator("input[type=search]").fill("Point");
    await expect.poll(() => page.locator(".piece.found").count()).toBeGreaterThan(0);
    await look();
    const kinds = await page
      .locator(".piece")
      .evaluateAll((pieces) => pieces.map(({ className }) => /kind-(\w+)/.exec(className)?.[1]));
    expect(new Set(kinds)).toEqual(new Set(["instance", "container", "data", "code", "memory", "group"]));
    expect([...low]).toEqual([]);
    await page.close();
  });

  it.each(SCHEMES)("of every text is enough: %s", async (scheme) => {
    const page = await open(scheme);
    const low = new Set<string>();
    const look = () => addLow(page, low);
    await page.locator(".flame-scroller").click({ position: { x: 60, y: 36 } });
    for (const tab of ["flame", "table", "map", "sizes"]) {
      await page.locator(`#tab-${tab}`).click();
      await look();
    }
    await page.locator("#tab-flame").click();
    await page.getByRole("button", { name: "Import machinery" }).click();
    await page.getByRole("button", { name: "Interpreter's start" }).click();
    await page.locator(".flame-scroller").hover({ position: { x: 60, y: 36 } });
    await look();
    expect([...low]).toEqual([]);
    await page.close();
  });

  it.each(SCHEMES)("of what is drawn is enough: %s", async (scheme) => {
    const page = await open(scheme);
    await page.evaluate(TEXTS);
    const color = (name: string) => page.evaluate(`colorOf(${JSON.stringify(name)})`) as Promise<Color>;
    const low: string[] = [];
    const check = (what: string, a: Color, b: Color, least: number) => {
      const found = contrast(a, b);
      if (!(found >= least)) low.push(`${what}: ${found.toFixed(2)}, not ${least}`);
    };
    for (const [mark, on] of MARKS) check(`${mark} on ${on}`, await color(mark), await color(on), MARK);
    const [surface, ink] = [await color("surface"), await color("frame-ink")];
    check("found-ink on found", await color("found-ink"), await color("found"), TEXT);
    check("collection on what is live", await color("collection"), over(await color("live-fill"), surface), MARK);
    check("ink on what is live", await color("ink"), over(await color("live-fill"), surface), TEXT);
    for (const origin of ["root", ...ORIGINS]) {
      const fill = await color(`frame-${origin}`);
      check(`frame-ink on ${origin}`, ink, fill, TEXT);
      check(`figures on ${origin}`, over([ink[0], ink[1], ink[2], MORE_ALPHA], fill), fill, TEXT);
    }
    // The chosen square has a line in each of two colours: one of them is seen on any square.
    const [light, dark] = [await color("surface"), await color("ink")];
    for (const name of [
      "map-free",
      ...Object.values(MAP_CLASSES).flatMap((classes) => classes.map((of) => of.color)),
    ]) {
      const square = await color(name);
      const found = Math.max(contrast(light, square), contrast(dark, square));
      if (!(found >= MARK)) low.push(`the chosen square's line on ${name}: ${found.toFixed(2)}, not ${MARK}`);
    }
    expect(low).toEqual([]);
    await page.close();
  });
});
