// Prints how many tests of the last run passed and failed, in one plain line.

import { readFileSync } from "node:fs";

const { numPassedTests, numFailedTests } = JSON.parse(readFileSync("build/tests.json", "utf8"));
console.log(`${numPassedTests} passed, ${numFailedTests} failed`);
