// Heap snapshots, from the command: `pyheap run --snapshot`, `pyheap.snapshot`, and the reports on them.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pyheap as runPyheap } from "../../test/in-process.js";
import { evaluateQuery } from "../report/query.js";
import { parseQuery } from "../report/query-parse.js";
import { findDominators } from "../snapshot/dominators.js";
import { readHeapSnapshot } from "../snapshot/reader.js";
import type { TypeRow } from "../snapshot/types.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-snapshot-"));

const pyheap = (...args: string[]) => runPyheap(args, folder);

interface ObjectsReport {
  readonly objects: number;
  readonly bytes: number;
  readonly rows: readonly TypeRow[];
}

const PATIENCE = 300_000;

describe("heap snapshots", { timeout: PATIENCE }, () => {
  beforeAll(async () => {
    const program = `import json, os, pyheap
class Point:
    def __init__(self, x): self.data = bytes(1000 + x)
class Cache:
    def __init__(self): self.points = {f"p{k}": Point(k) for k in range(300)}
cache = Cache()
print(json.dumps(pyheap.snapshot("middle.heapsnapshot")))
try:
    pyheap.snapshot("nowhere/app.heapsnapshot")
except OSError as error:
    print(type(error).__name__)
class Full:
    def snapshot(write): raise OSError("the disk is full")
real, pyheap._pyheap = pyheap._pyheap, Full
try:
    pyheap.snapshot("middle.heapsnapshot")
except OSError as error:
    print(error, [name for name in os.listdir() if name.startswith("middle")])
pyheap._pyheap = real
second = [cache]
with open("foreign.txt", "w") as file: file.write("somebody's text")
try:
    pyheap.snapshot("foreign.txt")
except FileExistsError as error:
    print(error, open("foreign.txt").read())
pyheap.snapshot("foreign.txt", force=True)
print(open("foreign.txt").read(20))
pyheap.snapshot("middle.heapsnapshot")
open("foreign.txt", "w").close()
pyheap.snapshot("foreign.txt")
del cache.points["p7"]
# Garbage, which stays.
import gc
gc.disable()
class Knot: pass
knot = Knot()
knot.itself = knot
del knot
`;
    writeFileSync(join(folder, "app.py"), program);
    const { status, stdout, stderr } = await pyheap("run", "--quiet", "--snapshot", "end.heapsnapshot", "app.py");
    expect([status, stderr]).toEqual([0, ""]);
    const [sums = "", problem, failure, refusal, forced] = stdout.split("\n");
    expect(JSON.parse(sums)).toEqual({
      ...{ objects: expect.any(Number), references: expect.any(Number), bytes: expect.any(Number) },
    });
    expect([problem, failure]).toEqual(["FileNotFoundError", "the disk is full ['middle.heapsnapshot']"]);
    expect([refusal, forced]).toEqual([
      "[Errno 20] it is there already, and is not a heap snapshot; force=True overwrites it: 'foreign.txt' somebody's text",
      '{"snapshot":{"meta":',
    ]);
  });

  const objects = async (...args: string[]) =>
    JSON.parse((await pyheap("report", "objects", "--json", ...args)).stdout) as ObjectsReport;
  const points = async (file: string) => (await objects(file)).rows.find(({ name }) => name === "__main__.Point");

  it("have the objects of the moment, with what they retain", async () => {
    expect((await points("middle.heapsnapshot"))?.count).toBe(300);
    const end = await points("end.heapsnapshot");
    expect(end?.count).toBe(299);
    // Each Point holds a bytes object of at least 1,000 bytes.
    expect((end?.retained ?? 0) - (end?.own ?? 0)).toBeGreaterThan(299_000);
    expect((end?.retained ?? 0) - (end?.own ?? 0)).toBeLessThan(450_000);
  });

  it("are shown as a table, by type and by module", async () => {
    const { stdout } = await pyheap("report", "objects", "--filter", "Point|Cache", "middle.heapsnapshot");
    expect(stdout).toMatch(/^[\d,]+ objects, [\d,]+ references, \d+\.\d MiB\n/);
    expect(stdout).toMatch(/^ +300 +[\d.]+ KiB +<?\d+ % +[\d.]+ KiB {2}__main__\.Point$/m);
    const { rows, bytes } = await objects("--by", "module", "end.heapsnapshot");
    // The module holds the Points, the Cache, and objects of the command itself.
    expect([300, 301, 302]).toContain(rows.find(({ name }) => name === "__main__")?.count);
    expect(rows.reduce((sum, { own }) => sum + own, 0)).toBe(bytes);
  });

  it("tell who holds the objects of a type, one object, and the largest ones", async () => {
    const ofType = (await pyheap("report", "retainers", "--type", "Point", "end.heapsnapshot")).stdout;
    expect(ofType).toMatch(/^299 objects of Point, /);
    expect(ofType).toMatch(/^ +299 +[\d.]+ KiB {2}sys\.modules\['__main__'\]\.cache\.points\[…\]$/m);
    const [first] = JSON.parse(
      (await pyheap("report", "retainers", "--largest", "40", "--json", "end.heapsnapshot")).stdout,
    ).filter(({ type }: { type: string }) => type === "__main__.Cache");
    expect(first.path).toBe("sys.modules['__main__'].cache");
    const byId = (await pyheap("report", "retainers", "--id", `0x${first.id.toString(16)}`, "end.heapsnapshot")).stdout;
    expect(byId).toMatch(/^__main__\.Cache 0x[\da-f]+, own \d+ B, retains [\d.]+ KiB\n/);
    expect(byId).toMatch(
      /\['cache'\] {2}__main__\.Cache 0x[\da-f]+\n\nheld by 1 more reference\n {2}sys\.modules\['__main__'\]\.second\[0\]\n$/,
    );
    const [all] = JSON.parse(
      (await pyheap("report", "retainers", "--id", `${first.id}`, "--json", "end.heapsnapshot")).stdout,
    );
    expect(all).toEqual({ ...first, paths: [first.path, "sys.modules['__main__'].second[0]"] });
  });

  it("have a tree of dominators", async () => {
    const { stdout } = await pyheap("report", "dominators", "--rows", "40", "--min-percent", "1%", "end.heapsnapshot");
    expect(stdout).toMatch(/^ +[\d.]+ MiB +100 % {2}\(root\)/);
    expect(stdout).toMatch(/^ +[\d.]+ KiB +\d+ % {2} +\.cache {2}__main__\.Cache 0x[\da-f]+ {2}own \d+ B$/m);
    const json = JSON.parse(
      (await pyheap("report", "dominators", "--json", "--depth", "1", "end.heapsnapshot")).stdout,
    );
    expect(json).toMatchObject({ type: "(root)", own: 0, retained: (await objects("end.heapsnapshot")).bytes });
    expect(json.below[0]).toMatchObject({ below: [], more: { count: 0 } });
    expect(json.below[0].retained).toBeGreaterThanOrEqual(json.below[1].retained);
  });

  it("are compared: what is new, what is gone, and who holds it", async () => {
    const program = `import pyheap
class Job:
    def __init__(self): self.data = bytes(500)
jobs, done = [], []
for name, count in ("a", 100), ("b", 50), ("c", 70):
    jobs.extend(Job() for _ in range(count))
    done[:] = []
    pyheap.snapshot(f"{name}.heapsnapshot")
    done[:] = [jobs.pop() for _ in range(20)]
`;
    writeFileSync(join(folder, "jobs.py"), program);
    expect((await pyheap("run", "--quiet", "jobs.py")).stderr).toBe("");
    const diff = JSON.parse(
      (await pyheap("report", "diff-objects", "--json", "a.heapsnapshot", "b.heapsnapshot")).stdout,
    );
    const change = diff.types.find(({ name }: { name: string }) => name === "__main__.Job");
    // After the first snapshot, 20 of these objects were freed, and 50 were made.
    expect(change.newCount - change.goneCount).toBe(30);
    expect(diff.held.map(({ path }: { path: string }) => path)).toContain("thread 1: <module> (jobs.py:8) jobs[…]");
    expect((await pyheap("report", "diff-objects", "a.heapsnapshot", "b.heapsnapshot")).stdout).toMatch(
      /^ +\d+ +[\d.]+ K?i?B +\d+ +[\d.]+ K?i?B +\+[\d.]+ K?i?B {2}__main__\.Job$/m,
    );
    const filtered = ["report", "diff-objects", "--filter", "Job$", "--json", "a.heapsnapshot", "b.heapsnapshot"];
    const jobs = JSON.parse((await pyheap(...filtered)).stdout);
    expect(jobs.types).toEqual([change]);
    expect(jobs.held.reduce((sum: number, held: { count: number }) => sum + held.count, 0)).toBe(change.newCount);
    const leaks = ["a", "b", "c"].map((name) => `${name}.heapsnapshot`);
    const grown = JSON.parse((await pyheap("report", "leaks-objects", "--json", ...leaks)).stdout);
    const job = grown.find(({ type }: { type: string }) => type === "__main__.Job");
    expect(job.held[0].path).toMatch(/jobs\[…\]$/);
    expect(job.count).toBeGreaterThanOrEqual(50);
    const none = (await pyheap("report", "leaks-objects", "--filter", "Nothing", ...leaks)).stdout;
    expect(none).toBe("No type that grew twice matches Nothing.\n");
    // 100 Jobs, then 20 fewer and 50 more, then 20 fewer and 70 more. Of the 50, at least 30 are left.
    expect(job).toMatchObject({ counts: [100, 130, 180], steps: [expect.any(Number), expect.any(Number)] });
    expect(job.steps[0] + job.steps[1]).toBe(job.count);
    expect(job.held[0].steps).toEqual(job.steps);
    expect(job.steps[0]).toBeGreaterThan(0);
    expect((await pyheap("report", "leaks-objects", ...leaks)).stdout).toMatch(
      /^__main__\.Job: 100, then 130, then 180 objects; new and still there: \d+ of the first step, \d+ of the second, /m,
    );
    const same = ["a", "a", "a"].map((name) => `${name}.heapsnapshot`);
    expect((await pyheap("report", "leaks-objects", ...same)).stdout).toBe(
      "No type has more objects in each snapshot than before.\n",
    );
  });

  it("are searched: the examples of docs/snapshots.md choose what they say", async () => {
    const page = readFileSync(new URL("../../docs/snapshots.md", import.meta.url), "utf8");
    const [, block = ""] = /```query\n([\s\S]*?)```/.exec(page) ?? [];
    // The program is a script, so its types are not those of a module `app`.
    const expressions = block
      .replaceAll("app", "__main__")
      .trim()
      .split("\n")
      .map((line) => line.split(/ {2,}/)[0] as string);
    expect(expressions.length).toBeGreaterThan(8);
    const graph = readHeapSnapshot([readFileSync(join(folder, "end.heapsnapshot"))]);
    const dominators = findDominators(graph);
    const found = expressions.map((expression) => evaluateQuery(graph, dominators, parseQuery(expression)));
    for (const [k, expression] of expressions.entries()) expect(found[k]?.length, expression).toBeGreaterThan(0);
    expect(found[0]?.length).toBe(299);
    const args = ["report", "query", "end.heapsnapshot"];
    const { stdout } = await pyheap(...args, "type == Cache");
    expect(stdout).toMatch(/^1 object, own \d+ B, retained [\d.]+ KiB\n/);
    expect(stdout).toMatch(/ KiB {2}__main__\.Cache 0x[\da-f]+ +sys\.modules\['__main__'\]\.cache$/m);
    const { count, objects } = JSON.parse((await pyheap(...args, "--json", ".points['p1'].data")).stdout);
    expect([count, objects[0].type]).toEqual([1, "__main__.Cache"]);
    expect(await pyheap(...args, 'type == Point and size > "1KiB"')).toMatchObject({
      status: 2,
      stderr: page.slice(
        page.indexOf("pyheap: Cannot read the query"),
        page.indexOf("^", page.indexOf("Cannot read the query")) + 2,
      ),
    });
    expect((await pyheap(...args, "type == Nothing")).stdout).toBe("0 objects, own 0 B, retained 0 B\n");
  });

  it("get errors that say what is wrong", async () => {
    writeFileSync(join(folder, "other.txt"), "no snapshot");
    expect(await pyheap("report", "objects", "other.txt")).toMatchObject({
      status: 2,
      stderr: 'pyheap: other.txt is not a heap snapshot, or is broken: there is no "{" at byte 0\n',
    });
    expect((await pyheap("report", "objects", "missing")).stderr).toBe(
      "pyheap: Cannot read missing: there is no such file or folder\n",
    );
    expect((await pyheap("report", "retainers", "end.heapsnapshot")).stderr).toBe(
      "pyheap: Cannot say who holds what: name one of --type, --id and --largest\n",
    );
    expect((await pyheap("report", "retainers", "--id", "abc", "end.heapsnapshot")).stderr).toContain(
      "It must be the id() of an object, such as 1505440 or 0x16f8a0.",
    );
    expect((await pyheap("report", "retainers", "--id", "3", "end.heapsnapshot")).stderr).toBe(
      "pyheap: end.heapsnapshot has no object with the id 0x3\n",
    );
    expect((await pyheap("report", "dominators", "--depth", "1000000", "end.heapsnapshot")).stderr).toContain(
      "It must be at most 500.",
    );
    expect((await pyheap("report", "objects", "--filter", "^Nothing", "end.heapsnapshot")).stdout).toMatch(
      /\n\nNo type matches \^Nothing\.\n$/,
    );
    expect((await pyheap("report", "retainers", "--type", "Nothing", "end.heapsnapshot")).stderr).toContain(
      "no object of the type",
    );
    const refused = await pyheap("run", "--snapshot", "other.txt", "app.py");
    expect(refused.stderr).toMatch(/^pyheap: Cannot write other\.txt: it is there already, and is not a heap snapshot/);
    expect(readFileSync(join(folder, "other.txt"), "utf8")).toBe("no snapshot");
    expect((await pyheap("run", "--allocator", "malloc", "--snapshot", "x.heapsnapshot", "app.py")).status).toBe(2);
  });
});
