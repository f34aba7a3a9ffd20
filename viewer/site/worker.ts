// The worker of the site: it reads images of Python as well.

import { readImage } from "../open/image.js";
import { serveReading } from "../open/reading.js";

serveReading({ image: readImage });
