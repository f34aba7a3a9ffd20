// The heap's limits, in fields.

import type { Limits, Look } from "../../src/panel/subject.js";
import { NO_LIMIT } from "../../src/pressure/policy.js";
import { h } from "../dom.js";

const MIB = 2 ** 20;

const inMebibytes = (limit: number): string => (limit >= NO_LIMIT ? "" : String(Math.round((limit / MIB) * 100) / 100));

function field(name: string, title: string, set: (bytes: number | undefined) => void) {
  const input = h("input", { type: "number", "aria-label": `${name}, in MiB`, placeholder: "none" });
  input.min = "0";
  input.step = "any";
  input.addEventListener("change", () => set(input.value === "" ? undefined : Number(input.value) * MIB));
  const show = (limit: number) => {
    if (!input.matches(":focus")) input.value = inMebibytes(limit);
  };
  return { element: h("label", { title }, name, input, "MiB"), show };
}

/** Fields for both limits. `show` shows what the heap has. */
export function makeLimits(set: (limits: Limits) => void): { readonly element: HTMLElement; show(look: Look): void } {
  const hard = field("Limit", "Beyond it, Python gets MemoryError", (limit) => set({ limit }));
  const soft = field("Soft limit", "Beyond it, garbage is collected and empty memory is given back", (softLimit) =>
    set({ softLimit }),
  );
  return {
    element: h("div", { class: "limits" }, hard.element, soft.element),
    show: ({ limit, softLimit }) => {
      hard.show(limit);
      soft.show(softLimit);
    },
  };
}
