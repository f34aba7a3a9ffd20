// A file that lists what a program needs, as pip reads it: one requirement in a line; -r names another file; --hash
// gives the hash of a wheel.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../../ground/errors.js";
import { reasonOf, UsageError } from "../system/errors.js";
import { isURL } from "./download.js";
import { parseRequirement, type Requirement, urlOf } from "./requirement.js";
import { parseWheelName } from "./wheel-name.js";

/** A requirement, and who asks for it: "which requirements.txt:3 asks for". */
export type Asked = readonly [requirement: Requirement, why: string];

/** Options of pip that say where packages come from. `pyheap run` has other options for that. */
const ELSEWHERE = /^(?:-i|-f|--index-url|--extra-index-url|--find-links|--no-index|--trusted-host)\b/;

/**
 * A wheel that is named by its file or URL. `why` says who asks for it. Throws UsageError if the file does not have a
 * wheel's name.
 */
export function wheelAsked(place: string, why: string, folder = "."): Asked {
  const { url, sha256 } = urlOf(place);
  const file = decodeURIComponent(url.split(/[\\/]/).at(-1) ?? "");
  const wheel = parseWheelName(file);
  if (!wheel) throw new UsageError(`Cannot load ${place}: a wheel's name is like NAME-1.2-py3-none-any.whl`);
  const full = isURL(url) ? url : pathToFileURL(resolve(folder, url)).href;
  return [{ name: wheel.name, extras: [], range: "", url: full, sha256, marker: "" }, why];
}

/**
 * The requirements of a file. `within` has the files that led to this one by -r. Throws UsageError, which names file and line,
 * if the file can't be read.
 */
export function readRequirements(file: string, within: readonly string[] = []): Asked[] {
  const problem = (at: string, why: string) => new UsageError(`Cannot read ${at}: ${why}`);
  if (within.includes(resolve(file))) throw problem(file, "it names itself with -r");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw problem(file, reasonOf(error));
  }
  const lines = text.split(/\r?\n/);
  const asked: Asked[] = [];
  for (let k = 0; k < lines.length; k++) {
    const at = `${file}:${k + 1}`;
    let line = lines[k] ?? "";
    while (line.endsWith("\\") && k + 1 < lines.length) line = line.slice(0, -1) + lines[++k];
    line = line.replace(/(^|\s)#.*$/, "").trim();
    if (line === "") continue;
    const other = /^(?:-r|--requirement)[\s=]*(.+)$/.exec(line)?.[1];
    if (other !== undefined) {
      asked.push(...readRequirements(resolve(dirname(file), other), [...within, resolve(file)]));
      continue;
    }
    if (ELSEWHERE.test(line))
      throw problem(at, `${line}: say where packages come from with --index or PYHEAP_PACKAGES`);
    if (line.startsWith("-")) throw problem(at, `${line}: of pip's options, only -r and --hash are known`);
    asked.push(requirementOf(line, at, dirname(file), problem));
  }
  return asked;
}

function requirementOf(line: string, at: string, folder: string, problem: (at: string, why: string) => Error): Asked {
  const why = `which ${at} asks for`;
  const [words = "", ...hashes] = line.split(/\s+--hash[=\s]/);
  const known = hashes.map((hash) => /^sha256:([0-9a-f]{64})\s*$/i.exec(hash)?.[1]?.toLowerCase());
  if (hashes.length > 1 || known.includes(undefined))
    throw problem(at, "only one --hash can be checked, of the kind sha256");
  try {
    const isPlace = /\.whl(#\S*)?$/.test(words) && !/\s@\s/.test(words);
    const [requirement] = isPlace ? wheelAsked(words, why, folder) : [parseRequirement(words)];
    return [{ ...requirement, sha256: known[0] ?? requirement.sha256 }, why];
  } catch (error) {
    throw problem(at, messageOf(error));
  }
}
