// For processes that tests start, by NODE_OPTIONS: the flags that vitest.config.ts has for them.

require("node:v8").setFlagsFromString(process.env.PYHEAP_V8_FLAGS);
