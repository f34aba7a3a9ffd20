// Programs see the machine's files as they do under the machine's own Python: each line of a program has the same
// result in both.

import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { command } from "../../test/command.js";
import { hasPython } from "../../test/needs.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "pyheap-")));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pyheap = (args: readonly string[], cwd = folder) => command(["run", "--quiet", ...args], { cwd });

/** A program that prints the result, or the error, of each line. */
const asProgram = (lines: readonly string[]) =>
  [
    "import errno, mmap, os, shutil, stat, sys, tempfile, time",
    "base = os.path.realpath(tempfile.mkdtemp(prefix='pyheap-'))",
    "def at(*names): return os.path.join(base, *names)",
    "def write(text, *names, mode='w'):",
    "    with open(at(*names), mode) as file: return file.write(text)",
    "def read(*names):",
    "    with open(at(*names)) as file: return file.read()",
    "def ask(code):",
    "    try: answer = eval(code)",
    "    except OSError as error: answer = type(error).__name__, errno.errorcode[error.errno], error.filename",
    "    print(code, '->', repr(answer).replace(base, 'BASE'))",
    ...lines.map((line) => `ask(${JSON.stringify(line)})`),
    "os.chdir('/')",
    "shutil.rmtree(base)",
    "print(os.path.exists(base))",
  ].join("\n");

const FILES = [
  // Links.
  "[os.mkdir(at('pack')), write('x = 5', 'pack', '__init__.py'), os.symlink(at('pack'), at('alias'))]",
  "[sys.path.insert(0, base), __import__('alias').x]",
  "[os.readlink(at('alias')), os.path.islink(at('alias')), os.path.isdir(at('alias')), os.path.realpath(at('alias', '..', 'f'))]",
  "[os.symlink('loop', at('loop')), os.path.lexists(at('loop')), os.path.exists(at('loop'))]",
  "read('loop')",
  // The umask from outside. Permissions, with umasks that the program sets.
  "oct(os.umask(0o27))",
  "[write('', 'm27'), os.mkdir(at('d27')), oct(os.stat(at('m27')).st_mode), oct(os.stat(at('d27')).st_mode)]",
  "[os.umask(0), write('', 'm0'), os.mkdir(at('d0')), oct(os.stat(at('m0')).st_mode), oct(os.stat(at('d0')).st_mode)]",
  "[os.chmod(at('m0'), 0o604), oct(os.stat(at('m0')).st_mode), oct(os.umask(0o22))]",
  "[os.access(at('m0'), os.R_OK), os.access(at('m0'), os.X_OK), os.access('/etc/passwd', os.R_OK), os.access('/none', os.F_OK)]",
  "[os.stat(at('m0')).st_uid, os.stat(at('m0')).st_nlink, os.stat('/etc/passwd').st_ino, os.stat('/etc/passwd').st_dev]",
  "[os.utime(at('m0'), ns=(10**18 + 1_500_000, 10**18 + 2_500_000)), os.stat(at('m0')).st_mtime_ns // 1000]",
  // Errors.
  "open('/none/x.csv')",
  "open('/usr')",
  "open('/etc/passwd/x')",
  "open('/etc/passwd', 'x')",
  "os.mkdir('/etc')",
  "os.rmdir(base)",
  "os.listdir('/none')",
  "os.readlink('/etc/passwd')",
  "os.unlink(at('none'))",
  "open(at('n' * 300), 'w')",
  // Replacing, renaming, appending, cutting.
  "[write('old', 'f'), write('new', 'g'), os.replace(at('g'), at('f')), read('f'), os.path.exists(at('g'))]",
  "[os.rename(at('f'), at('pack', 'f')), read('alias', 'f'), os.path.exists(at('f'))]",
  "[os.rename(at('d27'), at('d28')), write('y', 'd28', 'y'), os.listdir(at('d28'))]",
  "[write('!', 'pack', 'f', mode='a'), read('pack', 'f'), os.truncate(at('pack', 'f'), 2), read('pack', 'f')]",
  "[os.unlink(at('m27')), os.mkdir(at('m27')), os.path.isdir(at('m27'))]",
  "sorted(os.listdir(base))",
  "os.path.samefile(at('pack', 'f'), at('alias', 'f'))",
  // Temporary files, also without a name.
  "[tempfile.gettempdir(), (t := tempfile.TemporaryFile()).write(b'12345'), t.truncate(3), t.seek(0), t.read(), t.close()]",
  "[(t := tempfile.NamedTemporaryFile()).name.startswith(tempfile.gettempdir()), oct(os.stat(t.name).st_mode), t.close()]",
  // The rest of the machine.
  "[name in os.listdir('/') for name in ('etc', 'usr', 'tmp', 'home', 'none')]",
  "[os.path.exists('/lib/os-release'), open('/usr/lib/os-release').read() == open('/etc/os-release').read()]",
  "[os.chdir('/usr/lib'), open('../../etc/passwd').read() == open('/etc/passwd').read(), os.getcwd()]",
  "[os.chdir(at('alias')), os.getcwd(), os.path.exists('../d0'), open('f').read()]",
  "[open('/dev/zero', 'rb', 0).read(3), open('/proc/version').read()[:5], open('/dev/null', 'w').write('x')]",
  "[(f := open('/etc/passwd', 'rb')), mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)[:] == f.read(), f.close()][1:]",
  "shutil.disk_usage(base).total",
];

