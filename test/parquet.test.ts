// A trace as tables: DuckDB runs the queries of docs/parquet.md, and finds what the reports say.

import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { analyse } from "../src/report.js";
import { documentedQueries, openTables, type Tables } from "./duckdb.js";
import { pyheap } from "./in-process.js";
import { hasDuckdb } from "./needs.js";

const PROGRAM = `
def kept():
    return [bytes(1000 + k) for k in range(3000)]

def passing():
    for k in range(2000):
        bytes(5000)

def grow():
    b = bytearray()
    for k in range(300):
        b += bytes(1000)
    return b

a = kept()
passing()
b = grow()
passing()
del a
`;

describe.skipIf(!hasDuckdb)("export parquet", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
  let queries = new Map<string, string>();
  let tables: Tables;

  async function report(...words: string[]): Promise<string> {
    const { status, stdout, stderr } = await pyheap(["report", ...words], folder);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  }

  beforeAll(async () => {
    writeFileSync(join(folder, "app.py"), PROGRAM);
    expect((await pyheap(["run", "--quiet", "--trace", "app.trace", "app.py"], folder)).status).toBe(0);
    const { status, stderr } = await pyheap(["report", "export", "parquet", "app.trace"], folder);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^app\.parquet: recording, stacks, events, blocks; [\d,]+ events, \S+ [KM]iB\n$/);
    const exported = join(folder, "app.parquet");
    queries = documentedQueries(exported);
    tables = await openTables(exported);
  });

  afterAll(() => tables?.close());

  const ask = (sql: string) => tables.ask(sql);
  const run = (name: string) => ask(queries.get(name) ?? "");

  it("has the lines with the most at the peak, as the table has them", async () => {
    const table = (await analyse(readFileSync(join(folder, "app.trace")))).groups("line");
    const own = table.filter(({ own: { bytes } }) => bytes > 0).sort((a, b) => b.own.bytes - a.own.bytes);
    const rows = await run("peak");
    const figures = rows.map(({ function: name, line, bytes, blocks }) => `${name}:${line} ${bytes} ${blocks}`);
    const place = /^(?:app\.py:(\d+) )?(\S+|<outside Python>)$/;
    const expected = own
      .slice(0, 20)
      .map(({ label, own: { bytes, count } }) =>
        label.replace(place, (_, line = "0", name) => `${name}:${line} ${bytes} ${count}`),
      );
    expect([...figures].sort()).toEqual([...expected].sort());
    expect(figures.slice(0, 4)).toEqual(expected.slice(0, 4));
  });

  it("has the recording's own figures", async () => {
    const stats = JSON.parse(await report("stats", "app.trace", "--json")) as Record<string, number>;
    const [row] = await ask("SELECT * FROM recording");
    expect([Number(row?.peak_bytes), Number(row?.events)]).toEqual([stats.peakBytes, stats.events]);
    const [counted] = await ask("SELECT count(*) AS n FROM events");
    expect(Number(counted?.n)).toBe(Number(row?.events));
  });

  it.each([
    ["inclusive", /<module>.*kept/s],
    ["frames", /kept.*<module>/s],
    ["leaks", /grow/],
    ["temporary", /passing/],
    ["lifetimes", /passing/],
    ["sizes", /power_of_two/],
    ["rate", /"second":/],
    ["timeline", /"live":/],
  ])("answers the query %s", async (name, expected) => {
    const rows = await run(name);
    expect(JSON.stringify(rows)).toMatch(expected);
  });

  it("has what was live at a moment of the program, as the table has it", async () => {
    const [recording] = await ask("SELECT seconds, program_time, peak_time FROM recording");
    const { startSeconds, peakSeconds } = JSON.parse(await report("stats", "app.trace", "--json")) as Record<
      string,
      number
    >;
    expect(Number(recording?.program_time)).toBeCloseTo(-(startSeconds ?? 0), 6);
    const moment = Number(recording?.peak_time) - Number(recording?.program_time);
    expect(moment).toBeCloseTo(peakSeconds ?? -1, 6);
    const sql = (queries.get("moment") ?? "").replaceAll("r.program_time + 1", `r.program_time + ${moment}`);
    expect(sql).not.toBe(queries.get("moment"));
    const [first] = await ask(sql);
    expect(first?.function).toBe("kept");
  });

  it("has types as innermost frames, if they were recorded and are asked for", async () => {
    const typed = ["run", "--quiet", "--trace", "typed.trace", "--types", "app.py"];
    expect((await pyheap(typed, folder)).status).toBe(0);
    for (const [options, kept] of [
      [[], []],
      [["--by-type"], [{ type: "bytes", blocks: "3000" }]],
    ] as const) {
      const tables = join(folder, `typed${options.length}`);
      const words = ["report", "export", "parquet", "typed.trace", "-o", tables, ...options];
      expect((await pyheap(words, folder)).status).toBe(0);
      const blocks = `SELECT t.function AS type, count(*) AS blocks FROM '${tables}/blocks.parquet' b
        JOIN '${tables}/stacks.parquet' t ON t.stack = b.stack JOIN '${tables}/stacks.parquet' s ON s.stack = t.parent
        WHERE s.function = 'kept' AND t.function = 'bytes' GROUP BY t.function`;
      expect(await ask(blocks)).toEqual(kept);
    }
  });

  it("ends the timeline with what is live at the end", async () => {
    const stats = JSON.parse(await report("stats", "app.trace", "--json")) as Record<string, number>;
    expect(Number((await run("timeline")).at(-1)?.live)).toBe(stats.endBytes);
  });

  it("refuses what it can't do, and writes nothing", async () => {
    const refusal = async (...words: string[]) => {
      const { status, stderr } = await pyheap(["report", "export", "parquet", ...words], folder);
      expect(status).toBe(2);
      return stderr;
    };
    expect(await refusal("app.trace")).toMatch(/recording\.parquet: it is there already/);
    expect(await refusal("app.trace", "--from", "1", "-o", "x")).toMatch(/with --from: they have the whole trace/);
    expect(await refusal("app.trace", "-o", "-")).toMatch(/to standard output/);
    expect(await refusal("app.trace", "-o", "app.py")).toMatch(/it is a file/);
    expect(await refusal("app.py", "-o", "y")).toMatch(/is not a trace/);
    expect(await refusal("app.trace", "--by-type", "-o", "x")).toMatch(/by type: it was recorded without types/);
    expect(await refusal("app.trace", "-o", "app.py/x")).toMatch(
      /^pyheap: Cannot write app\.py\/x: a part of its path is not/,
    );
    await pyheap(["run", "--quiet", "--trace", "sums.trace", "--aggregate", "-c", "0"], folder);
    expect(await refusal("sums.trace", "-o", "z")).toMatch(/of a trace of sums/);
    for (const name of ["x", "y", "z"]) expect(existsSync(join(folder, name))).toBe(false);
    expect(statSync(join(folder, "app.py")).size).toBe(PROGRAM.length);
  });
});
