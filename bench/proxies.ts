// What it costs to know the live PyProxies: the list of 10,000 of them, and a call from JavaScript to Python that gets one.

import { loadPyodide } from "pyodide";
import { attach } from "../src/hosts/python/pyodide.js";
import { interleave, median, processorTime, ratio } from "./measure.js";
import type { Row } from "./micro.js";

const PROXIES = 10_000;
const CALLS = 20_000;
const ROUNDS = 9;
const WARMUPS = 2;

interface Proxy {
  destroy(): void;
}
/** The part of Pyodide in which a heap takes the place of the registry of proxies. */
interface Registering {
  _module: { finalizationRegistry: unknown };
}

export async function measureProxies(): Promise<Row[]> {
  const pyodide = await loadPyodide();
  const { _module: module } = pyodide as unknown as Registering;
  const stock = module.finalizationRegistry;
  const heap = await attach(pyodide);
  const watched = module.finalizationRegistry;
  const makeList = pyodide.runPython("lambda: []") as () => Proxy;
  const answer = pyodide.runPython("lambda: 42") as () => number;

  const calls = (registry: unknown, call: () => void) => () => {
    module.finalizationRegistry = registry;
    for (let k = 0; k < CALLS; k++) call();
    module.finalizationRegistry = watched;
  };
  const [withProxy, plain] = [() => makeList().destroy(), () => void answer()].map((call) => {
    const candidates = [
      { name: "watched", run: calls(watched, call) },
      { name: "stock", run: calls(stock, call) },
    ];
    return ratio(interleave(candidates, ROUNDS, WARMUPS, processorTime), "watched", "stock");
  });

  const held = Array.from({ length: PROXIES }, () => makeList());
  const lists = interleave([{ name: "list", run: () => void heap.proxies() }], ROUNDS, WARMUPS);
  for (const each of held) each.destroy();
  return [
    { what: "10,000 live PyProxies: heap.proxies()", value: median(lists.get("list") ?? []), unit: "ms", goal: 50 },
    {
      what: "a call from JavaScript to Python that returns a proxy, watched, time / not watched",
      value: withProxy ?? Number.NaN,
      unit: "x",
      goal: 1.1,
      beside: { "a call that returns a number": plain ?? Number.NaN },
    },
  ];
}
