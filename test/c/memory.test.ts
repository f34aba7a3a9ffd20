// Every memory function of include/, called from C.

import { describe, expect, it } from "vitest";
import { DomainFilter, Heap, MemoryError } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { build } from "./build.js";

/** A compiler that knows malloc may remove unused calls, and assume that malloc never fails. */
const NO_BUILTINS = ["-fno-builtin"];

const DOMAINS = `
#include <Python.h>

#define STEP(condition) do { if (!(condition)) return __LINE__; } while (0)

/* 0, or the line of the first mistake. */
#define CHECK(name, MALLOC, CALLOC, REALLOC, FREE) \\
    int name(void) { \\
        unsigned char *a = MALLOC(0), *b = MALLOC(0); \\
        STEP(a && b && a != b && (uintptr_t)a % 8 == 0); \\
        FREE(a); FREE(b); FREE(NULL); \\
        for (size_t n = 1; n < 100000; n = n * 2 + 1) { \\
            a = MALLOC(n); \\
            STEP(a); \\
            memset(a, 0xaa, n); \\
            a = REALLOC(a, n * 3); \\
            STEP(a && a[0] == 0xaa && a[n - 1] == 0xaa); \\
            a = REALLOC(a, 1); \\
            STEP(a && a[0] == 0xaa); \\
            FREE(a); \\
            a = CALLOC(n, 3); \\
            for (size_t k = 0; k < 3 * n; k++) STEP(a[k] == 0); \\
            FREE(a); \\
        } \\
        a = REALLOC(NULL, 10); \\
        STEP(a); \\
        FREE(a); \\
        STEP(MALLOC((size_t)PY_SSIZE_T_MAX + 1) == NULL); \\
        STEP(CALLOC((size_t)PY_SSIZE_T_MAX, 3) == NULL); \\
        STEP(CALLOC(65536, 65536) == NULL); \\
        a = MALLOC(10); \\
        STEP(REALLOC(a, (size_t)-1) == NULL); \\
        FREE(a); \\
        return 0; \\
    }

CHECK(raw, PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree)
CHECK(mem, PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free)
CHECK(object, PyObject_Malloc, PyObject_Calloc, PyObject_Realloc, PyObject_Free)
CHECK(old_macros, PyMem_MALLOC, PyMem_Calloc, PyMem_REALLOC, PyMem_FREE)
CHECK(libc, malloc, calloc, realloc, free)
`;

const TYPED = `
#include <Python.h>
struct point { double x, y; char name[5]; };

int typed(void) {
    struct point *points = PyMem_New(struct point, 10);
    if (points == NULL) return 1;
    points[9].x = 4;
    if (PyMem_Resize(points, struct point, 1000) == NULL) return 2;
    if (points[9].x != 4) return 3;
    PyMem_Del(points);
    char *text = PyMem_NEW(char, 3);
    if (text == NULL) return 4;
    strcpy(text, "ab");
    if (PyMem_RESIZE(text, char, 5000) == NULL || strcmp(text, "ab") != 0) return 5;
    PyMem_DEL(text);
    return 0;
}

int too_many(void) {
    const size_t most = PY_SSIZE_T_MAX / sizeof(struct point);
    if (PyMem_New(struct point, most + 1) != NULL) return 1;
    /* The number of elements is so large that the product wraps to a small number. */
    if (PyMem_New(struct point, ((size_t)-1) / sizeof(struct point) + 2) != NULL) return 2;
    struct point *points = PyMem_New(struct point, 1), *kept = points;
    if (PyMem_Resize(points, struct point, most + 1) != NULL || points != NULL) return 3;
    PyMem_Del(kept);
    return 0;
}
`;

const OLD = `
#include <Python.h>
void *get(size_t n) { return Py_Malloc(n); }
void *more(void *p, size_t n) { return Py_Realloc(p, n); }
void done(void *p) { Py_Free(p); }
PyObject *none_left(void) { return PyErr_NoMemory(); }
int track(unsigned domain, uintptr_t p, size_t n) { return PyTraceMalloc_Track(domain, p, n); }
int untrack(unsigned domain, uintptr_t p) { return PyTraceMalloc_Untrack(domain, p); }
`;

