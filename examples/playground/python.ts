// The thread in which Python runs: CPython on our heap, and a console of the standard library. The heap is shared with the
// panel of the page.

import { loadPython } from "../../src/hosts/python/pyodide.js";
import { shareHeap } from "../../src/panel.js";
import type { PythonMessage, RunLine } from "./messages.js";

const say = (message: PythonMessage, pass: Transferable[] = []): void => self.postMessage(message, { transfer: pass });

const CONSOLE = `
import code, sys
class Console(code.InteractiveConsole):
    def write(self, text):
        sys.stderr.write(text)
_console = Console({"__name__": "__console__", "__doc__": None})
def _push(line):
    try:
        more = _console.push(line)
    except SystemExit:
        more = False
    sys.stdout.flush()
    sys.stderr.flush()
    return more
_push
`;

const { pyodide, heap } = await loadPython({ pyodide: { indexURL: new URL("pyodide/", location.href).href } });
for (const [set, isError] of [
  [pyodide.setStdout, false],
  [pyodide.setStderr, true],
] as const) {
  const decoder = new TextDecoder();
  set({
    write: (bytes: Uint8Array) => {
      say({ kind: "output", text: decoder.decode(bytes, { stream: true }), isError });
      return bytes.length;
    },
  });
}
const push = pyodide.runPython(CONSOLE) as (line: string) => boolean;
const version = pyodide.runPython("import gc; gc.collect(); sys.version.split()[0]");
say({ kind: "ready", banner: `Python ${version} on pyheap` });
const port = shareHeap(heap);
say({ kind: "heap", port }, [port]);
self.addEventListener("message", ({ data: { line } }: MessageEvent<RunLine>) => {
  say({ kind: "done", isWhole: !push(line) });
});
