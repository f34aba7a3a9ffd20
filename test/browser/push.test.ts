// pushProfiles in a page of Chromium that is closed: what is left is sent at its end.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { Profile } from "pprof-format";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canBrowse, ROOT } from "../needs.js";
import { launchChromium } from "./chromium.js";
import { type Served, servePages } from "./served.js";

const PROGRAM = `
import { Heap } from "./dist/index.js";
import { pushProfiles } from "./dist/profiles.js";
const heap = await Heap.create();
globalThis.fill = function fill(count) { for (let k = 0; k < count; k++) heap.mem.malloc(10_000); };
globalThis.pusher = pushProfiles(heap, { url: location.origin, labels: { service_name: "shop" }, sample: 1, every: 3600 });
fill(5);
document.body.dataset.ready = "yes";`;

describe.runIf(canBrowse)("pushProfiles in a page", () => {
  let pages: Served;
  let server: Server;
  let browser: Browser;
  const received: { path: string; type: string; body: Uint8Array<ArrayBuffer> }[] = [];

  beforeAll(async () => {
    const { outputFiles } = await build({
      ...{ stdin: { contents: PROGRAM, resolveDir: ROOT }, external: ["node:*"] },
      ...{ bundle: true, write: false, format: "esm", target: "es2022" },
    });
    pages = await servePages({ "/push": outputFiles[0]?.text ?? "" });
    // The page's own server also takes the profiles: the page's policy allows connections to that one only.
    server = createServer(async (request, response) => {
      if (request.method === "POST") {
        const parts: Uint8Array<ArrayBuffer>[] = [];
        for await (const part of request) parts.push(part);
        const body = new Uint8Array(await new Blob(parts).arrayBuffer());
        received.push({ path: request.url ?? "", type: request.headers["content-type"] ?? "", body });
        response.end();
        return;
      }
      const answer = await fetch(`${pages.address}${request.url}`);
      const headers = Object.fromEntries(
        ["content-type", "content-security-policy"].flatMap((name) => {
          const value = answer.headers.get(name);
          return value === null ? [] : [[name, value]];
        }),
      );
      response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
    pages?.close();
  });

  async function allocated(k: number): Promise<number> {
    const { path, type, body } = received[k] as (typeof received)[number];
    expect(path).toMatch(/^\/ingest\?name=shop%7B%7D&from=\d+&until=\d+&format=pprof/);
    const form = await new Response(body, { headers: { "content-type": type } }).formData();
    const file = form.get("profile") as unknown as File;
    const { sample } = Profile.decode(gunzipSync(Buffer.from(await file.arrayBuffer())));
    return sample.reduce((sum, { value }) => sum + Number(value[1]), 0);
  }

  it("sends while it runs, and the rest when the page is closed", async () => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/push`);
    await page.waitForSelector("body[data-ready]", { timeout: 300_000 });
    await page.evaluate("pusher.push()");
    await expect.poll(() => allocated(0)).toBe(50_000);
    await page.evaluate("fill(3)");
    await page.close({ runBeforeUnload: true });
    await expect.poll(() => received.length, { timeout: 60_000 }).toBeGreaterThan(1);
    await expect.poll(() => allocated(1)).toBe(30_000);
  });
});