const ALLOCATORS = `
#include <Python.h>

static PyMemAllocatorEx real[3];
static int calls[4];

static void *count_malloc(void *ctx, size_t n) { PyMemAllocatorEx *r = ctx; calls[0]++; return r->malloc(r->ctx, n); }
static void *count_calloc(void *ctx, size_t c, size_t n) { PyMemAllocatorEx *r = ctx; calls[1]++; return r->calloc(r->ctx, c, n); }
static void *count_realloc(void *ctx, void *p, size_t n) { PyMemAllocatorEx *r = ctx; calls[2]++; return r->realloc(r->ctx, p, n); }
static void count_free(void *ctx, void *p) { PyMemAllocatorEx *r = ctx; calls[3]++; r->free(r->ctx, p); }

void install(void) {
    for (int domain = PYMEM_DOMAIN_RAW; domain <= PYMEM_DOMAIN_OBJ; domain++) {
        PyMem_GetAllocator(domain, &real[domain]);
        PyMemAllocatorEx counting = {&real[domain], count_malloc, count_calloc, count_realloc, count_free};
        PyMem_SetAllocator(domain, &counting);
    }
}

void remove_again(void) {
    for (int domain = PYMEM_DOMAIN_RAW; domain <= PYMEM_DOMAIN_OBJ; domain++) PyMem_SetAllocator(domain, &real[domain]);
}

int counted(void) {
    PyMem_RawFree(PyMem_RawMalloc(10));
    PyMem_Free(PyMem_Calloc(10, 10));
    PyObject_Free(PyObject_Realloc(PyObject_Malloc(10), 100));
    return calls[0] * 1000 + calls[1] * 100 + calls[2] * 10 + calls[3];
}

int unknown_domain(void) {
    PyMemAllocatorEx none;
    memset(&none, 1, sizeof(none));
    PyMem_GetAllocator(77, &none);
    PyMem_SetAllocator(77, &none);
    return none.ctx == NULL && none.malloc == NULL && none.free == NULL;
}

static PyObjectArenaAllocator real_arenas;
static int arenas, given_back;

static void *arena_alloc(void *ctx, size_t n) { (void)ctx; arenas++; return real_arenas.alloc(real_arenas.ctx, n); }
static void arena_free(void *ctx, void *p, size_t n) { (void)ctx; given_back++; real_arenas.free(real_arenas.ctx, p, n); }

int count_arenas(void) {
    static void *blocks[2000];
    PyObject_GetArenaAllocator(&real_arenas);
    PyObjectArenaAllocator counting = {NULL, arena_alloc, arena_free};
    PyObject_SetArenaAllocator(&counting);
    for (int k = 0; k < 2000; k++) blocks[k] = PyObject_Malloc(500);
    for (int k = 0; k < 2000; k++) PyObject_Free(blocks[k]);
    PyObject_SetArenaAllocator(&real_arenas);
    return arenas > 3 && given_back >= arenas - 1 && given_back <= arenas ? 0 : arenas * 100 + given_back;
}

int hooks(void) {
    PyMem_SetupDebugHooks();
    unsigned char *p = PyMem_Malloc(3);
    const int letter = p[-4], guard = p[3];
    PyMem_Free(p);
    return letter * 1000 + guard;
}
`;

const ALIGNED = `
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>

int aligned(size_t alignment, size_t n) {
    char *a = aligned_alloc(alignment, n);
    void *b = NULL;
    if (posix_memalign(&b, alignment, n) != 0) return 1;
    if (a == NULL || b == NULL || (uintptr_t)a % alignment != 0 || (uintptr_t)b % alignment != 0) return 2;
    memset(a, 1, n);
    memset(b, 2, n);
    a = realloc(a, n * 2);
    if (a == NULL || a[0] != 1 || a[n - 1] != 1) return 3;
    free(a);
    free(b);
    return 0;
}

int refused(void) {
    void *p = NULL;
    return posix_memalign(&p, 24, 8) == EINVAL && posix_memalign(&p, 2, 8) == EINVAL && aligned_alloc(24, 8) == NULL
        && posix_memalign(&p, 4096, 0x7fffffff) == ENOMEM && p == NULL;
}
`;

