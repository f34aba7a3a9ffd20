// `pyheap report callers`: the callers of a function, and the functions that it calls.

import type { Command } from "commander";
import { CALLERS_DEFAULTS, type CallersOptions, traceCallers } from "../../report/trace-callers.js";
import {
  addMomentOptions,
  addSelectionOptions,
  addShareOption,
  addSourceOption,
  type SelectionOptions,
  type TraceOptions,
  toCount,
  toPattern,
} from "./options.js";
import { loadReport } from "./trace-input.js";

export function addCallers(report: Command): void {
  const command = report
    .command("callers")
    .summary("who calls a function, and whom it calls")
    .description("Shows functions one by one: who calls each, what is in its lines, and whom it calls.")
    .argument("<function>", "a pattern that its name or file matches", toPattern)
    .argument("<file>", "the trace")
    .option("--functions <n>", "show at most this many functions", toCount, CALLERS_DEFAULTS.functions)
    .option("--rows <n>", "show at most this many rows of each list", toCount, CALLERS_DEFAULTS.rows);
  addSourceOption(addShareOption(addSelectionOptions(addMomentOptions(command)), "rows")).action(
    async (
      pattern: RegExp,
      file: string,
      options: TraceOptions & SelectionOptions & Omit<CallersOptions, "pattern">,
    ) => {
      process.stdout.write(traceCallers(await loadReport(file, options), { ...options, pattern }));
    },
  );
}
