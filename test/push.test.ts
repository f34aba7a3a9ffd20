// pushProfiles: what a server gets, what happens when it does not answer, and that sums over many pages are not biased.

import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Address, Heap } from "../src/index.js";
import { fitting } from "../src/profiles/fitting.js";
import { ContinuousProfile, type PushOptions, pushProfiles } from "../src/profiles.js";
import { nodesOf } from "../src/report/export/stacks.js";
import { randomIntegers, SEED } from "./random.js";

interface Received {
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  readonly body: Blob;
}

/** The form of a message to Pyroscope. */
async function formOf({ body, headers }: Received): Promise<FormData> {
  return new Response(body, { headers: { "content-type": headers["content-type"] ?? "" } }).formData();
}

async function pprofIn(form: FormData): Promise<Profile> {
  return Profile.decode(gunzipSync(Buffer.from(await (form.get("profile") as File).arrayBuffer())));
}

/** The sums of a profile by innermost function: each list has them in the order of the profile's values. */
function byFunction({
  sample,
  location,
  function: functions,
  stringTable: { strings },
}: Profile): Map<string, number[]> {
  const names = new Map(functions.map(({ id, name }) => [id, strings[Number(name)] ?? ""]));
  const places = new Map(location.map(({ id, line }) => [id, names.get(line[0]?.functionId ?? 0) ?? ""]));
  const sums = new Map<string, number[]>();
  for (const { locationId, value } of sample) {
    const name = (places.get(locationId[0] ?? 0) ?? "").replace(/ .*/, "");
    sums.set(
      name,
      value.map((each, k) => Number(each) + (sums.get(name)?.[k] ?? 0)),
    );
  }
  return sums;
}

