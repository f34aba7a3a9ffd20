// libpyheap.a: the heap as the malloc of programs in C and C++ that are compiled to WebAssembly (docs/libpyheap.md).

import { readFileSync } from "node:fs";
import { archive, objectFile } from "./relocatable.mjs";

/** The names that wasi-libc and musl use inside. If one were missing, the linker would take their malloc as well. */
const ALIASES = { __libc_malloc: "malloc", __libc_calloc: "calloc", __libc_realloc: "realloc", __libc_free: "free" };

/** The bytes of the core's state, as the build wrote them for the host. */
function controlBytes() {
  const [, bytes] = /CONTROL_BYTES = (\d+)/.exec(readFileSync("src/core/constants.gen.ts", "utf8"));
  return Number(bytes);
}

/** The archive, made of `path`.wasm and .wat. */
export function libpyheap(path) {
  const text = readFileSync(`${path}.wat`, "utf8");
  const namesOf = (pattern) => [...text.matchAll(pattern)].map(([, name]) => name);
  const object = objectFile(readFileSync(`${path}.wasm`), {
    names: namesOf(/^ \((?:import .*)?\(?func \$(\S+)/gm),
    data: {
      control: { name: "pyheap_control", bytes: controlBytes() },
      heapBase: { name: "__heap_base" },
      heapEnd: { name: "__heap_end" },
    },
    aliases: ALIASES,
    features: ["+bulk-memory", "-shared-mem"],
  });
  return archive("pyheap.o", object, [...namesOf(/^ \(export "(\w+)" \(func/gm), ...Object.keys(ALIASES)]);
}
