// The progress of a recording in the terminal's title, and the words about it at the end.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import colors from "picocolors";
import { describe, expect, it, vi } from "vitest";
import { recordingWords, showRecording } from "./recording-progress.js";

describe("the progress of a recording", () => {
  const file = join(mkdtempSync(join(tmpdir(), "pyheap-")), "app.trace");
  writeFileSync(file, new Uint8Array(3 << 20));

  it("is shown in the title of a terminal, which gets its own title back at the end", async () => {
    vi.stubEnv("CI", "");
    const said: string[] = [];
    const end = showRecording(file, { isTTY: true, write: (text) => said.push(text) }, 10);
    await expect.poll(() => said.length).toBeGreaterThan(1);
    end();
    const words = said.map((text) => text.replaceAll("\u001b", "ESC "));
    expect(words[0]).toBe("ESC [22;2t");
    expect(words[1]).toMatch(/^ESC \]2;pyheap: .*app\.trace, 3\.0 MiB after [\d.]+ m?sESC \\$/);
    expect(words.at(-1)).toBe("ESC [23;2t");
  });

  it("is not shown without a terminal", async () => {
    const said: string[] = [];
    const end = showRecording(file, { write: (text) => said.push(text) }, 1);
    await new Promise((done) => setTimeout(done, 20));
    end();
    expect(said).toEqual([]);
  });

  it("is told at the end, with the command that shows it", () => {
    const plain = colors.createColors(false);
    expect(recordingWords(file, plain)).toBe(`\nTrace  3.0 MiB in ${file}\n  pyheap report flamegraph ${file}\n`);
  });
});
