// The core's module as the host sees it: its exports with types, and an instance over a given memory and table.

import { ALLOCATOR_TABLE } from "./catalogue.gen.js";
import { CORE_BASE64 } from "./core.generated.js";
import { CORE_IMPORTS, type CoreFunctions, type CoreImports } from "./functions.gen.js";

export interface Core<F extends CoreFunctions = CoreFunctions> {
  readonly module: WebAssembly.Module;
  readonly functions: F;
  /** Memory and table change with moveTo, and so does each of the functions. */
  readonly memory: WebAssembly.Memory;
  readonly table: WebAssembly.Table;
  /** Address of the control block. */
  readonly control: number;
  /** Table index of the core's first function. */
  readonly tableBase: number;
  /**
   * Another instance, over a memory that has what this one has at the same addresses, takes the place of the core's. It has another table,
   * with the same entries: the old one knows the instances that have it, and would keep the old memory with them.
   */
  moveTo(memory: WebAssembly.Memory): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The allocators' module, compiled once for the whole program. */
export function coreModule(): Promise<WebAssembly.Module> {
  compiled ??= compileBase64(CORE_BASE64);
  return compiled;
}

export function compileBase64(bytes: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0)));
}

/** An instance with its control block at `control`, its functions in new entries of the table; not yet a heap. */
export function instantiateCoreModule(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  control: number,
  host: CoreImports,
): Core {
  return instantiate(module, memory, table, control, pick(host, CORE_IMPORTS), ALLOCATOR_TABLE);
}

/** The members of an object that have these names. */
export function pick<T, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>;
}

function copyOfTable(table: WebAssembly.Table): WebAssembly.Table {
  const copy = new WebAssembly.Table({ element: "anyfunc", initial: table.length });
  for (let k = 0; k < table.length; k++) copy.set(k, table.get(k));
  return copy;
}

/** As instantiateCoreModule, for a module that needs more of its host, and more of its functions in the table. */
export function instantiate<F extends CoreFunctions>(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  control: number,
  host: Readonly<Record<string, unknown>>,
  tableOrder: readonly string[],
): Core<F> {
  const functions: Record<string, WebAssembly.ExportValue> = {};
  const tableBase = table.grow(tableOrder.length);
  const over = (memory: WebAssembly.Memory, table: WebAssembly.Table) => {
    const { exports } = new WebAssembly.Instance(module, {
      env: { memory, table },
      host: { ...host, control } as WebAssembly.ModuleImports,
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
      // Growing by 0 detaches the buffer too: old views become empty, instead of showing memory that is no longer the heap.
      before.grow(0);
    },
  };
  return core;
}
