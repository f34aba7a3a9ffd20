// libpyheap.a as the malloc of programs in C and C++ for WASI, linked by clang.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compileCpp, cppLibraries, LIBPYHEAP, program, run } from "./library/build.js";
import { canLinkWasi, ROOT } from "./needs.js";
import { SEED } from "./random.js";

const FOLDER = join(ROOT, "test/library");
const source = (name: string) => join(FOLDER, name);

describe.runIf(canLinkWasi)("libpyheap", () => {
  it("serves random programs as the C library's malloc does, also between pages that others take", async () => {
    const [ours, theirs] = [await program(source("model.c"), [LIBPYHEAP]), await program(source("model.c"), [])];
    for (const seed of [SEED, SEED + 1]) {
      const ended = run(ours, String(seed), "10000");
      expect(ended, `seed ${seed}`).toMatchObject({ status: 0, output: expect.stringMatching(/^3 regions, \d+\n$/) });
      expect(run(theirs, String(seed), "10000").output).toBe(ended.output);
    }
  });

  it("fails as the manual says: NULL and ENOMEM, EINVAL for alignments; and uses all 4 GiB", async () => {
    const path = await program(source("limits.c"), [LIBPYHEAP], ["-Wno-non-power-of-two-alignment"]);
    const { memory, ...ended } = run(path);
    expect(ended).toEqual({ status: 0, output: "31 blocks\n" });
    expect(memory).toBeGreaterThan(4e9);
  });

  it("takes the place of the C library's malloc: that is not linked", async () => {
    const named = (libraries: string[]) => program(source("model.c"), libraries, ["-g"]);
    const [ours, theirs] = [await named([LIBPYHEAP]), await named([])];
    const namesIn = (path: string) => readFileSync(path, "latin1").match(/dl(?:malloc|free)|core\/alloc\/\w+/g) ?? [];
    expect(new Set(namesIn(ours).map((name) => name.slice(0, 4)))).toEqual(new Set(["core"]));
    expect(new Set(namesIn(theirs).map((name) => name.slice(0, 4)))).toEqual(new Set(["dlma", "dlfr"]));
  });

  it("stops a program that frees what is no block", async () => {
    const path = await program(source("wrong.c"), [LIBPYHEAP]);
    expect(() => run(path)).toThrow(WebAssembly.RuntimeError);
  });

  it("serves new and delete, and the containers of C++'s library", async () => {
    const object = await compileCpp(source("containers.cpp"));
    const path = await program(object, [LIBPYHEAP, ...cppLibraries()]);
    expect(run(path)).toMatchObject({ status: 0, output: expect.stringMatching(/^\d+\n$/) });
  });
});