describe.runIf(canCompile)("memory, from C", () => {
  for (const allocator of ["default", "malloc", "debug", "malloc_debug"] as const) {
    it(`each domain keeps the manual's contract, and so does the C library's malloc (${allocator})`, async () => {
      const heap = await Heap.create({ allocator, locate: () => undefined });
      const module = await heap.load(await build("domains", DOMAINS, NO_BUILTINS));
      for (const name of ["raw", "mem", "object", "old_macros", "libc"]) expect(module.call(name), name).toBe(0);
      heap.check();
      heap.release();
      expect(module.unload().blocks).toBe(0);
    });

    it(`blocks can be aligned, and are ordinary otherwise (${allocator})`, async () => {
      const heap = await Heap.create({ allocator, locate: () => undefined });
      const module = await heap.load(await build("aligned", ALIGNED, NO_BUILTINS));
      for (const alignment of [4, 8, 16, 32, 64, 256, 4096, 65536]) {
        for (const n of [1, 24, 600, 5000, 70000]) {
          if (alignment >= 4) expect(module.call("aligned", alignment, n), `${n} at ${alignment}`).toBe(0);
          heap.check();
        }
      }
      expect(module.call("refused")).toBe(1);
      heap.release();
      expect(module.unload().blocks).toBe(0);
      heap.check();
    });
  }

  it("typed macros count in elements, and refuse numbers that are too large", async () => {
    const heap = await Heap.create();
    const module = await heap.load(await build("typed", TYPED));
    expect(module.call("typed")).toBe(0);
    expect(module.call("too_many")).toBe(0);
    expect(module.unload().blocks).toBe(0);
  });

  it("Py_Malloc and its kin raise MemoryError where PyMem_Malloc answers NULL", async () => {
    const heap = await Heap.create();
    const module = await heap.load(await build("old", OLD));
    const block = module.call("get", 100) as number;
    const larger = module.call("more", block, 5000) as number;
    heap.limit = heap.reserved;
    expect(() => module.call("get", 10_000_000)).toThrow(MemoryError);
    expect(() => module.call("more", larger, 10_000_000)).toThrow(/Cannot allocate 10000000 bytes/);
    expect(() => module.call("none_left")).toThrow(MemoryError);
    module.call("done", larger);
    expect(module.unload().blocks).toBe(0);
  });

  it("tracing is off, and says so", async () => {
    const heap = await Heap.create();
    const module = await heap.load(await build("old", OLD));
    expect([module.call("track", 7, 4096, 100), module.call("untrack", 7, 4096)]).toEqual([-2, -2]);
  });

  it("memory from elsewhere is in heap.tracemalloc while that runs", async () => {
    const heap = await Heap.create();
    const module = await heap.load(await build("old", OLD));
    const { tracemalloc } = heap;
    tracemalloc.start(25);
    const tracked = () => {
      const snapshot = tracemalloc.takeSnapshot().filterTraces([new DomainFilter(true, 7)]);
      return snapshot.traces.map(({ size, count, traceback }) => [size, count, traceback.last.filename]);
    };
    // Neither block is the heap's; the second replaces the first, but not the block with the same address in another
    // domain.
    expect(module.call("track", 7, 4099, 100)).toBe(0);
    expect(module.call("track", 8, 4099, 3000)).toBe(0);
    expect(module.call("track", 7, 4099, 2 ** 31)).toBe(0);
    expect(tracked()).toEqual([[2 ** 31, 1, "old.wasm"]]);
    expect(tracemalloc.getTracedMemory().current).toBeGreaterThanOrEqual(2 ** 31 + 3000);
    const [{ traceback } = { traceback: undefined }] = tracemalloc.takeSnapshot().statistics("traceback");
    expect(traceback?.frames.map(({ name }) => name)).toContain("track");
    expect([module.call("untrack", 7, 4099), module.call("untrack", 7, 4099), module.call("untrack", 7, 1)]).toEqual([
      0, 0, 0,
    ]);
    expect(tracked()).toEqual([]);
    expect(tracemalloc.getTracedMemory().current).toBeLessThan(2 ** 20);
    tracemalloc.clearTraces();
    expect(tracemalloc.getTracedMemory().current).toBe(0);
    tracemalloc.stop();
    expect(module.call("track", 7, 4099, 100)).toBe(-2);
  });

  it("allocators and arenas can be replaced, and hooks be put over them", async () => {
    const heap = await Heap.create();
    const module = await heap.load(await build("allocators", ALLOCATORS));
    module.call("install");
    expect(module.call("counted")).toBe(2113);
    heap.mem.free(heap.mem.malloc(5));
    module.call("remove_again");
    expect(module.call("unknown_domain")).toBe(1);
    expect(module.call("count_arenas")).toBe(0);
    expect(module.call("hooks")).toBe("m".charCodeAt(0) * 1000 + 0xfd);
    heap.check();
  });

  it("what the C library's malloc gives is native memory, and the account says so", async () => {
    const heap = await Heap.create();
    const module = await heap.load(
      await build("get", `#include <stdlib.h>\nvoid *get(size_t n) { return malloc(n); }`),
    );
    const before = heap.stats();
    for (let k = 0; k < 100; k++) module.call("get", 24);
    module.call("get", 100_000);
    const after = heap.stats();
    expect(after.account.native - before.account.native).toBe(
      2400 + after.large.native.bytes - before.large.native.bytes,
    );
    expect(after.account.live).toEqual(before.account.live);
    expect(after.allocatedBlocks).toBe(before.allocatedBlocks);
    expect(after.sizeClasses).toContainEqual({
      domain: "native",
      size: 24,
      pools: 1,
      used: 100,
      free: expect.any(Number),
    });
    const { leaks } = module.unload();
    expect(leaks.map(({ family, count }) => [family, count]).sort()).toEqual([
      ["native", 1],
      ["native", 100],
    ]);
  });
});
