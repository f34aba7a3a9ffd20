// A real library on the heap: expat, the XML parser of Debian and of CPython. It is compiled with our header's
// allocator, passes its own tests, and survives the failure of any of its allocations.

import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compileC } from "../../src/hosts/c/compile.js";
import { type CModule, type Fault, Heap } from "../../src/index.js";
import { canCompile, hasApt, ROOT } from "../needs.js";
import { cache } from "./build.js";
import { debianSource } from "./debian.js";

const HERE = join(ROOT, "test/c/expat");
const LIBRARY = ["xmlparse.c", "xmltok.c", "xmlrole.c"];
const TESTS = ["runtests.c", "minicheck.c", "memcheck.c", "chardata.c", "structdata.c"];
const XML_ERROR_NO_MEMORY = 1;
/**
 * The error that expat reports if one certain allocation fails: the one in getAttributeId that stores the prefix of
 * `xmlns:x`. expat does not check it, takes the declaration for an ordinary attribute, and so finds no meaning for x.
 * With that check added to expat, no failed allocation has this result.
 */
const XML_ERROR_UNBOUND_PREFIX = 27;
const [NO_PARSER, HANDLER_FAILED] = [-1, -2];

const DOCUMENT = `<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE shelf [
  <!ELEMENT shelf (book*)>
  <!ATTLIST book lang CDATA "en" id ID #IMPLIED>
  <!ENTITY publisher "A publisher of &quot;books&quot; with a long name">
  <!NOTATION gif SYSTEM "viewer">
]>
<shelf xmlns="urn:shelf" xmlns:x="urn:extra">
  <!-- a comment -->
  ${Array.from(
    { length: 12 },
    (_, k) =>
      `<book id="b${k}" x:color="red${k}"><x:title${k}>Title ${k} &amp; more</x:title${k}><by>&publisher;</by></book>`,
  ).join("\n  ")}
  <![CDATA[ <not markup> ]]>
  <?target with data?>
</shelf>
`;

describe.runIf(canCompile && hasApt)("expat", () => {
  let runTests = "";
  let harness = "";

  beforeAll(async () => {
    const source = join(debianSource("expat"), "expat");
    const library = LIBRARY.map((file) => join(source, "lib", file));
    const flags = [
      `-I${HERE}`,
      `-I${join(source, "lib")}`,
      "-include",
      join(HERE, "allocator.h"),
      "-w",
      "-DXML_TESTING",
    ];
    runTests = join(ROOT, "build/c/expat/runtests.wasm");
    harness = join(ROOT, "build/c/expat/harness.wasm");
    const tests = TESTS.map((file) => join(source, "tests", file));
    await compileC({ sources: [...library, ...tests], output: runTests, flags, cache });
    await compileC({ sources: [...library, join(HERE, "harness.c")], output: harness, flags, cache });
  });

  it("passes its own tests, and leaves nothing behind", async () => {
    const heap = await Heap.create();
    let output = "";
    const decoder = new TextDecoder();
    const imports = {
      pyheap_write: (_fd: number, at: number, n: number) => {
        output += decoder.decode(new Uint8Array(heap.memory.buffer, at >>> 0, n).slice());
      },
    };
    const module = await heap.load(runTests, { imports });
    const status = module.call("main", 0, 0);
    expect(output).toMatch(/^Expat version: expat_2\.\d+\.\d+\n100%: Checks: \d\d\d, Failed: 0\n$/);
    expect(status).toBe(0);
    heap.check();
    expect(heap.stats().allocatedBlocks).toBe(0);
    expect(module.unload().blocks).toBe(0);
  });

  /** Parses with allocation number 1, 2, ... failing, until there is no allocation with that number. */
  async function failEach(allocator: "default" | "debug", forever: boolean): Promise<{ heap: Heap; count: number }> {
    const faults: Fault[] = [];
    const heap = await Heap.create({ allocator, locate: () => undefined, onFault: (fault) => void faults.push(fault) });
    const module = await heap.load(harness);
    const { document, n } = put(heap, DOCUMENT);
    expect(parse(module, document, n, 0, false)).toBe(0);
    const calls = module.call("calls_made") as number;
    expect(module.call("elements_seen")).toBe(1 + 12 * 3);
    const characters = module.call("characters_seen");
    const seen = forever ? [] : [XML_ERROR_UNBOUND_PREFIX];
    let unbound = 0;
    const blocks = heap.knownBlocks().length;
    const { live, escaped } = heap.stats().account;
    for (let at = 1; at <= calls; at++) {
      const result = parse(module, document, n, at, forever);
      expect([NO_PARSER, HANDLER_FAILED, XML_ERROR_NO_MEMORY, ...seen], `allocation ${at}`).toContain(result);
      if (result === XML_ERROR_UNBOUND_PREFIX) unbound++;
      if (allocator === "debug") expect(heap.knownBlocks().length, `allocation ${at}`).toBe(blocks);
      else expect(heap.stats().account, `allocation ${at}`).toMatchObject({ live, escaped });
      if (at % 10 === 0) heap.check();
    }
    expect(parse(module, document, n, calls + 1, forever)).toBe(0);
    expect(module.call("characters_seen")).toBe(characters);
    expect(unbound).toBe(forever ? 0 : 1);
    heap.check();
    expect(faults).toEqual([]);
    return { heap, count: calls };
  }

  for (const allocator of ["default", "debug"] as const) {
    for (const forever of [false, true]) {
      it(`survives that any allocation fails, ${forever ? "and all later ones" : "once"}, ${allocator}`, async () => {
        const { count } = await failEach(allocator, forever);
        expect(count).toBeGreaterThan(80);
      });
    }
  }
});

function put(heap: Heap, text: string): { document: number; n: number } {
  const bytes = new TextEncoder().encode(text);
  const document = heap.raw.malloc(bytes.length);
  new Uint8Array(heap.memory.buffer).set(bytes, document);
  return { document, n: bytes.length };
}

function parse(module: CModule, document: number, n: number, at: number, forever: boolean): number {
  return module.call("parse", document, n, at, forever ? 1 : 0) as number;
}
