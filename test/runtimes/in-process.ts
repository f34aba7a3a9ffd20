// Runs the smoke suite in this process, and writes the outcomes to a file, as JSON.
//
//   node in-process.js FILE TALLY.WASM FEATURE...

import { writeFileSync } from "node:fs";
import type { Feature } from "./list.js";
import { smoke } from "./smoke.js";

const [output = "", tally = "", ...features] = process.argv.slice(2);
writeFileSync(output, JSON.stringify(await smoke({ tally }, features as Feature[])));
// Interpreters would keep the process alive.
process.exit(0);