describe("the machine's files", () => {
  it.skipIf(!hasPython)("are for a program what they are for the machine's Python", () => {
    const code = asProgram(FILES);
    const options = { encoding: "utf8", cwd: folder } as const;
    const outside = spawnSync("python3", ["-c", code], options);
    expect({ status: outside.status, stderr: outside.stderr }).toEqual({ status: 0, stderr: "" });
    const inside = pyheap(["-c", code]);
    expect({ ...inside, stdout: inside.stdout.split("\n") }).toEqual({
      status: 0,
      stdout: outside.stdout.split("\n"),
      stderr: "",
    });
  });

  it.skipIf(!hasPython)(
    "are found by a script that lies elsewhere, through links, and are written with the umask from outside",
    () => {
      mkdirSync(join(folder, "below", "real"), { recursive: true });
      symlinkSync(join(folder, "below", "real"), join(folder, "linked"));
      writeFileSync(join(folder, "below", "real", "friend.py"), "name = 'friend'\n");
      const script = "import friend, os, sys\nopen('out', 'w').write(friend.name)\nprint(os.getcwd(), sys.path[0])\n";
      writeFileSync(join(folder, "linked", "app.py"), script);
      const cwd = join(folder, "below");
      const file = join(folder, "linked", "app.py");
      const { stdout } = spawnSync("python3", [file], { encoding: "utf8", cwd });
      expect(stdout).toContain(cwd);
      rmSync(join(cwd, "out"));
      expect(pyheap([file], cwd)).toEqual({ status: 0, stdout, stderr: "" });
      expect(readFileSync(join(cwd, "out"), "utf8")).toBe("friend");
      expect(statSync(join(cwd, "out")).mode & 0o777).toBe(0o666 & ~process.umask());
    },
  );

  it("are not mixed with those that Pyodide brings", () => {
    const code = [
      "import errno, os, sysconfig, sys",
      "zip = [path for path in sys.path if path.endswith('.zip')][0]",
      "print(os.path.isfile(zip), os.path.isdir(sysconfig.get_path('purelib')), 'self' in os.listdir('/proc'))",
      "open(os.path.join(sysconfig.get_path('purelib'), 'added.py'), 'w').write('y = 6')",
      "import added; print(added.y)",
      "try: os.rename(added.__file__, 'added.py')",
      "except OSError as error: print(errno.errorcode[error.errno])",
      "print(os.path.exists('added.py'), os.path.exists('/dev/stdin'), os.path.exists('/dev/null'))",
    ];
    const listed = () => ["/", "/lib", "/dev"].map((path) => readdirSync(path).filter((name) => name !== "shm"));
    const before = listed();
    const said = pyheap(["-c", code.join("\n")]);
    expect(listed()).toEqual(before);
    expect(said).toEqual({ status: 0, stdout: "True True True\n6\nEXDEV\nFalse True True\n", stderr: "" });
  });
});
