// Prints how many tests of the last run passed and failed, in one line of plain text.

import { readFileSync } from "node:fs";

const { numPassedTests, numFailedTests } = JSON.parse(readFileSync("build/tests.json", "utf8"));
console.log(`${numPassedTests} passed, ${numFailedTests} failed`);
