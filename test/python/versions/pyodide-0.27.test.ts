// The suite on Pyodide 0.27.

import { VERSIONS } from "./list.js";
import { testVersion } from "./suite.js";

testVersion(VERSIONS["0.27"]);
