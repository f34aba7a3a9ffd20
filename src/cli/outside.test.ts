// What a program sees of the world outside is what it sees under the machine's own Python: arguments, paths, environment, time zone.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { MAIN } from "../../test/command.js";
import { hasPython } from "../../test/needs.js";
import { wheel } from "../../test/wheels.js";
import { namesIn, zoneNames } from "./time-zone.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "pyheap-outside-")));
const at = (...names: string[]) => join(folder, ...names);
const PYTHON = hasPython
  ? spawnSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).stdout.trim()
  : "";

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, text: string | Uint8Array): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

interface Said {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function say(program: string, words: readonly string[], env: NodeJS.ProcessEnv): Said {
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: "utf8",
    cwd: folder,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...env },
  });
  return { status, stdout, stderr };
}

const pyheap = (words: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  say(process.execPath, [MAIN, "run", "--quiet", ...words], env);
const python = (words: readonly string[], env: NodeJS.ProcessEnv = {}) => say(PYTHON, words, env);

describe("a program", () => {
  it.skipIf(!hasPython)("in an archive has its arguments, its own modules first, then PYTHONPATH", () => {
    const main = [
      "import sys, shared, inner, other",
      "print(sys.argv, shared.where, inner.where, other.where, __name__, __file__)",
      "print(sys.path[:3], sys.path.index(sys.path[1]), len(set(sys.path)) == len(sys.path))",
    ];
    const files = { "__main__.py": main.join("\n"), "inner.py": "where = 'archive'", "shared.py": "where = 'archive'" };
    put("app.pyz", zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))));
    put("first/shared.py", "where = 'PYTHONPATH'");
    put("second/other.py", "where = 'PYTHONPATH'");
    const env = { PYTHONPATH: `first:${at("second")}` };
    const said = pyheap(["app.pyz", "a", "--b"], env);
    expect(said).toEqual({ ...python(["app.pyz", "a", "--b"], env), status: 0, stderr: "" });
  });

  it("in a folder has the packages of a virtual environment, where they can run", () => {
    const site = "venv/lib/python3.11/site-packages";
    put("venv/pyvenv.cfg", "home = /usr/bin\n");
    put(`${site}/pure/__init__.py`, "where = 'venv'");
    put(`${site}/fast/__init__.py`, "where = 'venv'");
    put(`${site}/fast/_parts.cpython-311-x86_64-linux-gnu.so`, "");
    put(`${site}/slow/__init__.py`, "where = 'venv, without its parts for another machine'");
    put(`${site}/slow/_parts.cpython-311-x86_64-linux-gnu.so`, "");
    put(`${site}/more.pth`, `${at("linked")}\nimport sys; sys.from_pth = True\n`);
    put("linked/beyond.py", "where = '.pth'");
    put(
      "tool/__main__.py",
      "import helper, pure, fast, slow, beyond, sys\nprint(helper.where, pure.where, fast.where, slow.where, beyond.where, sys.from_pth)\nprint(sys.prefix, sys.argv)\n",
    );
    put("tool/helper.py", "where = 'folder'");
    const fast = wheel("fast", "1.0", { "fast/__init__.py": "where = 'package'" });
    const pure = wheel("pure", "1.0", { "pure/__init__.py": "where = 'package'" });
    for (const { file, bytes } of [fast, pure]) put(`wheels/${file}`, bytes);
    const env = { PYHEAP_PACKAGES: at("wheels"), VIRTUAL_ENV: at("venv") };
    const { VIRTUAL_ENV, ...named } = env;
    expect(pyheap(["tool", "x"], env)).toEqual({
      status: 0,
      stdout: `folder venv package venv, without its parts for another machine .pth True\n${VIRTUAL_ENV} ['tool', 'x']\n`,
      stderr: "",
    });
    expect(pyheap(["--venv", "linked", "tool"], named)).toEqual({
      status: 2,
      stdout: "",
      stderr: "pyheap: Cannot use linked as a virtual environment: it has no pyvenv.cfg\n",
    });
    expect(pyheap(["linked"]).stderr).toBe("pyheap: Cannot run linked: it is a folder without __main__.py\n");
  });

  it.skipIf(!hasPython)("as a module has the environment, home, locale and time zone", () => {
    const main = [
      "import locale, os, sys, time",
      "print(dict(sorted(os.environ.items())))",
      "print(os.path.expanduser('~'), os.path.expandvars('$TOOL'), os.getenv('LD_LIBRARY_PATH'))",
      "print(time.tzname, time.timezone, time.altzone, time.daylight)",
      "for seconds in 1_700_000_000, 1_690_000_000:",
      "    local = time.localtime(seconds)",
      "    print(local.tm_zone, local.tm_gmtoff, time.strftime('%Z %z %c', local))",
      "print(locale.setlocale(locale.LC_CTYPE), locale.getpreferredencoding(), sys.getfilesystemencoding(), sys.stdout.encoding)",
      "import getpass, grp, pwd",
      "print(os.getuid(), os.geteuid(), os.getgid(), os.getegid(), sorted({*os.getgroups(), os.getegid()}), getpass.getuser())",
      "print(tuple(pwd.getpwuid(os.getuid())), pwd.getpwnam('root').pw_dir, len(pwd.getpwall()), os.path.expanduser('~root'))",
      "print(tuple(grp.getgrgid(0)), grp.getgrnam('root').gr_gid, len(grp.getgrall()))",
      "for ask, what in (pwd.getpwnam, 'no-one'), (pwd.getpwuid, 54321), (grp.getgrnam, 'none'), (grp.getgrgid, 54321):",
      "    try: ask(what)",
      "    except KeyError as error: print(error)",
      "os.environ['ADDED'] = 'x'; del os.environ['TOOL']; print(os.environ.get('TOOL'), os.getenv('ADDED'), sys.argv[1:], sys.path[0])",
    ];
    put("pack/__init__.py", "");
    put("pack/__main__.py", main.join("\n"));
    const env = {
      TZ: "Europe/Berlin",
      TOOL: "hämmer",
      LANG: "C.UTF-8",
      LC_ALL: "C.UTF-8",
      HOME: at("linked"),
      LD_LIBRARY_PATH: "/opt/lib",
      USER: undefined,
      LOGNAME: undefined,
      PYTHONPATH: undefined,
    };
    const said = pyheap(["-m", "pack", "-x"], env);
    const other = python(["-m", "pack", "-x"], env);
    expect({ ...said, stdout: said.stdout.split("\n") }).toEqual({
      status: 0,
      stdout: other.stdout.split("\n"),
      stderr: "",
    });
  });
});

describe("a time zone", () => {
  it("has its names in POSIX's notation, as at the end of zone files", () => {
    for (const [zone, expected] of [
      ["CET-1CEST,M3.5.0,M10.5.0/3", ["CET", "CEST"]],
      ["JST-9", ["JST", "JST"]],
      ["<+03>-3", ["+03", "+03"]],
      ["<-02>2<-01>,M3.5.0/-1,M10.5.0/0", ["-02", "-01"]],
      ["UTC0", ["UTC", "UTC"]],
      ["", undefined],
      ["Europe/Nowhere", undefined],
    ] as const) {
      expect(namesIn(zone), zone).toEqual(expected);
    }
    expect([zoneNames(""), zoneNames("EST5EDT"), zoneNames("Europe/Nowhere")]).toEqual([
      ["UTC", "UTC"],
      ["EST", "EDT"],
      undefined,
    ]);
  });
});
