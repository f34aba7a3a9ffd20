// A heap snapshot in Chromium's DevTools: the classes, who retains an object, the retained sizes of a program whose
// objects are known, and where they were allocated. Screenshots go to build/screenshots/ if SCREENSHOTS is set.

import { copyFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canBrowse } from "../needs.js";
import { startPython } from "../python/start.js";
import { launchChromium } from "./chromium.js";
import { MemoryPanel } from "./devtools.js";
import { shoot } from "./windows.js";

const LEAVES = 40;
const DATA = 9000;
const PROGRAM = `
class Leaf:
    __slots__ = ("data", "shared")
    def __init__(self, shared):
        self.data = bytes(${DATA})
        self.shared = shared
class Tree:
    def __init__(self):
        shared = bytearray(50_000)
        self.leaves = [Leaf(shared) for _ in range(${LEAVES})]
tree = Tree()
`;
/** What the heap may add to an object: a header, and up to the next size of a block. */
const MOST_ADDED = 48;

describe.runIf(canBrowse)("Chromium's DevTools", () => {
  let browser: Browser;
  let panel: MemoryPanel;
  const file = join(mkdtempSync(join(tmpdir(), "pyheap-")), "known.heapsnapshot");

  beforeAll(async () => {
    const { heap, pyodide } = await startPython();
    const pieces: Uint8Array[] = [];
    const recorder = heap.trace({ write: (bytes) => pieces.push(bytes.slice()), readBack: () => pieces });
    pyodide.runPython(PROGRAM, { filename: "known.py" });
    heap.snapshot({ file });
    recorder.stop();
    browser = await launchChromium();
    panel = await MemoryPanel.open(browser, file);
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
  });

  it("lists the classes, with counts and sizes", async () => {
    const [leaves, ...others] = await panel.types("__main__.Leaf");
    expect(others).toEqual([]);
    expect(leaves?.name).toBe(`__main__.Leaf×${LEAVES}`);
    // All leaves hold the bytearray together, so none of them retains it.
    expect(leaves?.own).toBeLessThan(LEAVES * MOST_ADDED);
    expect(leaves?.retained).toBeGreaterThan(LEAVES * DATA);
    expect(leaves?.retained).toBeLessThan(LEAVES * (DATA + 2 * MOST_ADDED));
    const [tree] = await panel.types("__main__.Tree");
    expect(tree?.name).toBe("__main__.Tree");
    expect(tree?.retained).toBeGreaterThan(LEAVES * DATA + 50_000);
    expect(tree?.retained).toBeLessThan(LEAVES * (DATA + 2 * MOST_ADDED) + 52_000);
  });

  it("shows who retains an object, up to the modules", async () => {
    await panel.types("__main__.Leaf");
    const { object, retainers } = await panel.firstOf("__main__.Leaf");
    expect(object.name).toMatch(/^__main__\.Leaf ?@\d+$/);
    expect(Math.abs(object.retained - DATA)).toBeLessThan(2 * MOST_ADDED + 50);
    expect(retainers.slice(0, 4).map(({ name }) => name.replace(/ ?@\d+$/, ""))).toEqual([
      expect.stringMatching(/^\[\d+\] ?in ?list$/),
      expect.stringMatching(/^leaves ?in ?__main__\.Tree$/),
      expect.stringMatching(/^\['tree'\] ?in ?dict$/),
      expect.stringMatching(/^__dict__ ?in ?module$/),
    ]);
    const [list, tree] = retainers;
    expect([list?.distance, tree?.distance]).toEqual([object.distance - 1, object.distance - 2]);
    await shoot(panel.page, "devtools-snapshot");
  });

  it("shows where an object was allocated", async () => {
    const timeline = file.replace(".heapsnapshot", ".heaptimeline");
    copyFileSync(file, timeline);
    await panel.page.close();
    panel = await MemoryPanel.open(browser, timeline);
    await panel.types("__main__.Leaf");
    await panel.firstOf("__main__.Leaf");
    const [init, outer] = await panel.allocationStack();
    // The list of the leaves is made in line 10, by Tree.__init__, which line 11 calls.
    expect(init).toMatch(/^Tree\.__init__.*known\.py:10$/);
    expect(outer).toMatch(/^<module>.*known\.py:11$/);
    await shoot(panel.page, "devtools-stack");
  });
});
