// The suite on Pyodide 314.

import { VERSIONS } from "./list.js";
import { testVersion } from "./suite.js";

testVersion(VERSIONS["314"]);
