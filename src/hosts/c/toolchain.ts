// The compiler from C to WebAssembly on this machine: clang and wasm-ld if they are installed, else the npm package
// @yowasp/clang, which contains both, compiled to WebAssembly. Only in Node.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

export interface Toolchain {
  /** Its name in messages. */
  readonly name: string;
  /** The compiler's file: another version has another size, or was written at another time. */
  readonly file: string;
  /** Runs a tool. It may read the files in `folders`. False if it failed, and has printed why. */
  run(tool: "clang" | "wasm-ld", args: readonly string[], folders: readonly string[], output: string): Promise<boolean>;
}

/** Suffixes under which distributions install clang; plain `clang` first. */
const SUFFIXES = ["", "-22", "-21", "-20", "-19", "-18"];

function findInPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const file = process.platform === "win32" ? `${name}.exe` : name;
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path));
}

/** Compilers that can compile to WebAssembly. To ask a compiler takes as long as to compile a small file. */
const knowing = new Set<string>();

/** Whether this clang can compile to WebAssembly: Apple's can't. */
function knowsWasm(clang: string): boolean {
  if (knowing.has(clang)) return true;
  const { stdout } = spawnSync(clang, ["--print-targets"], { encoding: "utf8" });
  const knows = stdout?.includes("wasm32") === true;
  if (knows) knowing.add(clang);
  return knows;
}

function nativeToolchain(): Toolchain | undefined {
  for (const suffix of SUFFIXES) {
    const clang = findInPath(`clang${suffix}`);
    const linker = findInPath(`wasm-ld${suffix}`) ?? findInPath("wasm-ld");
    if (clang === undefined || linker === undefined || !knowsWasm(clang)) continue;
    return {
      name: clang,
      file: clang,
      run: async (tool, args) => spawnSync(tool === "clang" ? clang : linker, args, { stdio: "inherit" }).status === 0,
    };
  }
  return undefined;
}

/** A folder in the form that @yowasp/clang takes. */
interface Tree {
  [name: string]: Tree | string | Uint8Array;
}

type Tool = (args: string[], files: Tree, options: object) => Promise<Tree>;

interface Yowasp {
  readonly commands: Readonly<Record<"clang" | "wasm-ld", Tool>>;
  /** Without arguments, it only loads itself. */
  readonly runLLVM: (args: null, files: Tree, options: object) => Promise<void> | undefined;
}

/** Where the machine's files are in the tree: the package has its own folders at the root. */
const HOST = "/host";

function partsOf(path: string): string[] {
  return (HOST + path).split("/").filter((name) => name !== "");
}

/** Adds all files of a folder to the tree, except those that no compiler reads. */
function addFolder(tree: Tree, folder: string): void {
  let at = tree;
  for (const part of partsOf(folder)) {
    at[part] ??= {};
    at = at[part] as Tree;
  }
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === "node_modules" || entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) addFolder(tree, path);
    else if (entry.isFile() && !/\.(wasm|gz|xz|zip|tar)$/.test(entry.name)) at[entry.name] = readFileSync(path);
  }
}

function fileIn(tree: Tree, path: string): Uint8Array | undefined {
  let at: Tree | string | Uint8Array | undefined = tree;
  for (const part of partsOf(path)) at = at instanceof Uint8Array || typeof at !== "object" ? undefined : at[part];
  return typeof at === "string" ? new TextEncoder().encode(at) : at instanceof Uint8Array ? at : undefined;
}

/** The package's entry, resolved as Node does from a folder, or from this file. */
function findYowasp(folder: string): string | undefined {
  const places = [join(folder, "x.js"), import.meta.url].flatMap(
    (base) => createRequire(base).resolve.paths("@yowasp/clang") ?? [],
  );
  return places.map((place) => join(place, "@yowasp/clang/gen/bundle.js")).find((path) => existsSync(path));
}

async function yowaspToolchain(folder: string): Promise<Toolchain | undefined> {
  const entry = findYowasp(folder);
  if (entry === undefined) return undefined;
  const { commands, runLLVM } = (await import(pathToFileURL(entry).href)) as Yowasp;
  await runLLVM(null, {}, { fetchProgress: () => undefined });
  return {
    name: "@yowasp/clang",
    file: entry,
    async run(tool, args, folders, output) {
      const tree: Tree = {};
      for (const path of folders) addFolder(tree, resolve(path));
      const mapped = args.map((arg) => arg.replace(/^(-I|-isystem|-iquote|-idirafter)?(?=\/)/, `$1${HOST}`));
      if (tool === "clang") mapped.push(`-ffile-prefix-map=${HOST}/=/`);
      const decoder = new TextDecoder();
      const print = (bytes: Uint8Array | null) => {
        if (bytes) process.stderr.write(decoder.decode(bytes, { stream: true }));
      };
      try {
        const made = fileIn(await commands[tool](mapped, tree, { stdout: print, stderr: print }), output);
        if (made === undefined) return false;
        writeFileSync(output, made);
        return true;
      } catch (error) {
        // The tool itself failed: its error has an exit code, and was printed.
        if (error instanceof Error && "code" in error && "files" in error) return false;
        throw error;
      }
    },
  };
}

/**
 * The toolchain of this machine; undefined if there is none. An npm package is searched for from `folder` upwards. With
 * the environment variable PYHEAP_CLANG=yowasp the package is used even if clang is installed.
 */
export async function findToolchain(folder: string): Promise<Toolchain | undefined> {
  const native = process.env.PYHEAP_CLANG === "yowasp" ? undefined : nativeToolchain();
  return native ?? (await yowaspToolchain(folder));
}

export const NO_TOOLCHAIN =
  "no compiler for WebAssembly was found: install clang and lld (Debian: clang-19 and lld-19), or the npm package @yowasp/clang";
