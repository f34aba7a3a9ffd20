// Compiles programs in C and C++ for WASI, with libpyheap or with the C library's own malloc, and runs them.

import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { WASI } from "node:wasi";
import { findToolchain } from "../../src/hosts/c/toolchain.js";
import { ROOT, WASI_LIBRARIES } from "../needs.js";

const FOLDER = join(ROOT, "build/library");
const SYSROOT = join(ROOT, "build/wasi");
const LIBRARIES = join(SYSROOT, "lib/wasm32-wasip1");
export const LIBPYHEAP = join(ROOT, "dist/libpyheap.a");

/** wasi-libc and libc++, unpacked from @yowasp/clang, which has both compiled. */
function sysroot(): string {
  if (existsSync(SYSROOT)) return SYSROOT;
  mkdirSync(join(ROOT, "build"), { recursive: true });
  const unpacked = mkdtempSync(`${SYSROOT}.`);
  mustRun("tar", ["-xf", WASI_LIBRARIES, "-C", unpacked]);
  renameSync(unpacked, SYSROOT);
  return SYSROOT;
}

/** Without npm's folders: clang runs wasm-opt if it is there, which drops the names of functions. */
const PATH = (process.env.PATH ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));

function mustRun(command: string, args: readonly string[]): void {
  const env = { ...process.env, PATH: PATH.join(delimiter) };
  const { status, stderr, error } = spawnSync(command, args, { encoding: "utf8", env });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error ?? stderr}`);
}

/** Calls of malloc stay calls: the tests look at errno. */
const FLAGS = ["--target=wasm32-wasip1", "-O2", "-fno-builtin", "-Wall", "-Wextra", "-Werror"];

/** Compiles and links a file in C in one call of clang. Returns the program's path. */
export async function program(
  source: string,
  libraries: readonly string[],
  flags: readonly string[] = [],
): Promise<string> {
  const native = await findToolchain(ROOT);
  if (!native) throw new Error("Cannot compile for WASI: no clang");
  mkdirSync(FOLDER, { recursive: true });
  const output = join(FOLDER, `${basename(source)}${libraries.length}${flags.join("")}.wasm`);
  const builtins = join(sysroot(), "lib/wasm32-unknown-wasip1/libclang_rt.builtins.a");
  const where = [`--sysroot=${sysroot()}`, "-nodefaultlibs"];
  mustRun(native.name, [...FLAGS, ...flags, ...where, source, ...libraries, "-lc", builtins, "-o", output]);
  return output;
}

/** The libraries of a program in C++. Its object file was compiled with the headers of the same libraries. */
export function cppLibraries(): string[] {
  return ["libc++.a", "libc++abi.a"].map((name) => join(LIBRARIES, name));
}

/** Compiles a file in C++ to an object file, by the compiler that has the headers of the libraries. */
export async function compileCpp(source: string): Promise<string> {
  process.env.PYHEAP_CLANG = "yowasp";
  const output = join(FOLDER, `${basename(source)}.o`);
  try {
    mkdirSync(FOLDER, { recursive: true });
    const yowasp = await findToolchain(join(ROOT, "build/yowasp"));
    const args = ["--target=wasm32-wasip1", "-O2", "-fno-exceptions", "-std=c++20", "-c", source, "-o", output];
    if (!(await yowasp?.run("clang", args, [join(source, ".."), FOLDER], output)))
      throw new Error(`Cannot compile ${source}`);
  } finally {
    delete process.env.PYHEAP_CLANG;
  }
  return output;
}

export interface Ended {
  readonly status: number;
  readonly output: string;
  /** The bytes of the program's memory at its end. */
  readonly memory: number;
}

/** Instantiates a program. What it prints goes to the file descriptor `stdout`. */
function instantiate(
  path: string,
  args: readonly string[],
  stdout: number,
): { wasi: WASI; instance: WebAssembly.Instance } {
  const wasi = new WASI({ version: "preview1", args: [path, ...args], stdout });
  const { wasi_snapshot_preview1: functions = {} } = wasi.getImportObject() as Record<
    string,
    Record<string, WasiFunction>
  >;
  // Without a function of JavaScript around them, calls from WebAssembly end Node 20.
  const imports = Object.fromEntries(
    Object.entries(functions).map(([name, f]) => [name, (...values: number[]) => f(...values)]),
  );
  const module = new WebAssembly.Module(readFileSync(path));
  return { wasi, instance: new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports }) };
}

type WasiFunction = (...values: number[]) => number;

/** Runs a program to its end. */
export function run(path: string, ...args: readonly string[]): Ended {
  const file = join(FOLDER, `${basename(path)}.out`);
  const stdout = openSync(file, "w");
  try {
    const { wasi, instance } = instantiate(path, args, stdout);
    const status = wasi.start(instance);
    const { buffer } = instance.exports.memory as WebAssembly.Memory;
    return { status, output: readFileSync(file, "utf8"), memory: buffer.byteLength };
  } finally {
    closeSync(stdout);
  }
}

/** The functions of a program without main (-mexec-model=reactor). */
export function opened(path: string): WebAssembly.Exports {
  const { wasi, instance } = instantiate(path, [], 1);
  wasi.initialize(instance);
  return instance.exports;
}
