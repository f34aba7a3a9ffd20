// Real packages, as Debian has them, run from PYTHONPATH. They print what they print under the machine's own Python.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { debianPackages } from "../c/debian.js";
import { command } from "../command.js";
import { hasApt, hasPython } from "../needs.js";

const WORK = fileURLToPath(new URL("real-packages.py", import.meta.url));
const PACKAGES = [
  ...["python3-attr", "python3-jinja2", "python3-markupsafe", "python3-markdown", "python3-pygments"],
  ...["python3-networkx", "python3-sympy", "python3-mpmath"],
  ...["python3-pytest", "python3-pluggy", "python3-iniconfig", "python3-packaging"],
  ...[
    "python3-ipython",
    "python3-traitlets",
    "python3-decorator",
    "python3-matplotlib-inline",
    "python3-prompt-toolkit",
  ],
  ...[
    "python3-stack-data",
    "python3-executing",
    "python3-pure-eval",
    "python3-asttokens",
    "python3-six",
    "python3-wcwidth",
  ],
  ...[
    "python3-backcall",
    "python3-pickleshare",
    "python3-pexpect",
    "python3-ptyprocess",
    "python3-jedi",
    "python3-parso",
  ],
];
const folder = mkdtempSync(join(tmpdir(), "pyheap-real-"));
const hasAll = hasApt && hasPython;
const packages = hasAll ? debianPackages(PACKAGES) : "";

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the machine's Python and Python on the heap print if they get the same arguments. */
function said(words: readonly string[]) {
  mkdirSync(join(folder, "none"), { recursive: true });
  const env = {
    ...{ ...process.env, PYTHONPATH: packages, PYTHONWARNINGS: "ignore", USER: "somebody" },
    // Only packages in PYTHONPATH can be imported.
    PYHEAP_PACKAGES: join(folder, "none"),
  };
  const options = { encoding: "utf8", cwd: folder, env } as const;
  const [outside, inside] = [spawnSync("python3", words, options), command(["run", "--quiet", ...words], options)].map(
    ({ status, stdout, stderr }) => ({ status, stderr, lines: stdout.replace(/ in [\d.]+s$/m, "").split("\n") }),
  );
  return { outside, inside };
}

it.skipIf(!hasAll)(
  "attrs, Jinja, Markdown, Pygments, NetworkX and SymPy do their work",
  () => {
    const { outside, inside } = said([WORK]);
    expect(outside).toMatchObject({ status: 0, stderr: "" });
    expect(outside?.lines.filter((line) => line.startsWith("== "))).toHaveLength(6);
    expect(inside).toEqual(outside);
    // SymPy alone has hundreds of files to compile.
  },
  300_000,
);

const TESTS = `
import pytest

@pytest.fixture
def numbers(tmp_path):
    file = tmp_path / "numbers"
    file.write_text("1 2 3")
    return [int(word) for word in file.read_text().split()]

def test_sum(numbers):
    assert sum(numbers) == 6

@pytest.mark.parametrize("n, square", [(2, 4), (3, 9), (4, 17)])
def test_square(n, square):
    assert n * n == square

def test_output(capsys):
    print("shown")
    with pytest.raises(ZeroDivisionError, match="division"):
        1 / 0
    assert capsys.readouterr().out == "shown\\n"

@pytest.mark.skip(reason="not today")
def test_skipped(): pass

@pytest.mark.xfail
def test_fails(): assert False
`;

it.skipIf(!hasAll)("pytest runs tests, with fixtures, captured output, and a report of what failed", () => {
  writeFileSync(join(folder, "test_sample.py"), TESTS);
  // Debian's pytest rewrites assertions with parts of ast that CPython 3.14 does not have any more.
  const words = ["-m", "pytest", "-p", "no:cacheprovider", "-q", "-rA", "--assert=plain", "test_sample.py"];
  const { outside, inside } = said(words);
  expect(outside).toMatchObject({ status: 1, stderr: "" });
  expect(outside?.lines.at(-2)).toBe("1 failed, 4 passed, 1 skipped, 1 xfailed");
  expect(inside).toEqual(outside);
});

/** What a program says that runs with Debian's packages, and no others. */
function inside(words: readonly string[]) {
  const env = { PYTHONPATH: packages, PYTHONWARNINGS: "ignore", IPYTHONDIR: folder };
  return command(["run", "--quiet", "--no-packages", ...words], { cwd: folder, env });
}

