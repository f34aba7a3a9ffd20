// Who can read the page of a running program: everyone who knows its token, under any host name and port; nobody else.

import { type IncomingHttpHeaders, request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LiveProgram } from "./live.js";
import { type LiveServer, serveLive } from "./live-server.js";

const VIEWER = '<html data-theme="auto"></html>';
let server: LiveServer;
const program = new LiveProgram(["app.py"]);
/** How often a heap snapshot was asked for. */
let asked = 0;
let [port, token] = ["", ""];

beforeAll(async () => {
  server = await serveLive(program, 0, () => asked++, VIEWER);
  const url = new URL(server.address);
  [port, token] = [url.port, url.searchParams.get("token") ?? ""];
});
afterAll(() => server.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((done, fail) => {
    const asked = request({ host: "127.0.0.1", port, path, headers, method }, (response) => {
      let text = "";
      response.setEncoding("latin1").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => done({ status: response.statusCode, headers: response.headers, text }));
    });
    asked.on("error", fail).end();
  });
}

describe("the page of a program that runs", () => {
  it.each(["127.0.0.1", "localhost", "localhost:9000", "[::1]:9000"])(
    "is there as %s, with its token",
    async (host) => {
      const page = await ask(`/?token=${token}`, { host });
      expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
      expect(page.text).toContain(`data-live="snapshot?token=${token}"`);
      expect(await ask(`/snapshot?token=${token}`, { host })).toMatchObject({
        status: 200,
        headers: { "x-pyheap": "running", "content-type": "application/octet-stream" },
      });
    },
  );

  it("asks for heap snapshots, with the token and by POST only, and says which was taken last", async () => {
    expect((await ask("/objects", {}, "POST")).status).toBe(403);
    expect((await ask(`/objects?token=${token}`)).status).toBe(404);
    expect(asked).toBe(0);
    expect((await ask(`/objects?token=${token}`, {}, "POST")).status).toBe(202);
    expect(asked).toBe(1);
    const last = async () => (await ask(`/snapshot?token=${token}`)).headers["x-pyheap-objects"];
    expect(await last()).toBe("");
    program.take({ kind: "snapshot", file: "grün.1.heapsnapshot" });
    expect(decodeURIComponent(`${await last()}`)).toBe("Snapshot 1: grün.1.heapsnapshot");
    program.take({ kind: "snapshot", file: "x", problem: "Cannot write x: no space" });
    expect(decodeURIComponent(`${await last()}`)).toBe("Cannot write x: no space");
  });

  it("has a token that can't be guessed, and is another each time", async () => {
    expect(token).toMatch(/^[\w-]{32}$/);
    const other = await serveLive(new LiveProgram(["app.py"]), 0, () => undefined, VIEWER);
    expect(new URL(other.address).searchParams.get("token")).not.toBe(token);
    other.close();
  });

  it.each([
    ["nobody's", "/"],
    ["nobody's", "/snapshot"],
    ["nobody's", "/snapshot?token="],
    ["a part of it", "/snapshot?token=TOKEN".slice(0, -1)],
    ["another", `/snapshot?token=${"A".repeat(32)}`],
    ["what is not an address", "//"],
  ])("is refused without the token, in words (%s: %s)", async (_what, path) => {
    const { status, text, headers } = await ask(path.replace(/TOKE$/, () => token.slice(0, -1)));
    expect(status).toBe(403);
    expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(text).toContain("with the token: http://");
    expect(text).not.toContain(token);
  });

  it("is refused to another site's page, by name (DNS rebinding) or by request", async () => {
    expect((await ask("/snapshot", { host: `evil.example:${port}` })).status).toBe(403);
    const headers = { origin: "https://evil.example", cookie: `token=${token}`, referer: server.address };
    expect((await ask("/snapshot", headers)).status).toBe(403);
    const own = await ask(`/snapshot?token=${token}`, { origin: "https://evil.example" });
    expect(own.headers).not.toHaveProperty("access-control-allow-origin");
    expect(own.headers).not.toHaveProperty("set-cookie");
  });

  it("says why it answers nothing else", async () => {
    expect(await ask(`/other?token=${token}`)).toMatchObject({
      status: 404,
      text: expect.stringContaining("nothing here"),
    });
    expect(await ask(`/?token=${token}`, {}, "POST")).toMatchObject({
      status: 405,
      text: expect.stringContaining("Only GET"),
    });
  });

  it.each(["/", "/?token=TOKEN", "/snapshot?token=TOKEN", "/other?token=TOKEN"])(
    "has headers that forbid guessing its type, framing it, and sending its address as a referrer (%s)",
    async (path) => {
      const { headers } = await ask(path.replace("TOKEN", token));
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
      });
    },
  );
});
