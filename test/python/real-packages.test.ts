// Real packages, as Debian has them, run from PYTHONPATH. They print what they print under the machine's own Python.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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
