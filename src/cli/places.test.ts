// Folders that a program sees at other paths, and programs that see only what is named.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, makeCache } from "../../test/command.js";
import { wheel } from "../../test/wheels.js";
import { choosePlaces, parseMount } from "./places.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "pyheap-places-")));
const at = (...names: string[]) => join(folder, ...names);
const CACHE = makeCache(at("cache"));

function put(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

function pyheap(words: readonly string[], cwd: string) {
  const env = {
    PYHEAP_CACHE: CACHE,
    PYHEAP_PACKAGES: at("wheels"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const { status, stdout, stderr } = command(["run", "--quiet", ...words], { cwd, env });
  return { status, stdout: stdout.replaceAll(folder, "BASE").split("\n"), stderr: stderr.replaceAll(folder, "BASE") };
}

beforeAll(() => {
  put("data/x.csv", "1,2\n");
  put("data/inner/y.csv", "3\n");
  put("out/keep", "");
  put("home/work/own.txt", "own");
  put("home/lib/beside.py", "name = 'beside'");
  put("secret.txt", "secret");
  symlinkSync(at("secret.txt"), at("home", "work", "link"));
  const { file, bytes } = wheel("pack", "1.0", { "pack.py": "name = 'pack'" });
  put(`wheels/${file}`, bytes);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A program that prints the result of each line, or its error. */
const asProgram = (lines: readonly string[]) =>
  [
    "import errno, os, sys, tempfile",
    "def write(path, text='new'):",
    "    with open(path, 'w') as file: return file.write(text)",
    "def ask(code):",
    "    try: print(eval(code))",
    "    except OSError as error: print(errno.errorcode[error.errno])",
    ...lines.map((line) => `ask(${JSON.stringify(line)})`),
  ].join("\n");

describe("--mount", () => {
  it("shows a folder at another path, for reading only if its value ends with :ro", () => {
    const asked = [
      ["open('/data/x.csv').read().strip()", "1,2"],
      ["sorted(os.listdir('/data'))", "['inner', 'out', 'x.csv']"],
      [
        "'data' in os.listdir('/'), os.path.isdir('/data'), os.path.realpath('/data/inner/../x.csv')",
        "(True, True, '/data/x.csv')",
      ],
      ["write('/data/z.csv')", "EROFS"],
      ["os.mkdir('/data/new')", "EROFS"],
      ["os.unlink('/data/x.csv')", "EROFS"],
      ["os.rename('/data/x.csv', '/data/w.csv')", "EROFS"],
      ["os.chmod('/data/x.csv', 0o600)", "EROFS"],
      ["os.truncate('/data/x.csv', 0)", "EROFS"],
      ["os.symlink('x.csv', '/data/l.csv')", "EROFS"],
      ["os.access('/data/x.csv', os.R_OK), os.access('/data/x.csv', os.W_OK)", "(True, False)"],
      ["os.statvfs('/data').f_flag & os.ST_RDONLY", "1"],
      ["write('/data/out/result')", "3"],
      ["os.listdir('/data/out')", "['keep', 'result']"],
      ["os.rename('/data/out/result', 'result')", "EXDEV"],
      ["os.rename('/data/out/result', '/data/out/done'), os.path.exists('/data/out/result')", "(None, False)"],
      ["os.rmdir('/data/out')", "EROFS"],
      ["os.rmdir('/data')", "EBUSY"],
      ["os.rename('/data', '/other')", "EBUSY"],
      [`open(${JSON.stringify(at("secret.txt"))}).read()`, "secret"],
      ["[sorted(names) for _, names, _ in os.walk('/data')]", "[['inner', 'out'], [], []]"],
    ] as const;
    const words = [
      "--mount",
      "../data:/data:ro",
      "--mount",
      `${at("out")}:/data/out`,
      "-c",
      asProgram(asked.map(([code]) => code)),
    ];
    mkdirSync(at("work"), { recursive: true });
    expect(pyheap(words, at("work"))).toEqual({
      status: 0,
      stdout: [...asked.map(([, answer]) => answer), ""],
      stderr: "",
    });
    expect([existsSync("/data/out"), readFileSync(at("out", "done"), "utf8"), existsSync(at("data", "out"))]).toEqual([
      false,
      "new",
      false,
    ]);
  });

  it("says what it can't do", () => {
    for (const [text, problem] of [
      ["data", "write HOST:/GUEST, or HOST:/GUEST:ro"],
      [`${folder}:relative`, "write HOST:/GUEST"],
      [`${folder}:/data:rw`, "write HOST:/GUEST"],
      [`${at("none")}:/data`, "there is no such file or folder"],
      [`${at("secret.txt")}:/data`, "it is not a folder"],
      [`${folder}:/lib/python3.14`, "/lib/python3.14 is where Python's own files are"],
      [`${folder}:/`, "/ is where Python's own files are"],
      [`${folder}:/dev/../proc/x`, "/proc/x is where Python's own files are"],
    ] as const) {
      expect(() => parseMount(text), text).toThrow(`Cannot mount ${text}: ${problem}`);
    }
    expect(parseMount(`${folder}:/a//b/../c/`)).toEqual({ guest: "/a/c", host: folder, isReadOnly: false });
    const needed = { script: undefined, folders: () => [] };
    expect(() => choosePlaces({ mount: [`${folder}:/a`, `${at("data")}:/a`] }, needed)).toThrow(
      "Cannot mount two folders at /a",
    );
    expect(() => choosePlaces({ mount: [`${folder}:${at("none", "deep")}`] }, needed)).toThrow(
      `there is no folder ${at("none")}`,
    );
  });
});

describe("--sandbox", () => {
  it("shows the current folder, the script's and packages, and says which hidden file the program asked for", () => {
    const asked = [
      ["open('own.txt').read(), os.getcwd() == os.path.dirname(os.path.abspath('own.txt'))", "('own', True)"],
      ["write('made.txt')", "3"],
      ["__import__('beside').name, __import__('pack').name", "('beside', 'pack')"],
      ["write(os.path.join(sys.path[0], 'no.txt'))", "EROFS"],
      [`os.path.exists(${JSON.stringify(at("secret.txt"))})`, "False"],
      [`open(${JSON.stringify(at("secret.txt"))})`, "ENOENT"],
      ["open('link')", "ENOENT"],
      ["open('../../secret.txt')", "ENOENT"],
      [`write(${JSON.stringify(at("out", "x"))})`, "ENOENT"],
      ["os.listdir('/etc')", "ENOENT"],
      ["open('/etc/none')", "ENOENT"],
      ["open('/proc/self/root/etc/passwd')", "ENOENT"],
      ["(t := tempfile.TemporaryFile()).write(b'x'), t.close()", "(1, None)"],
      ["open('/in/x.csv').read(), sorted(os.listdir('/'))[:2]", "('1,2\\n', ['dev', 'home'])"],
    ] as const;
    put("home/lib/app.py", asProgram(asked.map(([code]) => code)));
    const said = pyheap(["--sandbox", "--mount", "../../data:/in:ro", "../lib/app.py"], at("home", "work"));
    expect(said).toEqual({
      status: 0,
      stdout: [...asked.map(([, answer]) => answer), ""],
      stderr:
        "pyheap: --sandbox hides BASE/secret.txt from the program, which sees BASE/home/work (--mount HOST:GUEST shows more)\n",
    });
    expect([
      existsSync(at("home", "lib", "no.txt")),
      existsSync(at("out", "x")),
      existsSync(at("home", "work", "made.txt")),
    ]).toEqual([false, false, true]);
    expect(pyheap(["--sandbox", "-c", ""], "/").stderr).toBe(
      "pyheap: Cannot use --sandbox in /: it would hide nothing\n",
    );
  });
});
