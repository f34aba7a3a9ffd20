// Debian packages for tests, and the sources of some. They are fetched when first needed, into build/, and never committed.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../needs.js";

/** This machine's list of package sources, without those of updates: mirrors often have no sources for updates. */
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

/** The folder with the Python modules of Debian's packages, unpacked. */
export function debianPackages(names: readonly string[]): string {
  const target = join(ROOT, "build/debian");
  const modules = join(target, "usr/lib/python3/dist-packages");
  const list = join(target, "packages");
  if (existsSync(list) && readFileSync(list, "utf8") === names.join("\n")) return modules;
  rmSync(target, { recursive: true, force: true });
  mkdirSync(join(target, "lists/partial"), { recursive: true });
  const options = ["-qq", "-o", "APT::Sandbox::User=", "-o", `Dir::State::lists=${join(target, "lists")}`];
  execFileSync("apt-get", [...options, "update"], { stdio: "pipe" });
  execFileSync("apt-get", [...options, "download", ...names], { cwd: target, stdio: "pipe" });
  for (const file of readdirSync(target).filter((each) => each.endsWith(".deb"))) {
    execFileSync("dpkg-deb", ["-x", join(target, file), target], { stdio: "pipe" });
    rmSync(join(target, file));
  }
  rmSync(join(target, "lists"), { recursive: true });
  writeFileSync(list, names.join("\n"));
  return modules;
}

/** The folder with a package's source, unpacked. */
export function debianSource(name: string): string {
  const folder = join(ROOT, "build/sources");
  const target = join(folder, name);
  if (existsSync(target)) return target;
  const work = join(folder, `${name}.work`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, "lists/partial"), { recursive: true });
  const text = sourcesList();
  const deb822 = /^Types:/m.test(text);
  const list = join(work, deb822 ? "debian.sources" : "debian.list");
  writeFileSync(list, deb822 ? text.replace(/^Types:.*$/gm, "Types: deb-src") : text.replace(/^deb /gm, "deb-src "));
  const options = ["-o", `Dir::Etc::sourcelist=${list}`, "-o", "Dir::Etc::sourceparts=-", "-qq"];
  options.push("-o", `Dir::State::lists=${join(work, "lists")}`, "-o", "APT::Sandbox::User=");
  execFileSync("apt-get", [...options, "update"], { stdio: "pipe" });
  execFileSync("apt-get", [...options, "source", "--download-only", name], { cwd: work, stdio: "pipe" });
  const archive = readdirSync(work).find((file) => file.includes(".orig.tar."));
  if (archive === undefined) throw new Error(`Cannot find the source of ${name}: apt-get fetched no .orig.tar`);
  mkdirSync(join(work, "source"));
  execFileSync("tar", ["xf", join(work, archive), "-C", join(work, "source"), "--strip-components=1"]);
  renameSync(join(work, "source"), target);
  rmSync(work, { recursive: true });
  return target;
}
