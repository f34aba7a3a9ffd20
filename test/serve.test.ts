// pyheap/serve: read by Go's pprof and scraped by Prometheus, both from Debian; and what it refuses.

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { Heap } from "../src/index.js";
import { prometheusText } from "../src/profiles.js";
import { type ProfileServer, serveProfiles } from "../src/serve.js";
import { debianProgram, goPackage } from "./c/debian.js";
import { freePort } from "./free-port.js";
import { hasApt, ROOT } from "./needs.js";
import { startPython } from "./python/start.js";

const PPROF = "./usr/lib/go-*/pkg/tool/*/pprof";
const goPprof = () => debianProgram(goPackage(), PPROF);

/** What Go's pprof prints. */
async function pprof(...words: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
  const env = { ...process.env, PPROF_TMPDIR: folder, HOME: folder };
  return (await promisify(execFile)(goPprof(), words, { env })).stdout;
}

/** The status and the text of a request with headers that fetch would not send. */
function ask(url: string, headers: Record<string, string>, method = "GET"): Promise<{ status: number; text: string }> {
  return new Promise((done, fail) => {
    request(url, { headers, method }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => done({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    })
      .once("error", fail)
      .end();
  });
}

/** The values of a profile by sample type, in total. */
async function sums(url: string): Promise<Record<string, number>> {
  const answer = await fetch(url);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
  const profile = Profile.decode(gunzipSync(Buffer.from(await answer.arrayBuffer())));
  const names = profile.sampleType.map(({ type }) => profile.stringTable.strings[Number(type)] ?? "");
  // The decoder takes negative numbers for large ones.
  const signed = (value: number | bigint) => Number(BigInt.asIntN(64, BigInt(value)));
  const total = (k: number) => profile.sample.reduce((sum, { value }) => sum + signed(value[k] ?? 0), 0);
  return Object.fromEntries(names.map((name, k) => [name, total(k)]));
}

describe("serveProfiles", () => {
  let heap: Heap;
  let server: ProfileServer;

  function kept(count: number) {
    return Array.from({ length: count }, () => heap.mem.malloc(10_000));
  }
  function passing(count: number) {
    for (let k = 0; k < count; k++) heap.mem.free(heap.mem.malloc(5000));
  }

  beforeEach(async () => {
    heap = await Heap.create({ limit: 64 * 2 ** 20 });
    // A distance of one byte: each of these blocks is sampled, and stands for itself alone.
    server = await serveProfiles(heap, { sample: 1, labels: { app: 'the "app"' } });
  });

  afterEach(() => server.close());

  it("has what is live and what was allocated", async () => {
    kept(100);
    passing(200);
    const expected = { alloc_objects: 300, alloc_space: 2_000_000, inuse_objects: 100, inuse_space: 1_000_000 };
    expect(await sums(server.url("/debug/pprof/heap"))).toEqual(expected);
    expect(await sums(server.url("/debug/pprof/allocs"))).toEqual(expected);
  });

  it("has the change in some seconds", async () => {
    const before = kept(10);
    // Garbage is collected when the first of the two profiles is taken.
    const begun = new Promise((done) => heap.on("collect", done));
    const asked = sums(server.url("/debug/pprof/heap?seconds=0.1&gc=1"));
    await begun;
    for (const block of before) heap.mem.free(block);
    passing(7);
    expect(await asked).toEqual({ alloc_objects: 7, alloc_space: 35_000, inuse_objects: -10, inuse_space: -100_000 });
  });

  it("collects garbage first, if it is asked to", async () => {
    const pairs = Array.from({ length: 50 }, () => {
      const [a, b] = [heap.list(), heap.list()];
      a.append(b);
      b.append(a);
      return [a, b];
    });
    for (const each of pairs.flat()) each.release();
    const before = await sums(server.url("/debug/pprof/heap"));
    const after = await sums(server.url("/debug/pprof/heap?gc=1"));
    expect((before.inuse_objects ?? 0) - (after.inuse_objects ?? 0)).toBeGreaterThanOrEqual(100);
    const metrics = await (await fetch(server.url("/metrics"))).text();
    expect(metrics).toContain('cpython_gc_collections_total{app="the \\"app\\"",cpython_gc_generation="2"} 1\n');
  });

  it("has the account as metrics", async () => {
    kept(100);
    const answer = await fetch(server.url("/metrics"));
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await answer.text();
    const value = (name: string) => Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, "m").exec(text)?.[1]);
    const sum = (name: string) =>
      [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, "gm"))].reduce((all, [, n]) => all + Number(n), 0);
    const { account } = heap.stats();
    expect(value("pyheap_memory_committed_bytes")).toBe(account.platform);
    const parts = ["used", "free", "overhead"].map((name) => sum(`pyheap_memory_${name}_bytes`));
    expect(parts.reduce((a, b) => a + b)).toBe(account.platform);
    expect(value("pyheap_memory_limit_bytes")).toBe(64 * 2 ** 20);
    expect(value("pyheap_memory_soft_limit_bytes")).toBe(56 * 2 ** 20);
  });

  it("writes names as Prometheus allows them", () => {
    const points = [{ value: 1, attributes: { "c:d.e": "f:g" } }];
    const metric = { name: "a.b", kind: "gauge", unit: "By", description: "", points } as const;
    expect(prometheusText([metric])).toMatch(/\na_b_bytes\{c_d_e="f:g"\} 1\n$/);
  });

  describe("refuses", () => {
    const heapPath = "/debug/pprof/heap";
    const host = () => new URL(server.origin).host;

    it.each([
      ["no token", () => ask(`${server.origin}${heapPath}`, {}), 403, /token is missing or wrong/],
      ["another token", () => ask(`${server.origin}${heapPath}?token=x`, {}), 403, /token is missing or wrong/],
      ["another host", () => ask(server.url(heapPath), { host: "evil.example" }), 403, /no name evil\.example/],
      [
        "another origin",
        () => ask(server.url(heapPath), { host: host(), origin: "https://evil.example" }),
        403,
        /Pages of https:\/\/evil\.example may not read this/,
      ],
      ["the origin null", () => ask(server.url(heapPath), { origin: "null" }), 403, /Pages of null may not read this/],
      ["other methods", () => ask(server.url(heapPath), {}, "POST"), 405, /Only GET/],
      ["other paths", () => ask(server.url("/"), {}), 404, /nothing at \/\. There is:\n\/debug\/pprof\/heap/],
      ["a negative time", () => ask(server.url(`${heapPath}?seconds=-1`), {}), 400, /from 0 to 600/],
      ["no number", () => ask(server.url(`${heapPath}?seconds=x`), {}), 400, /seconds=x is not a number/],
      ["the form for people", () => ask(server.url(`${heapPath}?debug=1`), {}), 400, /debug=0/],
    ] as const)("%s", async (_, send, status, text) => {
      const answer = await send();
      expect(answer.status).toBe(status);
      expect(answer.text).toMatch(text);
    });

    it("an empty token, and a heap that is being recorded", async () => {
      await expect(serveProfiles(await Heap.create(), { token: "" })).rejects.toThrow("an empty token");
      await expect(serveProfiles(heap)).rejects.toThrow("a recording is under way");
    });

    it("a port that is taken, and leaves the heap free for another recording", async () => {
      const other = await Heap.create();
      await expect(serveProfiles(other, { port: Number(new URL(server.origin).port) })).rejects.toThrow("EADDRINUSE");
      expect(other.isTracing).toBe(false);
    });
  });

  it("takes the token in a header, and forwarded ports", async () => {
    const authorization = `Bearer ${server.token}`;
    const { status } = await ask(`${server.origin}/debug/pprof/`, { authorization, host: "localhost:9999" });
    expect(status).toBe(200);
  });

  it("ends the sampling when it is closed", () => {
    server.close();
    expect(heap.isTracing).toBe(false);
    server.close();
  });
});

