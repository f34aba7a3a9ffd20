// The suite on Pyodide 315.

import { VERSIONS } from "./list.js";
import { testVersion } from "./suite.js";

testVersion(VERSIONS["315"]);
