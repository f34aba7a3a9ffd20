// Runs the TypeScript examples (```ts) of the README and of docs/, and the README's Python example, exactly as written.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { command } from "./command.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(ROOT, "README.md"), "utf8");

function examples(language: string, text = readme): string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))].map((match) => match[1] ?? "");
}

/** A folder in which the package is installed. */
function folderOfAUser(): string {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "pyheap"));
  return folder;
}

describe("README.md", () => {
  it("has TypeScript examples that run", () => {
    const folder = folderOfAUser();
    const codes = examples("ts");
    expect(codes.length).toBeGreaterThanOrEqual(2);
    for (const [k, code] of codes.entries()) {
      const file = join(folder, `example${k}.mjs`);
      writeFileSync(file, transformSync(code, { loader: "ts", format: "esm", target: "es2022" }).code);
      const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: folder, encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(k === 0 ? /Cannot allocate 1073741824 bytes: the limit is 16777216 bytes/ : /true/);
    }
  });

  it("has a Python example that runs", () => {
    const [code = ""] = examples("python");
    const { status, stdout, stderr } = command(["run", "--quiet", "-c", code]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^too much for 100 MiB\nobjects: \d+ bytes in \d+ blocks\n$/);
  });

  it("names files that are there", () => {
    for (const [, file] of readme.matchAll(/\]\(([^)]+\.md)\)/g))
      expect(readFileSync(join(ROOT, file ?? ""), "utf8")).not.toBe("");
  });
});

describe("docs/", () => {
  for (const page of readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md"))) {
    const codes = examples("ts", readFileSync(join(ROOT, "docs", page), "utf8"));
    for (const [k, code] of codes.entries()) {
      it(`${page}: example ${k + 1} runs, and prints what it says`, () => {
        const file = join(folderOfAUser(), "example.mjs");
        writeFileSync(file, transformSync(code, { loader: "ts", format: "esm", target: "es2022" }).code);
        const { status, stdout, stderr } = spawnSync(process.execPath, [file], { encoding: "utf8" });
        expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
        const said = code.match(/; \/\/ (.*)/)?.[1] ?? "";
        expect(stdout.trimEnd().split("\n").join(", ")).toContain(said);
      });
    }
  }
});