describe("pushProfiles", () => {
  let server: Server;
  let url: string;
  let status = 200;
  let received: Received[] = [];
  let heap: Heap;

  function load(count: number): Address[] {
    const blocks: Address[] = [];
    for (let k = 0; k < count; k++) blocks.push(heap.mem.malloc(10_000));
    return blocks;
  }

  beforeEach(async () => {
    received = [];
    status = 200;
    heap = await Heap.create();
    server = createServer(async (request, response) => {
      const parts: Uint8Array<ArrayBuffer>[] = [];
      for await (const part of request) parts.push(part);
      received.push({
        url: new URL(request.url ?? "", "http://server"),
        headers: request.headers,
        body: new Blob(parts),
      });
      response.writeHead(status).end();
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const begin = (options: Partial<PushOptions> = {}) => pushProfiles(heap, { url, sample: 1, every: 3600, ...options });

  it("sends Pyroscope what was allocated since the last message, and what is live", async () => {
    const labels = { service_name: "check out", region: "eu", bad: "a,b}" };
    const pusher = begin({ labels, headers: { authorization: "Bearer x" } });
    const blocks = load(10);
    await pusher.push();
    for (const block of blocks.splice(0, 4)) heap.mem.free(block);
    load(1);
    await pusher.push();
    await pusher.stop();
    expect(heap.isTracing).toBe(false);
    expect(received).toHaveLength(3);
    const [first] = received as [Received];
    expect(first.url.pathname).toBe("/ingest");
    expect(first.headers.authorization).toBe("Bearer x");
    const { from, until, ...rest } = Object.fromEntries(first.url.searchParams);
    expect(rest).toEqual({ name: "check_out{region=eu,bad=a_b_}", format: "pprof", spyName: "pyheap" });
    expect(Number(until)).toBeGreaterThanOrEqual(Number(from));
    const forms = await Promise.all(received.map(formOf));
    const [form] = forms as [FormData];
    const types = JSON.parse(await (form.get("sample_type_config") as File).text());
    const profiles = await Promise.all(forms.map(pprofIn));
    const { sampleType, stringTable } = profiles[0] as Profile;
    expect(sampleType.map(({ type }) => stringTable.strings[Number(type)])).toEqual(Object.keys(types));
    expect(profiles.map((profile) => byFunction(profile).get("load"))).toEqual([
      [10, 100_000, 10, 100_000],
      [1, 10_000, 7, 70_000],
      [0, 0, 7, 70_000],
    ]);
  });

  it("sends what did not arrive once more", async () => {
    const errors: unknown[] = [];
    const pusher = begin({ onError: (error) => errors.push(error) });
    load(3);
    status = 503;
    await pusher.push();
    expect(String(errors)).toBe(`Error: ${url}/ingest answered 503`);
    load(2);
    status = 200;
    await pusher.push();
    const last = await pprofIn(await formOf(received.at(-1) as Received));
    expect(byFunction(last).get("load")).toEqual([5, 50_000, 5, 50_000]);
    await pusher.stop();
  });

  it("sends OpenTelemetry's collectors metrics and profiles", async () => {
    const pusher = begin({ protocol: "otlp", labels: { service_name: "app", region: "eu" } });
    load(10);
    await pusher.push();
    expect(received.map(({ url: { pathname } }) => pathname)).toEqual(["/v1/metrics", "/v1development/profiles"]);
    const [metrics, profiles] = await Promise.all(received.map(async ({ body }) => JSON.parse(await body.text())));
    const { resource, scopeMetrics } = metrics.resourceMetrics[0];
    expect(resource.attributes).toEqual(
      expect.arrayContaining([
        { key: "service.name", value: { stringValue: "app" } },
        { key: "region", value: { stringValue: "eu" } },
      ]),
    );
    const used = scopeMetrics[0].metrics.find(({ name }: { name: string }) => name === "pyheap.memory.used");
    const inMem = used.gauge.dataPoints.find(
      ({ attributes }: { attributes: { value: { stringValue: string } }[] }) =>
        attributes[0]?.value.stringValue === "mem",
    );
    expect(Number(inMem.asInt)).toBe(heap.stats().account.live.mem);
    const { stringTable, functionTable, locationTable, stackTable } = profiles.dictionary;
    const each = profiles.resourceProfiles[0].scopeProfiles[0].profiles as {
      sampleType: { typeStrindex: number };
      samples: { stackIndex: number; values: string[] }[];
    }[];
    const told = each.map(({ sampleType, samples }) => [
      stringTable[sampleType.typeStrindex],
      samples.map(({ stackIndex, values }) => {
        const place = locationTable[stackTable[stackIndex].locationIndices[0]];
        return `${stringTable[functionTable[place.lines[0].functionIndex].nameStrindex]} ${values}`;
      }),
    ]);
    expect(told).toEqual([
      ["alloc_objects", ["load 10"]],
      ["alloc_space", ["load 100000"]],
      ["inuse_objects", ["load 10"]],
      ["inuse_space", ["load 100000"]],
    ]);
    await pusher.stop();
  });

  it("shortens stacks until a message is small enough, and keeps the sums", async () => {
    const deep = (depth: number): number => (depth === 0 ? heap.mem.malloc(100) : deep(depth - 1));
    const profile = new ContinuousProfile(heap, { sample: 1 });
    for (let k = 0; k < 20; k++) deep(k);
    const whole = profile.now();
    profile.stop();
    const encode = (each: typeof whole) => ({
      each,
      size: each.stacks.reduce((n, { node }) => n + [...nodesOf(whole.tree, node)].length, 0),
    });
    const { each, size } = fitting(whole, 60, encode);
    expect(encode(whole).size).toBeGreaterThan(60);
    expect(size).toBeLessThanOrEqual(60);
    expect(each.stacks.reduce((sum, { allocBytes }) => sum + allocBytes, 0)).toBe(2000);
    expect(fitting(whole, 0, encode).each.stacks).toHaveLength(1);
  });

  it("refuses a share of 0 and a negative time", () => {
    expect(() => begin({ share: 0 })).toThrow("share: 0 is not a share");
    expect(() => begin({ every: -1 })).toThrow("every: -1 is not a number of seconds");
    expect(heap.isTracing).toBe(false);
  });

  // Each page allocates, in two functions, other sizes and numbers of blocks than the others; a fifth of the pages records.
  // The rounding is what is most easily wrong: each page has few samples, and a large block stands for 1.6 blocks.
  it(`is right on average over 10,000 pages (seed ${SEED})`, async () => {
    const PAGES = 10_000;
    const SHARE = 0.2;
    const random = randomIntegers(SEED);
    vi.spyOn(Math, "random").mockImplementation(() => random(2 ** 31) / 2 ** 31);
    const pages: Map<string, number[]>[] = [];
    vi.stubGlobal("fetch", async (_: string, { body }: { body: FormData }) => {
      pages.push(byFunction(await pprofIn(body)));
      return { ok: true, status: 200 };
    });
    const truth: Record<string, number[]> = { small: [0, 0, 0, 0], large: [0, 0, 0, 0] };
    const note = (name: string, size: number, stays: boolean) => {
      const sums = truth[name] as number[];
      for (const [k, value] of [1, size, stays ? 1 : 0, stays ? size : 0].entries()) sums[k] = (sums[k] ?? 0) + value;
    };
    const kept: Address[] = [];
    const keep = (block: Address, stays: boolean) => (stays ? void kept.push(block) : heap.mem.free(block));
    function small(size: number, stays: boolean) {
      note("small", size, stays);
      keep(heap.mem.malloc(size), stays);
    }
    function large(size: number, stays: boolean) {
      note("large", size, stays);
      keep(heap.mem.malloc(size), stays);
    }
    try {
      for (let page = 0; page < PAGES; page++) {
        const pusher = begin({ sample: 4096, share: SHARE, seed: random(2 ** 31) });
        const count = random(6);
        for (let k = 0; k < count; k++) small(8 + random(200), random(2) === 0);
        // A block of this size stands for about 1.6 blocks.
        if (random(2) === 0) large(3700 + random(400), random(4) > 0);
        await pusher.stop();
        for (const block of kept.splice(0)) heap.mem.free(block);
      }
    } finally {
      vi.restoreAllMocks();
      vi.unstubAllGlobals();
    }
    expect(Math.abs(pages.length - PAGES * SHARE)).toBeLessThan(6 * Math.sqrt(PAGES * SHARE * (1 - SHARE)));
    for (const [name, values] of Object.entries(truth)) {
      for (const [k, value] of values.entries()) {
        // Pages that did not record, or sent nothing of the function, sent 0.
        const sent = pages.map((sums) => sums.get(name)?.[k] ?? 0);
        const sum = sent.reduce((a, b) => a + b, 0);
        const squares = sent.reduce((a, b) => a + b * b, 0);
        const deviation = Math.sqrt(squares - sum ** 2 / PAGES);
        // The mean of so many pages is distributed normally: it is five deviations away once in a million seeds. For
        // large blocks, five deviations are less than what rounding to the nearest number would add.
        expect(Math.abs(sum - value) / deviation, `${name}, value ${k}: ${sum} of ${value}`).toBeLessThan(5);
      }
    }
  });
});
