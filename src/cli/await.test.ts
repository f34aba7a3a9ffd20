// Programs with await outside of a function, and the prompt with await.

import { describe, expect, it } from "vitest";
import { command } from "../../test/command.js";

const run = (words: readonly string[], input = "") => command(["run", "--quiet", ...words], { input });

describe("await outside of a function", () => {
  it("works in -c, with arguments and an exit code", () => {
    const code = "import asyncio, sys\nprint(await asyncio.sleep(0.01, 7), sys.argv, __name__)\nsys.exit(4)";
    expect(run(["-c", code, "a"])).toEqual({ status: 4, stdout: "7 ['-c', 'a'] __main__\n", stderr: "" });
  });

  it("leaves code alone that does not need it", () => {
    const code = "import asyncio\nasync def f(): return await asyncio.sleep(0, 5)\nprint(asyncio.run(f()))";
    expect(run(["-c", code])).toEqual({ status: 0, stdout: "5\n", stderr: "" });
  });

  it("has tracebacks with frames of the program only", () => {
    const failed = run(["-c", "import asyncio\nawait asyncio.sleep(0)\n1 / 0"]);
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(
      /^Traceback \(most recent call last\):\n {2}File "<string>", line 3, in <module>\n {4}1 \/ 0\n.*ZeroDivisionError: division by zero\n$/s,
    );
    expect(run(["-c", "await = 1"]).stderr).toMatch(/^ {2}File "<string>", line 1\n.*SyntaxError: invalid syntax\n$/s);
  });

  it("works at the prompt of -m asyncio", () => {
    const { status, stdout, stderr } = run(
      ["-m", "asyncio"],
      "x = await asyncio.sleep(0, 8)\nprint(x)\n1 / 0\nawait x\nexit(5)\n",
    );
    expect({ status, stdout }).toEqual({ status: 5, stdout: expect.stringContaining("8\n") });
    expect(stderr).toContain('Use "await" directly instead of "asyncio.run()"');
    expect(stderr).toContain("Traceback (most recent call last):");
    expect(stderr).toContain("ZeroDivisionError");
    expect(stderr).toContain("TypeError: 'int' object can't be awaited");
  });
});
