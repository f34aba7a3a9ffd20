// Debian packages for tests, and the sources of some. They are fetched when first needed, into build/, and never committed.

import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { ROOT } from "../needs.js";

/** What apt-get knows of this machine's distribution: the lists of packages and of sources, which are fetched once a day. */
const APT = join(ROOT, "build/apt");
const DAY = 24 * 60 * 60 * 1000;

/** This machine's list of package sources, without security updates: mirrors often have no sources for these. */
function sourcesList(): string {
  const folder = "/etc/apt/sources.list.d";
  const files = ["/etc/apt/sources.list", ...readdirSync(folder).map((file) => join(folder, file))];
  const text = files
    .filter((file) => existsSync(file) && /debian|sources\.list$/.test(file))
    .map((file) => readFileSync(file, "utf8"));
  const isUpdate = (part: string) => /^(URIs:|deb ).*security/m.test(part);
  return text
    .flatMap((file) => file.split(/^Types:/m).map((part, k) => (k === 0 ? part : `Types:${part}`)))
    .flatMap((part) => (part.startsWith("Types:") ? [part] : part.split("\n")))
    .filter((part) => !isUpdate(part))
    .join("\n");
}

/** Writes the list of package sources, in the machine's own format; programs and sources are wanted of each. */
function writeList(folder: string): void {
  const text = sourcesList();
  if (/^Types:/m.test(text)) {
    writeFileSync(join(folder, "debian.sources"), text.replace(/^Types:.*$/gm, "Types: deb deb-src"));
  } else {
    writeFileSync(join(folder, "debian.list"), `${text}\n${text.replace(/^deb /gm, "deb-src ")}`);
  }
}

/** The words with which apt-get looks into a folder, and not at what this machine has installed. */
function wordsFor(folder: string): string[] {
  const list = ["debian.sources", "debian.list"].map((name) => join(folder, name)).find(existsSync);
  return [
    ...["-qq", "-o", "APT::Sandbox::User=", "-o", `Dir::State::lists=${join(folder, "lists")}`],
    ...[
      "-o",
      `Dir::Cache=${join(folder, "cache")}`,
      "-o",
      `Dir::Etc::sourcelist=${list}`,
      "-o",
      "Dir::Etc::sourceparts=-",
    ],
  ];
}

/** Runs apt-get in a folder. */
function aptGet(cwd: string, ...words: string[]): void {
  if (existsSync(APT) && Date.now() - statSync(APT).mtimeMs > DAY) rmSync(APT, { recursive: true, force: true });
  if (!existsSync(APT)) {
    mkdirSync(join(ROOT, "build"), { recursive: true });
    const work = mkdtempSync(`${APT}-`);
    for (const folder of ["lists/partial", "cache/archives/partial"])
      mkdirSync(join(work, folder), { recursive: true });
    writeList(work);
    execFileSync("apt-get", [...wordsFor(work), "update"], { stdio: "pipe" });
    try {
      renameSync(work, APT);
    } catch {
      // Another process was faster.
      rmSync(work, { recursive: true });
    }
  }
  execFileSync("apt-get", [...wordsFor(APT), ...words], { cwd, stdio: "pipe" });
}

/** Fetches packages, and unpacks them into a folder: all of their files, or those that match `wanted`, a pattern as tar takes it. */
function unpack(names: readonly string[], target: string, wanted?: string): void {
  mkdirSync(target, { recursive: true });
  aptGet(target, "download", ...names);
  for (const file of readdirSync(target).filter((each) => each.endsWith(".deb"))) {
    const tar = execFileSync("dpkg-deb", ["--fsys-tarfile", join(target, file)], { maxBuffer: 2 ** 30 });
    const pick = wanted === undefined ? [] : ["--wildcards", wanted];
    execFileSync("tar", ["x", "-C", target, ...pick], { input: tar, stdio: ["pipe", "pipe", "pipe"] });
    rmSync(join(target, file));
  }
}

/** The folder with the Python modules of Debian's packages, unpacked below build/. */
export function debianPackages(names: readonly string[], folder = "debian"): string {
  const target = join(ROOT, "build", folder);
  const modules = join(target, "usr/lib/python3/dist-packages");
  const list = join(target, "packages");
  if (existsSync(list) && readFileSync(list, "utf8") === names.join("\n")) return modules;
  rmSync(target, { recursive: true, force: true });
  unpack(names, target);
  writeFileSync(list, names.join("\n"));
  return modules;
}

/** A program of one of Debian's packages: the file whose path matches `wanted`, a pattern as tar takes it. */
export function debianProgram(name: string, wanted: string): string {
  const target = join(ROOT, "build/programs", name);
  const list = join(target, "program");
  if (!existsSync(list)) {
    rmSync(target, { recursive: true, force: true });
    unpack([name], target, wanted);
    const [program] = readdirSync(target, { recursive: true, encoding: "utf8" }).filter((path) =>
      statSync(join(target, path)).isFile(),
    );
    if (program === undefined) throw new Error(`Cannot find ${wanted} in Debian's package ${name}`);
    writeFileSync(list, join(target, program));
  }
  return readFileSync(list, "utf8");
}

/** The package with the tools of Debian's default version of Go. */
export function goPackage(): string {
  const depends = execFileSync("apt-cache", ["depends", "golang-go"], { encoding: "utf8" });
  const name = /golang-[\d.]+-go/.exec(depends)?.[0];
  if (name === undefined) throw new Error("Cannot find Go: golang-go depends on no golang-N-go");
  return name;
}

/** The folder with a package's source, unpacked. */
export function debianSource(name: string): string {
  const [target = ""] = debianSources([name]);
  return target;
}

/** The folders with the sources of packages, which are fetched at once. */
export function debianSources(names: readonly string[]): string[] {
  const folder = join(ROOT, "build/sources");
  const targets = names.map((name) => join(folder, name));
  const missing = names.filter((_, k) => !existsSync(targets[k] as string));
  if (missing.length === 0) return targets;
  const work = join(folder, `${missing.join("+")}.work`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  // Mirrors have fewer of Debian's own changes than of the sources themselves.
  aptGet(work, "source", "--download-only", "--tar-only", ...missing);
  for (const name of missing) {
    const archive = readdirSync(work).find((file) => file.startsWith(`${name}_`) && file.includes(".orig.tar."));
    if (archive === undefined) throw new Error(`Cannot find the source of ${name}: apt-get fetched no .orig.tar`);
    const source = join(work, name);
    mkdirSync(source);
    execFileSync("tar", ["xf", join(work, archive), "-C", source, "--strip-components=1"]);
    renameSync(source, join(folder, name));
  }
  rmSync(work, { recursive: true });
  return targets;
}
