// A process in which AssemblyScript's compiler stays loaded. It compiles one module after another (compilers.mjs).
//
// A message is { args, description }: the compiler's words, and the file for what exports-transform.mjs writes. The answer is
// whether it was compiled; what the compiler says goes to standard error.

import { main } from "assemblyscript/asc";

process.on("message", async ({ args, description }) => {
  process.env.PROTOCOL_FILE = description;
  const { error } = await main(args, { stdout: process.stderr, stderr: process.stderr });
  process.send(error === null);
});
