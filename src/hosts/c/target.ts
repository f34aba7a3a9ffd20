// What a module in C is compiled for: a heap, or CPython itself. The headers are the same. A module for a heap is linked with our small
// C library and our PyArg_*; a module for CPython imports those of its host, and exports nothing but PyInit_*.

/** The name of a target, as options have it. */
export type TargetName = "heap" | "cpython";

export interface Target {
  readonly name: TargetName;
  /** Options of the compiler, which the program's own options follow. */
  readonly flags: readonly string[];
  /** More of them, for C, and for C++. */
  readonly c: readonly string[];
  readonly cpp: readonly string[];
  /** Whether modules are linked with our library. */
  readonly hasLibrary: boolean;
  /** What follows the name of a file in the name of its module. */
  readonly suffix: string;
}

/** The package's folders with headers, in the order in which they are searched. */
export const HEADERS = ["libc/host", "libc/include", "include/cpython", "include"];

/** Emscripten's target has the binary interface that we want: a long double is aligned to 8, as blocks are. */
const COMMON = [
  "--target=wasm32-unknown-emscripten",
  "-fPIC",
  "-mbulk-memory",
  "-ffunction-sections",
  "-fdata-sections",
];
const COMMON_CPP = ["-fno-exceptions", "-fno-rtti", "-nostdinc++"];

const HEAP: Target = {
  name: "heap",
  // Programs must not assume that Emscripten's library is there. Every function that is not static can be called.
  flags: [...COMMON, "-U__EMSCRIPTEN__", "-D__PYHEAP__=1", "-fvisibility=default"],
  c: ["-std=gnu2x"],
  cpp: [...COMMON_CPP, "-fvisibility-global-new-delete=force-hidden"],
  hasLibrary: true,
  suffix: ".wasm",
};

const CPYTHON: Target = {
  name: "cpython",
  // A name that the module exports would replace CPython's own of the same name, in all modules.
  flags: [...COMMON, "-DPYHEAP_CPYTHON=1", "-fvisibility=hidden"],
  // The standard that other compilers choose, too: packages of Python are written for it.
  c: ["-std=gnu17"],
  cpp: COMMON_CPP,
  hasLibrary: false,
  suffix: ".cpython-314-wasm32-emscripten.so",
};

export const targetCalled = (name: TargetName): Target => (name === "heap" ? HEAP : CPYTHON);
