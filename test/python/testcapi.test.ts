// CPython's own tests of its allocators, which ship in the interpreter: on our heap, with and without debug hooks.

import type { PyodideAPI } from "pyodide";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadPython, type PythonHeap } from "../../src/hosts/python/pyodide.js";
import type { Fault } from "../../src/index.js";
import { startPython } from "./start.js";

describe("_testcapi on the heap", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  beforeAll(async () => {
    ({ pyodide, heap } = await startPython());
  });
  afterEach(() => heap.check());

  it.each([
    "test_pymem_alloc0",
    "test_pymem_setrawallocators",
    "test_pymem_setallocators",
    "test_pyobject_setallocators",
    "test_pyobject_new",
  ])("%s", (name) => {
    pyodide.runPython(`import _testcapi; _testcapi.${name}()`);
  });

  it("set_nomemory: every allocation of a scenario fails in turn", () => {
    // The scenario has no sum of an int and a float. CPython 3.14.2, once it has specialized such a sum, does not notice
    // that there was no memory for the result, and the next call fails with SystemError. It is the same without our heap.
    const failures = pyodide.runPython(`
import _testcapi
def scenario():
    table = {str(n): [n, (n, float(n)), "text" * n] for n in range(20)}
    return sorted(table), "".join(table), bytes(range(50)) * 30
failures = 0
for start in range(1, 400):
    _testcapi.set_nomemory(start, start + 1)
    try:
        scenario()
    except MemoryError:
        failures += 1
    finally:
        _testcapi.remove_mem_hooks()
failures`) as number;
    expect(failures).toBeGreaterThan(50);
  });
});

describe("_testcapi with debug hooks", () => {
  let pyodide: PyodideAPI;
  let heap: PythonHeap;
  const faults: Fault[] = [];
  beforeAll(async () => {
    ({ pyodide, heap } = await loadPython({ debugHooks: true, onFault: (fault) => void faults.push(fault) }));
  });
  afterEach(() => {
    faults.length = 0;
  });

  it("start-up and work are without fault", () => {
    pyodide.runPython("import json, decimal; json.dumps([decimal.Decimal(1) / 3 == 0.5] * 1000)");
    heap.check();
    expect(faults).toEqual([]);
  });

  it.each([
    "check_pyobject_null_is_freed",
    "check_pyobject_uninitialized_is_freed",
    "check_pyobject_forbidden_bytes_is_freed",
    "check_pyobject_freed_is_freed",
  ])("%s", (name) => {
    pyodide.runPython(`import _testinternalcapi, _testcapi
check = getattr(_testcapi, "${name}", None) or getattr(_testinternalcapi, "${name}")
check()`);
    expect(faults).toEqual([]);
  });

  it("pymem_buffer_overflow is reported, with the line of Python that allocated", () => {
    pyodide.runPython("import _testcapi\n\n_testcapi.pymem_buffer_overflow()", { filename: "overflow.py" });
    expect(faults).toMatchObject([{ kind: "overflow", domain: "mem", size: 16, offset: 16 }]);
    expect(faults[0]?.allocatedAt).toBe("overflow.py:3 in <module>");
  });

  it("pymem_api_misuse is reported", () => {
    pyodide.runPython("import _testcapi; _testcapi.pymem_api_misuse()", { filename: "misuse.py" });
    expect(faults).toMatchObject([{ kind: "wrong domain", domain: "mem", calledDomain: "raw", size: 16 }]);
    expect(faults[0]?.allocatedAt).toBe("misuse.py:1 in <module>");
  });
});