describe.skipIf(!hasApt)("the engines of a fleet", () => {
  const ends: (() => void)[] = [];
  afterAll(() => {
    for (const end of ends) end();
  });

  it("Go's pprof shows a Python program's live memory by function", async () => {
    const { pyodide, heap } = await startPython();
    const server = await serveProfiles(heap, { sample: 1 });
    ends.push(() => server.close());
    pyodide.runPython("def load():\n    return [bytes(100_000) for _ in range(50)]\nkept = load()");
    const top = await pprof("-top", "-unit=B", server.url("/debug/pprof/heap"));
    expect(top).toMatch(/^File: heap\nType: inuse_space/m);
    const [, flat] = /^ *(\d+)B +\S+ +\S+ +\d+B +\S+ +load <exec>$/m.exec(top) ?? [];
    // 50 blocks of 100,000 bytes with a header each, and the list.
    expect(Number(flat)).toBeGreaterThan(5_000_000);
    expect(Number(flat)).toBeLessThan(5_010_000);
    expect(await pprof("-top", server.url("/debug/pprof/allocs"))).toMatch(/Type: alloc_space/);
  });

  it("Prometheus scrapes the metrics, and its alert on the soft limit fires", async () => {
    const heap = await Heap.create({ limit: 64 * 2 ** 20 });
    const server = await serveProfiles(heap, { token: "t0ken" });
    ends.push(() => server.close());
    heap.policy = undefined;
    heap.softLimit = 2 ** 20;
    heap.mem.malloc(4 * 2 ** 20);
    const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
    const [scrape = "", rules = ""] = [
      ...readFileSync(join(ROOT, "docs/fleets.md"), "utf8").matchAll(/```yaml\n([\s\S]*?)```/g),
    ].map(([, text]) => text ?? "");
    const target = new URL(server.origin).host;
    const own = "global: { scrape_interval: 1s, evaluation_interval: 1s }\nrule_files: [rules.yml]\n";
    writeFileSync(join(folder, "rules.yml"), rules);
    writeFileSync(
      join(folder, "prometheus.yml"),
      own + scrape.replace("127.0.0.1:6060", target).replace("TOKEN", "t0ken"),
    );
    const engine = debianProgram("prometheus", "./usr/bin/prometheus");
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      engine,
      ["--config.file=prometheus.yml", "--storage.tsdb.path=data", `--web.listen-address=${address}`],
      { cwd: folder, stdio: "ignore" },
    );
    ends.push(() => child.kill("SIGKILL"));
    const get = async <T>(path: string): Promise<T | undefined> => {
      try {
        return ((await (await fetch(`http://${address}/api/v1/${path}`)).json()) as { data: T }).data;
      } catch {
        return undefined;
      }
    };
    interface Found {
      readonly result: readonly { readonly value: readonly [number, string] }[];
    }
    const used = 'query?query=pyheap_memory_used_bytes{pyheap_domain="mem"}';
    await expect
      .poll(async () => (await get<Found>(used))?.result[0]?.value[1], { timeout: 60_000 })
      .toMatch(/^41943\d\d$/);
    const alerts = async () =>
      (await get<{ alerts: readonly { labels: { alertname: string }; state: string }[] }>("alerts"))?.alerts.map(
        ({ labels, state }) => `${labels.alertname} ${state}`,
      );
    await expect.poll(alerts, { timeout: 60_000 }).toEqual(["HeapAboveSoftLimit pending"]);
  });
});
