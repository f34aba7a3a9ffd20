// Sets the engine's flags that vitest.config.ts has for processes which tests start. NODE_OPTIONS makes them load this file.

require("node:v8").setFlagsFromString(process.env.PYHEAP_V8_FLAGS);
