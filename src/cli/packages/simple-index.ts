// An index of packages, such as PyPI: it has a page for each package, with its files (PEP 503 and PEP 691).

import { rcompare, satisfies, valid } from "@renovatebot/pep440";
import { type Download, download } from "./download.js";
import { PackageError } from "./package-error.js";
import { urlOf } from "./requirement.js";
import type { Archive } from "./store.js";
import { fit, type Interpreter, parseWheelName } from "./wheel-name.js";

const ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1";

interface File {
  readonly file: string;
  readonly url: string;
  readonly sha256: string | undefined;
  readonly python: string;
  readonly isYanked: boolean;
}

export class SimpleIndex {
  readonly url: string;

  constructor(url: string) {
    this.url = url.replace(/\/*$/, "/");
  }

  /**
   * The wheels of a package that fit an interpreter, the newest version first. Throws PackageError, whose message is
   * only the reason.
   */
  async wheels(name: string, interpreter: Interpreter): Promise<Archive[]> {
    const page = await download(new URL(`${name}/`, this.url).href, ACCEPT);
    const fitting = (page.type.includes("json") ? filesOfJSON(page) : filesOfHTML(page)).flatMap((file) => {
      const wheel = parseWheelName(file.file);
      const { isYanked, python } = file;
      if (!wheel || isYanked || valid(wheel.version) === null || !isFor(python, interpreter)) return [];
      const { url, sha256 } = file;
      return [{ archive: { name, version: wheel.version, url, sha256 }, fit: fit(wheel, interpreter) }];
    });
    return fitting
      .filter(({ fit }) => fit > 0)
      .sort((a, b) => rcompare(a.archive.version, b.archive.version) || b.fit - a.fit)
      .map(({ archive }) => archive);
  }
}

function isFor(range: string, { python }: Interpreter): boolean {
  try {
    return range === "" || satisfies(python, range);
  } catch {
    // A version range that can't be read excludes nothing: old packages have all kinds of text there.
    return true;
  }
}

const textOf = ({ bytes }: Download) => Buffer.from(bytes).toString("utf8");

function filesOfJSON(page: Download): File[] {
  let files: unknown;
  try {
    ({ files } = JSON.parse(textOf(page)) as { files?: unknown });
  } catch {
    // The error is thrown below, as for JSON without a list of files.
  }
  if (!Array.isArray(files)) throw new PackageError("its answer is not that of an index of packages");
  return (files as Record<string, unknown>[]).flatMap((each) => {
    const { filename, url, hashes, yanked } = each;
    if (typeof filename !== "string" || typeof url !== "string") return [];
    const sha256 = (hashes as Record<string, string> | undefined)?.sha256;
    const python = String(each["requires-python"] ?? "");
    return [{ file: filename, url: new URL(url, page.url).href, sha256, python, isYanked: Boolean(yanked) }];
  });
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#39;": "'",
};
const plain = (text: string) => text.replace(/&(?:lt|gt|amp|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);

function filesOfHTML(page: Download): File[] {
  return [...textOf(page).matchAll(/<a\b([^>]*)>([^<]*)<\/a>/gi)].map(([, attributes = "", text = ""]) => {
    const attribute = (name: string) => plain(new RegExp(`\\b${name}="([^"]*)"`, "i").exec(attributes)?.[1] ?? "");
    const { url, sha256 } = urlOf(new URL(attribute("href"), page.url).href);
    const isYanked = /\bdata-yanked\b/i.test(attributes);
    return { file: plain(text.trim()), url, sha256, python: attribute("data-requires-python"), isYanked };
  });
}
