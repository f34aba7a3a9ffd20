// Compiles modules of AssemblyScript in a few processes, each of which compiles many: to load the compiler, and to run it before V8 has
// optimized it, takes four seconds of a processor, and a small module takes half a second.

import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const PROCESS = fileURLToPath(new URL("compiler.mjs", import.meta.url));

/** Processes that compile with the same library: the compiler keeps a library's files until its process ends. */
class Team {
  #size;
  #idle = [];
  #count = 0;
  #waiting = [];

  constructor(size) {
    this.#size = size;
  }

  /** Compiles when a process has nothing to do. Returns whether it was compiled. */
  async compile(job) {
    const compiler = await this.#take();
    const isCompiled = await new Promise((done) => {
      const ended = () => done(false);
      compiler.once("exit", ended);
      compiler.once("message", (answer) => {
        compiler.off("exit", ended);
        done(answer);
      });
      compiler.send(job);
    });
    const next = this.#waiting.shift();
    if (next) next(compiler);
    else this.#idle.push(compiler);
    return isCompiled;
  }

  #take() {
    if (this.#idle.length > 0) return this.#idle.pop();
    if (this.#count === this.#size) return new Promise((take) => this.#waiting.push(take));
    this.#count++;
    return fork(PROCESS, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  }

  end() {
    for (const compiler of this.#idle) compiler.disconnect();
  }
}

const teams = new Map();

/** Compiles a module with these words of the compiler, `lib` among them. Returns whether it was compiled. */
export function compileModule(args, description) {
  const at = args.indexOf("--lib");
  const library = at < 0 ? "" : args[at + 1];
  const team = teams.get(library) ?? new Team(library === "" ? availableParallelism() : 1);
  teams.set(library, team);
  return team.compile({ args, description });
}

/** Ends the processes, when all modules are compiled. */
export function endCompilers() {
  for (const team of teams.values()) team.end();
  teams.clear();
}
