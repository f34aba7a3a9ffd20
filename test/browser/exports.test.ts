// Exports in the programs for which they are made: speedscope's own importer, and Chromium's own description of the
// protocol.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import colors from "picocolors";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Heap } from "../../src/index.js";
import { exportReport, FORMATS } from "../../src/report/export/formats.js";
import type { TraceParts } from "../../src/report/trace-context.js";
import { freePort } from "../free-port.js";
import { canBrowse } from "../needs.js";
import { joined } from "../report-data.js";
import { Tape } from "../trace-data.js";
import { launchBrowser } from "./chromium.js";

const SPEEDSCOPE = fileURLToPath(new URL("../../node_modules/speedscope/dist/release/index.html", import.meta.url));

/** The parts of a type's description in the protocol. */
interface Described {
  readonly name?: string;
  readonly id?: string;
  readonly type?: string;
  readonly $ref?: string;
  readonly optional?: boolean;
  readonly properties?: readonly Described[];
  readonly items?: Described;
}

interface Protocol {
  readonly domains: readonly { readonly domain: string; readonly types?: readonly Described[] }[];
}

/** A type of a domain of the protocol, as a JSON schema. */
function schemaOf(domain: string, { type, $ref, properties, items }: Described): object {
  if ($ref !== undefined) return { $ref: `#/definitions/${$ref.includes(".") ? $ref : `${domain}.${$ref}`}` };
  if (items) return { type, items: schemaOf(domain, items) };
  if (type === "any") return {};
  if (!properties) return { type };
  return {
    type,
    properties: Object.fromEntries(properties.map((property) => [property.name, schemaOf(domain, property)])),
    required: properties.filter(({ optional }) => optional !== true).map(({ name }) => name),
    additionalProperties: false,
  };
}

describe.runIf(canBrowse)("exports in other programs", () => {
  let browser: Browser;
  let port: number;
  let trace: TraceParts;
  const write = (name: "speedscope" | "heapprofile") => joined(FORMATS[name].write(exportReport(trace, FORMATS[name])));

  beforeAll(async () => {
    port = await freePort();
    browser = await launchBrowser(`--remote-debugging-port=${port}`);
    const heap = await Heap.create();
    const tape = new Tape();
    const recorder = heap.trace({ write: tape.write, command: ["orders.ts"] });
    function smallOnes() {
      for (let k = 0; k < 1024; k++) heap.malloc(512);
    }
    function largeOne() {
      heap.malloc(512 * 1024);
    }
    smallOnes();
    largeOne();
    recorder.stop();
    trace = { ...(await tape.analyse()), view: "end", colors: colors.createColors(false) };
  });

  afterAll(async () => {
    await browser?.close();
  });

  it("speedscope imports its file: name, functions, totals", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "pyheap-")), "orders.speedscope.json");
    writeFileSync(file, write("speedscope"));
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("dialog", (dialog) => {
      problems.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(pathToFileURL(SPEEDSCOPE).href);
    await page.locator("input[type=file]").first().setInputFiles(file);
    await page.getByText("Sandwich").click();
    const shown = page.locator("body");
    await expect.poll(() => shown.innerText()).toContain("smallOnes");
    const text = await shown.innerText();
    // Both have half of all bytes as their own.
    expect(text.match(/512\.00 KB \(50%\)/g)?.length).toBeGreaterThanOrEqual(2);
    expect(text).toContain("largeOne");
    expect(text).toContain("bytes");
    expect(problems).toEqual([]);
    await page.close();
  });

  it("a heap profile is one of Chromium's protocol, as this Chromium describes it", async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/json/protocol`);
    const { domains } = (await answer.json()) as Protocol;
    const needed = domains.filter(({ domain }) => domain === "HeapProfiler" || domain === "Runtime");
    const types = needed.flatMap(({ domain, types = [] }) =>
      types.map((type): [string, object] => [`${domain}.${type.id}`, schemaOf(domain, type)]),
    );
    const schema = { definitions: Object.fromEntries(types), $ref: "#/definitions/HeapProfiler.SamplingHeapProfile" };
    const validate = new Ajv({ strict: false }).compile(schema);
    const made = JSON.parse(write("heapprofile").toString());
    expect(validate(made), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...made, head: { ...made.head, selfSize: "many" } })).toBe(false);
  });
});
