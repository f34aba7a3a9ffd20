// Real packages with modules in C, compiled without Emscripten by `pyheap cc --wheel`, loaded by `pyheap run --wheel`: CPython imports
// them, and they pass their own tests.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { debianPackages, debianSources } from "../c/debian.js";
import { command } from "../command.js";
import { canCompile, hasApt } from "../needs.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-c-packages-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How the wheel of each of Debian's sources is made, in the source's folder. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  markupsafe: [
    "markupsafe==2.1.2",
    "--module",
    "markupsafe._speedups",
    "--with",
    "src/markupsafe",
    "src/markupsafe/_speedups.c",
  ],
  "python-rjsmin": ["rjsmin==1.2.0", "--with", "rjsmin.py", "rjsmin.c", "-DEXT_MODULE=_rjsmin"],
  "python-cbor": ["cbor==1.0.0", "--module", "cbor._cbor", "--with", "cbor", "c/cbormodule.c"],
};
const PYTEST = ["python3-pytest", "python3-attr", "python3-pluggy", "python3-iniconfig", "python3-packaging"];

/** Values go there and back; the module in C does it. */
const CBOR = `
import io, sys, cbor, _pytest.config, pytest
from cbor import _cbor
assert cbor.dumps is _cbor.dumps and cbor.loads is _cbor.loads
for value in [0, -1, 2**40, -(2**63), 1.5, "caf\\xe9", b"\\0\\xff" * 300, [1, [2, {"a": None}]], {"x": True, 7: [False]}, list(range(5000))]:
    data = cbor.dumps(value)
    assert cbor.loads(data) == value == cbor.load(io.BytesIO(data)), value
assert data.startswith(b"\\x99")
try:
    cbor.loads(b"\\x62a")
except ValueError as error:
    print("cbor:", error)
import _rjsmin, markupsafe._speedups
sys.exit(pytest.main(sys.argv[1:]))
`;

describe.runIf(canCompile && hasApt)("packages with modules in C", () => {
  it("pass their own tests in CPython", () => {
    const names = Object.keys(PACKAGES);
    const sources = debianSources(names);
    const wheels = names.map((name, k) => {
      const output = join(folder, `${k}-1-cp314-cp314-pyemscripten_2026_0_wasm32.whl`);
      const words = ["cc", "--wheel", "-w", "-o", output, "--release", ...(PACKAGES[name] ?? [])];
      expect(command(words, { cwd: sources[k] }), name).toEqual({ status: 0, stdout: "", stderr: "" });
      return output;
    });
    const tests = [join(sources[0] ?? "", "tests"), join(sources[1] ?? "", "tests")];
    const words = [
      ...["run", "--quiet", ...wheels.flatMap((wheel) => ["--wheel", wheel]), "-c", CBOR],
      ...["-q", "--assert=plain", "-p", "no:cacheprovider", ...tests],
    ];
    const env = { PYTHONPATH: debianPackages(PYTEST, "pytest"), PYTHONWARNINGS: "ignore" };
    const { status, stdout, stderr } = command(words, { cwd: folder, env });
    expect({ status, stderr, passed: /^(\d+) passed in/m.exec(stdout)?.[1] }, stdout).toEqual({
      ...{ status: 0, stderr: "", passed: "82" },
    });
    expect(stdout).toContain("cbor: buffer read for 2 but only have 1");
  });
});