const LIMITED = `
import pytest

def load(n):
    return [bytes(1000) for _ in range(n)]

kept = []

@pytest.mark.limit_memory("1 MB")
def test_small(): load(10)

@pytest.mark.limit_memory("1 MB")
def test_large(): load(2000)

@pytest.mark.limit_leaks("10 KB")
def test_leaves(): kept.extend(load(100))

@pytest.mark.limit_leaks("10 KB")
def test_cleans(): load(100)

@pytest.mark.limit_memory("1 MB")
@pytest.mark.parametrize("n", [10, 3000])
def test_either(n): load(n)

def test_wrong(): assert False
`;

it.skipIf(!hasAll)("pyheap.pytest fails tests that take or leave too much, and reports what tests took", () => {
  writeFileSync(join(folder, "test_limited.py"), LIMITED);
  const words = ["-m", "pytest", "-p", "no:cacheprovider", "-p", "pyheap.pytest", "-q", "--assert=plain"];
  const args = [...words, "--pyheap", "--pyheap-bin-path", "recordings", "--most-allocations", "2", "test_limited.py"];
  const { status, stdout } = inside(args);
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /test_large took 1\.9 MiB, and may take 976\.6 KiB\. At its peak there were:\n {2}1\.9 MiB in 2,000 blocks\n {4}load \(/,
  );
  expect(stdout).toMatch(/test_leaves left [\d.]+ KiB, and may leave 9\.8 KiB:\n/);
  expect(stdout).toMatch(/test_either\[3000\] took 2\.9 MiB/);
  expect(stdout).toMatch(
    /memory by pyheap =+\n {3}2\.9 MiB at the peak, [\d,]+ allocations {2}test_limited\.py::test_either\[3000\]\n/,
  );
  expect(stdout).toMatch(/\nand 4 more tests \(--most-allocations\)\n/);
  expect(stdout).toMatch(/4 failed, 3 passed in /);
  expect(readdirSync(join(folder, "recordings")).sort()).toHaveLength(7);
});

const NOTEBOOK = `
import sys, types, warnings; warnings.simplefilter("ignore")
# IPython wants to start processes, which WebAssembly has not. JupyterLite does the same.
sys.modules["pexpect"] = types.ModuleType("pexpect")
sys.modules["pexpect"].spawn = None
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
config = Config()
config.HistoryManager.enabled = False  # it starts a thread
shell = InteractiveShell.instance(config=config)
shell.run_line_magic("load_ext", "pyheap")
shell.run_cell("def load(n): return [bytes(1000) for _ in range(n)]")
told = shell.run_line_magic("pyheap_memory", "kept = load(500)")
print(len(shell.user_ns["kept"]))
print(told)
print("<table>" in told._repr_html_(), "load" in told._repr_html_())
print(shell.run_cell_magic("pyheap_memory", "", "more = load(100)\\nfewer = load(10)").reader.metadata.peak_memory > 110_000)
def show(line, cell):
    # The cell's value as a notebook gets it.
    result = shell.run_cell(f"%%pyheap_flamegraph {line}\\n{cell}").result
    print(shell.display_formatter.format(result)[0]["text/html"])
show("", "def twice(): return load(100), load(300)\\nkept = twice()")
show("--leaks --trace cell.trace", "kept = load(10)\\nlen(load(10_000))")
import pyheap
print(pyheap.FileReader("cell.trace").metadata.problem)
`;

it.skipIf(!hasAll)("IPython has %pyheap_memory and %%pyheap_flamegraph, shown inline", () => {
  writeFileSync(join(folder, "notebook.py"), NOTEBOOK);
  const { stdout, stderr, status } = inside(["notebook.py"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^500\nkept = load\(500\): peak [\d.]+ KiB, left [\d.]+ KiB, /);
  expect(stdout).toMatch(/\nTrue True\nTrue\n/);
  const [, peak = "", leaks = ""] = stdout.split("<p><b>");
  expect(peak).toMatch(/^at the peak<\/b>: 39\d\.\d KiB in 40\d blocks</);
  // The cell, the function that it defines, and what that calls, each below its caller, with all of the bytes.
  const boxes = [...peak.matchAll(/<div title='([^']*)' [^>]*width:99\.\d+%;top:(\d+)px[^>]*>(\S+)/g)];
  expect(boxes.map(([, , top, name]) => `${top} ${name}`)).toEqual(["0 &lt;module&gt;", "19 twice", "38 load"]);
  expect(boxes[2]?.[1]).toMatch(/^load &lt;ipython.*:1\n39\d\.\d KiB in 40\d blocks, 100\.0%$/);
  expect(leaks).toMatch(/^not freed<\/b>: 1\d\.\d KiB in 1\d blocks</);
  expect(stdout).toMatch(/\nNone\n$/);
});
