// A Python prompt, and beside it a panel that shows Python's heap as it changes. Python runs in a worker, which shares its
// heap with the panel.

import { openPanel } from "../../src/panel.js";
import { h } from "../../viewer/dom.js";
import type { PythonMessage, RunLine } from "./messages.js";

const TO_TRY = [
  "x = [object() for _ in range(10**5)]",
  "del x",
  "import json, decimal, email.message",
  "d = {n: str(n) for n in range(50_000)}",
  "import pyheap; pyheap.getallocatedblocks()",
];

function find<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind))
    throw new Error(`Cannot show the playground: its page has no ${kind.name} with the id ${id}`);
  return element;
}

const lines = find("lines", HTMLDivElement);
const form = find("prompt", HTMLFormElement);
const input = find("line", HTMLTextAreaElement);
const sign = find("sign", HTMLLabelElement);
const python = new Worker("python.js", { type: "module" });
const history: string[] = [];
let recalled = 0;

function print(text: string, kind: "typed" | "output" | "error" | "banner"): void {
  const last = lines.lastElementChild;
  if (last?.className === kind && kind !== "typed") last.append(text);
  else lines.append(h("div", { class: kind }, text));
  lines.scrollTop = lines.scrollHeight;
}

/** Opens the panel of Python's heap, and begins a recording: the panel shows what is allocated from now on. */
async function show(port: MessagePort): Promise<void> {
  const panel = await openPanel(port, { dock: "none", into: find("page", HTMLDivElement) });
  await (await panel.controls).record();
}

function run(line: string): void {
  print(`${sign.textContent} ${line}`, "typed");
  if (line.trim() !== "") history.push(line);
  recalled = history.length;
  input.value = "";
  input.disabled = true;
  const request: RunLine = { line };
  python.postMessage(request);
}

function ready(isWhole: boolean): void {
  sign.textContent = isWhole ? ">>>" : "...";
  input.disabled = false;
  input.focus({ preventScroll: true });
}

python.addEventListener("message", ({ data: message }: MessageEvent<PythonMessage>) => {
  if (message.kind === "output") print(message.text, message.isError ? "error" : "output");
  else if (message.kind === "done") ready(message.isWhole);
  else if (message.kind === "ready") print(message.banner, "banner");
  else {
    show(message.port).then(
      () => {
        ready(true);
        document.documentElement.dataset.ready = "yes";
      },
      (error: Error) => print(error.message, "error"),
    );
  }
});
python.addEventListener("error", (event) => print(`Python failed: ${event.message}`, "error"));

form.addEventListener("submit", (event) => event.preventDefault());
input.addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (event.key === "Enter") {
    event.preventDefault();
    run(input.value);
  } else if (step !== undefined) {
    event.preventDefault();
    recalled = Math.max(0, Math.min(history.length, recalled + step));
    input.value = history[recalled] ?? "";
  }
});
find("try", HTMLDivElement).append(
  ...TO_TRY.map((line) =>
    h("button", { type: "button", class: "quiet", onclick: () => !input.disabled && run(line) }, line),
  ),
);
