// The worker of the panel: it reads recordings and snapshots.

import { serveReading } from "./reading.js";

serveReading();
