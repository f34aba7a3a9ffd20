// For processes that tests start, by NODE_OPTIONS: the flag that vitest.config.ts gives to its own processes.

require("node:v8").setFlagsFromString(process.env.PYHEAP_V8_FLAGS);
