// pyheap run --serve: profiles and metrics of a program that runs, for whoever knows the token.

import { mkdtempSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { describe, expect, it } from "vitest";
import { launch } from "../../test/child.js";
import { command } from "../../test/command.js";

/** Says what it sees of the token, allocates, and waits for its input to end. */
const PROGRAM = `
import os, sys
def load():
    return [bytes(100_000) for _ in range(50)]
kept = load()
print("token", os.environ.get("PYHEAP_TOKEN"), flush=True)
sys.stdin.read()
`;

interface Running {
  /** The address of the profile, as the command printed it. */
  readonly address: string;
  /** What the program printed. */
  readonly told: () => string;
  /** Ends the program. Resolves to its exit code. */
  readonly end: () => Promise<number | null>;
}

async function serve(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const child = launch(["run", "--quiet", "--serve", ...words, "-c", PROGRAM], { env: { ...process.env, ...env } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (text: Buffer) => {
    out += text;
  });
  child.stderr.on("data", (text: Buffer) => {
    err += text;
  });
  const ended = new Promise<number | null>((done) => child.on("close", done));
  await expect.poll(() => out, { timeout: 100_000 }).toContain("token");
  const [, address = ""] = /^pyheap: profiles at (\S+)$/m.exec(err) ?? [];
  return {
    address,
    told: () => out,
    end: () => {
      child.stdin.end();
      return ended;
    },
  };
}

/** The bytes that are live in functions of this name; undefined if the server refused. */
async function liveIn(address: string, name: string): Promise<number | undefined> {
  const answer = await fetch(address);
  if (!answer.ok) return undefined;
  const profile = Profile.decode(gunzipSync(Buffer.from(await answer.arrayBuffer())));
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)] ?? "";
  const live = profile.sampleType.findIndex(({ type }) => text(type) === "inuse_space");
  const ids = new Set(profile.function.filter((f) => text(f.name).startsWith(`${name} `)).map(({ id }) => id));
  const places = new Set(
    profile.location.filter(({ line }) => ids.has(line[0]?.functionId ?? 0)).map(({ id }) => Number(id)),
  );
  const inside = profile.sample.filter(({ locationId }) => places.has(Number(locationId[0])));
  return inside.reduce((sum, { value }) => sum + Number(value[live] ?? 0), 0);
}

describe("pyheap run --serve", () => {
  it("has the live memory by function and the account, while the program waits", async () => {
    const { address, told, end } = await serve(["0", "--sample", "1"]);
    expect(new URL(address).hostname).toBe("127.0.0.1");
    // 50 blocks of 100,000 bytes with a header each, and the list.
    await expect.poll(() => liveIn(address, "load"), { timeout: 60_000 }).toBeGreaterThan(5_000_000);
    expect(await liveIn(address, "load")).toBeLessThan(5_010_000);
    const metrics = await (await fetch(address.replace("/debug/pprof/heap", "/metrics"))).text();
    expect(Number(/^pyheap_memory_used_bytes\{pyheap_domain="object"\} (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(
      5_000_000,
    );
    expect((await fetch(address.replace(/token=.*/, "token=x"))).status).toBe(403);
    const collected = await fetch(`${address}&gc=1`);
    expect([collected.status, await collected.text()]).toEqual([400, expect.stringContaining("gc=1")]);
    expect(told()).toBe("token None\n");
    expect(await end()).toBe(0);
  });

  it("takes the token of PYHEAP_TOKEN, which it does not print and which the program does not see", async () => {
    const env = { PYHEAP_TOKEN: "s3cret" };
    const { address, told, end } = await serve(["127.0.0.1:0", "--serve-name", "app.example"], env);
    expect(address).not.toContain("s3cret");
    await expect.poll(told, { timeout: 60_000 }).toBe("token None\n");
    expect((await fetch(address)).status).toBe(403);
    expect((await fetch(address, { headers: { authorization: "Bearer s3cret" } })).status).toBe(200);
    expect(await end()).toBe(0);
  });

  it("serves a program whose memory would be dumped", async () => {
    const dump = join(mkdtempSync(join(tmpdir(), "pyheap-served-")), "none.trace");
    const { address, end } = await serve(["0", "--dump-on-memory-error", dump]);
    await expect.poll(() => liveIn(address, "load"), { timeout: 60_000 }).toBeGreaterThan(5_000_000);
    expect(await end()).toBe(0);
  });

  it("says that a port is taken, and does not run the program", async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, "127.0.0.1", done));
    const { port } = other.address() as AddressInfo;
    const { status, stdout, stderr } = command(["run", "--serve", String(port), "-c", "print('ran')"]);
    other.close();
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(`pyheap: Cannot serve profiles on port ${port}: `);
  });
});
