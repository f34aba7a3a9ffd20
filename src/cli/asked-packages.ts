// Packages that a program asks for while its thread runs. The thread waits, and the main thread gets them.

import { parentPort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import type { PyodideAPI } from "pyodide";
import type { Provided, Provider, Wanted } from "./packages/provider.js";
import type { PackageRequest } from "./protocol.js";
import type { Space } from "./run-definitions.js";
import { type Shared, WORD } from "./shared.js";

/** Gets packages, and answers the thread that waits for them. */
export async function answer(
  worker: Worker,
  { words }: Shared,
  provider: Provider | undefined,
  wanted: readonly Wanted[],
): Promise<void> {
  worker.postMessage((await provider?.provide(wanted)) ?? []);
  Atomics.store(words, WORD.provided, 1);
  Atomics.notify(words, WORD.provided);
}

/** Calls `ask`, which asks the main thread for packages, and waits for them. */
export function ask({ words }: Shared, ask: () => void): readonly Provided[] {
  ask();
  Atomics.wait(words, WORD.provided, 0);
  Atomics.store(words, WORD.provided, 0);
  const received = parentPort && receiveMessageOnPort(parentPort);
  return (received as { message: readonly Provided[] } | undefined)?.message ?? [];
}

/** Adds a folder in which Python looks for libraries. */
export type AddLibraries = (folder: string) => void;

/** Functions of Python code that gets packages when they are imported. */
export interface Imports {
  /** Gets the packages that a program's source imports. */
  readonly look: (kind: string, target: string) => void;
  /** The folders of the packages that are there. */
  readonly folders: () => readonly string[];
  /** After this call, nothing asks for packages any more. */
  readonly end: () => void;
}

interface List {
  toJs(): unknown;
  destroy(): void;
}

/** Prepares Python to get packages when they are imported, and adds the module micropip. */
export function prepareImports(
  pyodide: PyodideAPI,
  space: Space,
  { offered, folders }: PackageRequest,
  addLibraries: AddLibraries,
  get: (wanted: readonly Wanted[]) => readonly Provided[],
): Imports {
  const provide = (wanted: List) => pyodide.toPy(get(wanted.toJs() as readonly Wanted[]));
  const begin = space.get("package_imports") as (...values: unknown[]) => Iterable<(...values: unknown[]) => unknown>;
  const [look, install, loaded, end] = begin(offered.join("\n"), provide, pyodide.toPy(folders), addLibraries);
  (space.get("add_micropip") as (f: unknown) => void)(install);
  return {
    look: (kind, target) => void look?.(kind, target),
    folders: () => {
      const list = loaded?.() as List;
      const names = list.toJs() as readonly string[];
      list.destroy();
      return names;
    },
    end: () => void end?.(),
  };
}
