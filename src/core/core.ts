// The core's module as the host sees it: its exports with types, and an instance over a given memory and table.

import { crc32 } from "../ground/crc32.js";
import { Remembered } from "../ground/remembered.js";
import { bytesOfBase64 } from "./base64.js";
import { ALLOCATOR_TABLE } from "./catalogue.gen.js";
import { CORE_BASE64 } from "./core.generated.js";
import { CORE_IMPORTS, type CoreFunctions, type CoreImports } from "./functions.gen.js";

export interface Core<F extends CoreFunctions = CoreFunctions> {
  readonly module: WebAssembly.Module;
  readonly functions: F;
  /** Memory, table and functions are all replaced by moveTo. */
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  /** Address of the control block. */
  readonly control: number;
  /** Table index of the core's first function. */
  readonly tableBase: number;
  /**
   * Replaces the core's instance by another one, over a memory that has the same content at the same addresses. The new
   * instance has a new table with the same entries: the old table refers to the instances that use it, and would keep
   * the old memory alive with them.
   */
  moveTo(memory: WebAssembly.Memory): void;
}

const compiled = new Remembered<string, WebAssembly.Module>();

/** The allocators' module. */
export function coreModule(): Promise<WebAssembly.Module> {
  return compileBase64(CORE_BASE64);
}

/** A checksum that tells this build of the allocators' module from others. */
export function coreChecksum(): number {
  return crc32(new TextEncoder().encode(CORE_BASE64));
}

/** Compiles a module, once for the whole program. */
export function compileBase64(bytes: string): Promise<WebAssembly.Module> {
  return compiled.get(bytes, () => WebAssembly.compile(bytesOfBase64(bytes)));
}

/**
 * An instance with its control block at `control`, and its functions in new entries of the table. It is not a heap yet.
 */
export function instantiateCoreModule(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  control: number,
  host: CoreImports,
): Core {
  return instantiate(module, memory, table, control, pick(host, CORE_IMPORTS), ALLOCATOR_TABLE);
}

/** An object with only the named members. */
export function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

function copyOfTable(table: WebAssembly.Table): WebAssembly.Table {
  const copy = new WebAssembly.Table({ element: "anyfunc", initial: table.length });
  for (let k = 0; k < table.length; k++) copy.set(k, table.get(k));
  return copy;
}

/**
 * Like instantiateCoreModule, for a module that needs more of its host, and more of its functions in the table. `journal` is the address of a
 * shared heap's journal.
 */
export function instantiate<F extends CoreFunctions>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  control: number,
  host: Readonly<Record<string, unknown>>,
  tableOrder: readonly string[],
  journal = 0,
): Core<F> {
  const functions: Record<string, WebAssembly.ExportValue> = {};
  const tableBase = table.grow(tableOrder.length);
  const over = (memory: WebAssembly.Memory, table: WebAssembly.Table) => {
    const { exports } = new WebAssembly.Instance(module, {
      env: { memory, table },
      host: { ...host, control, journal } as WebAssembly.ModuleImports,
    });
    Object.assign(functions, exports);
    for (const [k, name] of tableOrder.entries()) table.set(tableBase + k, functions[name]);
  };
  over(memory, table);
  const core = {
    module,
    functions: functions as unknown as F,
    memory,
    table,
    control,
    tableBase,
    moveTo(memory: WebAssembly.Memory): void {
      const before = core.memory;
      const entries = copyOfTable(core.table);
      over(memory, entries);
      core.memory = memory;
      core.table = entries;
      // Growing by 0 also detaches the buffer: old views become empty, and do not show a memory that is not the heap
      // any more.
      before.grow(0);
    },
  };
  return core;
}
