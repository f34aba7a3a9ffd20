// The dynamic linker: puts modules written in C onto a heap, as the WebAssembly tool conventions for dynamic linking say.
//
//   heap's memory:   stack of all modules | the heap ... | data of a | ... | data of b | ...    the data are blocks of the domain native
//   heap's table:    core's functions | ... | functions of a | functions of b | functions whose address was taken
//
// A module imports memory, table, the beginnings of its data and of its entries, and the stack pointer. "env" has the
// functions that it calls, "GOT.mem" and "GOT.func" the addresses of what it refers to. Functions of the core are
// passed as they are: C calls them from wasm to wasm. Modules that need each other are loaded together: a call to a
// module that is not there yet goes through the table.

import * as C from "../../core/constants.gen.js";
import { UNLOAD } from "../../core/reentrancy.js";
import { TableRanges } from "../../core/table-functions.js";
import { MemoryError } from "../../ground/errors.js";
import type { PyModule } from "../../objects/handles/extension.js";
import { mustShareLayouts } from "./abi.js";
import { type Definition, type Definitions, FunctionAddresses } from "./definitions.js";
import { compile, dylinkOf, instantiated } from "./engine.js";
import { coreDefinitions, mayBeAbsent, needsApi } from "./environment.js";
import type { ExtensionHost } from "./extension-host.js";
import { absent, absentAddress, givenTo, guardedImports } from "./given-imports.js";
import { Importing } from "./importing.js";
import { type LeakReport, leaksOf, leaksSince, takeCensus, together } from "./leaks.js";
import { LinkError } from "./link-error.js";
import type { Prepared } from "./load.js";
import { type CFunction, type Imports, kindsOf, LoadedModule, mustFit } from "./loaded.js";
import { libraryIn, OBJECTS_LIBRARY } from "./objects-library.js";
import { functionTypes, withModuleName } from "./sections.js";
import type { Program } from "./source.js";
import { makeTrampoline } from "./trampoline.js";

/** The least alignment of a module's data, in bytes. */
const LEAST_ALIGNMENT = 16;

/** A module of a group that is being loaded. */
interface Member {
  readonly loaded: LoadedModule;
  readonly module: WebAssembly.Module;
  readonly imports: readonly WebAssembly.ModuleImportDescriptor[];
  /** The names that it exports. */
  readonly defines: ReadonlySet<string>;
}

export class Linker {
  readonly #host: ExtensionHost;
  readonly #ranges: TableRanges;
  readonly #addresses: FunctionAddresses;
  readonly #core: Definitions;
  /** The loaded modules, oldest first: the first definition of a name is used. */
  readonly #modules = new Set<LoadedModule>();
  readonly #labels = new Map<string, number>();
  readonly #importing: Importing;
  /** The library of objects, while it is loaded. */
  #library: LoadedModule | undefined;

  constructor(host: ExtensionHost) {
    this.#host = host;
    this.#importing = new Importing(host);
    this.#ranges = new TableRanges(host.core.table);
    this.#addresses = new FunctionAddresses(host.core, host.casts);
    this.#core = coreDefinitions(host.core);
  }

  /** The number of loaded modules. */
  get size(): number {
    return this.#modules.size;
  }

  /** Whether a module of this name is loaded. */
  has(name: string): boolean {
    return [...this.#modules].some((loaded) => loaded.name === name);
  }

  /**
   * Loads modules that may need each other. Afterwards the data of each module are relocated, and its constructors and its
   * PyInit function have run, in the given order. If an error is thrown, none of the modules is loaded.
   */
  load({ programs, imports, stackBytes, module }: Prepared): LoadedModule[] {
    const extra = guardedImports(imports, this.#host.bridge.border);
    const names = new Set(programs.map(({ name }) => name));
    const members = programs.map((program) => this.#prepare(program, extra, names));
    this.#loadLibrary(members, stackBytes);
    this.#mustResolve(members, extra);
    if (members.some(({ imports }) => imports.some(({ name }) => needsApi(name)))) this.#host.beginApi();
    const placed: LoadedModule[] = [];
    try {
      this.#openStack(stackBytes);
      for (const member of members) {
        member.loaded.before = takeCensus(this.#host.heap);
        placed.push(member.loaded);
        this.#place(member.loaded);
      }
      for (const member of members) this.#instantiate(member, members, extra);
      for (const { loaded } of members) this.#connect(loaded);
      for (const { loaded } of members) this.#run(loaded, "__wasm_apply_data_relocs");
      for (const { loaded } of members) this.#run(loaded, "__wasm_call_ctors");
      for (const { loaded } of members) this.#begin(loaded, module);
    } catch (error) {
      this.#abandon(placed);
      throw error;
    }
    return placed;
  }

  /** Loads the library of objects, if one of the modules needs it and it is not there. */
  #loadLibrary(members: readonly Member[], stackBytes: number | undefined): void {
    const bytes = this.#library ? undefined : members.map(({ module }) => libraryIn(module)).find(Boolean);
    if (!bytes) return;
    const programs = [{ name: OBJECTS_LIBRARY, bytes, module: undefined }];
    const [library] = this.load({ programs, imports: {}, stackBytes, module: undefined });
    this.#library = library as LoadedModule;
    this.#importing.begin(this.#library);
  }

  /** Unloads the library of objects, if no module uses it. */
  #unloadLibrary(): void {
    const library = this.#library;
    if (!library || [...this.#modules].some(({ uses }) => uses.has(library))) return;
    this.#library = undefined;
    this.#importing.end();
    this.unload(library);
  }

  /** Removes modules whose loading failed. As with unloading, objects that they made may still need them. */
  #abandon(placed: readonly LoadedModule[]): void {
    for (const { python } of placed) if (python) this.#drop(python);
    this.#host.settle();
    const isNeeded = placed.some((loaded) => this.#dependents(loaded) > 0);
    for (const loaded of placed) this.#remove(loaded, isNeeded);
    this.#unloadLibrary();
    this.#closeStack();
  }

  #prepare({ name, bytes, module }: Program, extra: Imports, group: ReadonlySet<string>): Member {
    const label = this.#label(name);
    // If only the compiled module is given, it can't get a label, so its functions can't be told from those of others.
    const compiled = bytes ? compile(name, withModuleName(bytes, label)) : (module as WebAssembly.Module);
    const dylink = dylinkOf(name, compiled);
    mustShareLayouts(name, compiled);
    for (const needed of dylink.needed) {
      if (!this.has(needed) && !group.has(needed))
        throw new LinkError(`Cannot load ${name}: it needs ${needed}, which is not loaded`, [needed]);
    }
    const types = bytes ? functionTypes(bytes) : undefined;
    return {
      loaded: new LoadedModule({ name, label, dylink, given: givenTo(types?.imported, extra), types }),
      module: compiled,
      imports: WebAssembly.Module.imports(compiled),
      defines: new Set(WebAssembly.Module.exports(compiled).map((entry) => entry.name)),
    };
  }

  /** The name as stacks can show it, followed by a number from the second module of that name on. */
  #label(name: string): string {
    const plain = name.replace(/[^\w.+]/g, "_");
    const number = (this.#labels.get(plain) ?? 0) + 1;
    this.#labels.set(plain, number);
    return number === 1 ? plain : `${plain}.${number}`;
  }

  /**
   * Throws an error with all names that the modules need, that are not defined anywhere, and that may not stay
   * undefined.
   */
  #mustResolve(members: readonly Member[], extra: Imports): void {
    const inGroup = new Set(members.flatMap(({ defines }) => [...defines]));
    const complaints: string[] = [];
    const missing: string[] = [];
    for (const { loaded, imports } of members) {
      const names = new Set<string>();
      for (const { module, name, kind } of imports) {
        const isGiven = GIVEN.has(name) || loaded.dylink.weakImports.has(`env.${name}`) || name in extra;
        const isKnown = module === "env" || module === "GOT.mem" || module === "GOT.func";
        if (isKnown && (isGiven || inGroup.has(name) || this.#find(loaded, name))) continue;
        if (isKnown && module !== "GOT.mem" && mayBeAbsent(name)) continue;
        names.add(isKnown ? `${name} (${module === "GOT.mem" ? "data" : "function"})` : `${module}.${name} (${kind})`);
      }
      if (names.size === 0) continue;
      complaints.push(`Cannot load ${loaded.label}: not defined anywhere: ${[...names].join(", ")}`);
      missing.push(...[...names].map((name) => name.replace(/ \(.*/, "")));
    }
    if (complaints.length > 0) throw new LinkError(complaints.join("\n"), missing);
  }

  #openStack(bytes: number | undefined): void {
    if (this.#host.stack.isOpen) return;
    this.#host.stack.open(bytes);
  }

  /** Frees the stack after the last module was unloaded. */
  #closeStack(): void {
    if (!this.#host.stack.isOpen || this.#modules.size > 0) return;
    this.#host.stack.close();
  }

  /** Takes memory for the module's data, cleared, and entries of the table for its functions. */
  #place(loaded: LoadedModule): void {
    const { memoryBytes, memoryAlignment, tableEntries, tableAlignment } = loaded.dylink;
    const { core } = this.#host;
    this.#modules.add(loaded);
    if (memoryBytes > 0) {
      const alignment = Math.max(LEAST_ALIGNMENT, memoryAlignment);
      loaded.memoryBase = core.functions.raw_memalign(C.LIBC, alignment, 0, memoryBytes) >>> 0;
      if (loaded.memoryBase === 0)
        throw new MemoryError(memoryBytes, `no memory is left for the data of ${loaded.label}`);
      new Uint8Array(core.memory.buffer, loaded.memoryBase, memoryBytes).fill(0);
    }
    if (tableEntries === 0) return;
    loaded.tableBase = this.#ranges.take(tableEntries, tableAlignment);
    for (const [place, type] of loaded.types?.elements ?? []) this.#host.casts.know(loaded.tableBase + place, type);
  }

  #instantiate(member: Member, group: readonly Member[], extra: Imports): void {
    const { loaded, module, imports } = member;
    const { core } = this.#host;
    const given: Record<string, WebAssembly.ImportValue> = {
      memory: core.memory,
      __indirect_function_table: core.table,
      __memory_base: loaded.memoryBase,
      __table_base: Math.max(loaded.tableBase, 0),
      __stack_pointer: this.#host.stack.pointer,
      __cxa_atexit: (f: number, argument: number) => this.#atExit(loaded, () => this.#atIndex(f)(argument)),
      atexit: (f: number) => this.#atExit(loaded, () => this.#atIndex(f)()),
    };
    const filled: Record<string, Record<string, WebAssembly.ImportValue>> = { env: {}, "GOT.mem": {}, "GOT.func": {} };
    for (const { module: space, name, kind } of imports) {
      const entries = filled[space] as Record<string, WebAssembly.ImportValue>;
      if (space !== "env") {
        const entry = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
        entries[name] = entry;
        loaded.pending.push({ entry, name, isFunction: space === "GOT.func" });
      } else if (name in given) {
        entries[name] = given[name] as WebAssembly.ImportValue;
      } else if (name in extra) {
        entries[name] = extra[name] as WebAssembly.ImportValue;
      } else if (kind === "function") {
        entries[name] = this.#functionFor(name, member, group);
      } else {
        throw new LinkError(`Cannot load ${loaded.label}: it imports ${kind} env.${name}, which no loader gives`, [
          name,
        ]);
      }
    }
    loaded.exports = instantiated(loaded.label, module, filled);
    this.#enter(loaded, loaded.exports);
  }

  #atIndex(index: number): (...args: number[]) => unknown {
    return this.#host.core.table.get(index) as (...args: number[]) => unknown;
  }

  #atExit(loaded: LoadedModule, run: () => void): number {
    loaded.atExit.push(run);
    return 0;
  }

  /**
   * The meaning of a name for a module: its own definition first, then the function that was given to it (`imports`),
   * then other modules', then the core's.
   */
  #find(loaded: LoadedModule, name: string): Definition | undefined {
    const definition = loaded.own.get(name) ?? loaded.given.get(name);
    if (definition) return definition;
    for (const other of this.#modules) {
      const found = other.own.get(name);
      if (found) return found;
    }
    return this.#core.get(name);
  }

  /** Like #find, but also notes that the module uses the module that defines the name. */
  #bind(loaded: LoadedModule, name: string): Definition | undefined {
    const definition = this.#find(loaded, name);
    for (const other of this.#modules) {
      if (other !== loaded && definition && other.own.get(name) === definition) loaded.uses.add(other);
    }
    return definition;
  }

  /**
   * The function of this name. If it comes from a later module of the group: a function that jumps to where it will be.
   * If it is undefined, which only a weak name and a name of the Python/C API or the C library may be: a function that throws.
   */
  #functionFor(name: string, { loaded }: Member, group: readonly Member[]): WebAssembly.ImportValue {
    const definition = this.#bind(loaded, name);
    if (definition?.kind === "function") return definition.f as WebAssembly.ImportValue;
    const provider = group.find(({ defines }) => defines.has(name));
    if (!provider) return absent(name);
    const type = loaded.types?.imported.get(name);
    if (!type) {
      throw new LinkError(
        `Cannot load ${loaded.label} before ${provider.loaded.label}, which defines ${name}: give the bytes of modules that need each other`,
        [name],
      );
    }
    const index = this.#ranges.take(1, 1);
    loaded.trampolines.push({ name, index });
    return makeTrampoline(this.#host.core.table, index, type) as WebAssembly.ImportValue;
  }

  /** Makes the module's exports known to itself and to other modules. */
  #enter(loaded: LoadedModule, exports: WebAssembly.Exports): void {
    for (const [name, value] of Object.entries(exports)) {
      if (name.startsWith("__wasm_")) continue;
      if (typeof value === "function") {
        const plain = name === "__main_argc_argv" ? "main" : name;
        if (!plain.startsWith("__"))
          loaded.functions.set(plain, this.#callable(loaded, plain, name, value as CFunction));
        loaded.own.set(name, { kind: "function", f: value, type: loaded.types?.exported.get(name) });
      } else if (value instanceof WebAssembly.Global) {
        const address = (loaded.memoryBase + Number(value.value)) >>> 0;
        loaded.data.set(name, address);
        loaded.own.set(name, { kind: "data", address });
      }
    }
  }

  /** Stores the addresses in the global offset table, and the functions to which the trampolines jump. */
  #connect(loaded: LoadedModule): void {
    for (const { entry, name, isFunction } of loaded.pending) {
      const definition = this.#bind(loaded, name) ?? (isFunction ? absentAddress(name, loaded) : undefined);
      if (definition?.kind === "data" && !isFunction) entry.value = definition.address;
      if (definition?.kind === "function" && isFunction) {
        entry.value = this.#addresses.take(name, definition);
        loaded.taken.push(definition.f);
      }
    }
    loaded.pending.length = 0;
    for (const { name, index } of loaded.trampolines) {
      const definition = this.#bind(loaded, name);
      if (definition?.kind === "function") this.#host.core.table.set(index, definition.f);
    }
  }

  #run(loaded: LoadedModule, name: string): void {
    const f = loaded.exports[name];
    if (typeof f === "function") this.#guarded(f as () => void);
  }

  /** Calls the PyInit function of a Python module. */
  #begin(loaded: LoadedModule, fullName: string | undefined): void {
    for (const [exported, init] of loaded.functions) {
      if (!exported.startsWith(INIT)) continue;
      const name = fullName ?? exported.slice(INIT.length);
      loaded.python = this.#host.moduleFrom(Number(init()), name);
      this.#importing.add(name, loaded.python);
      return;
    }
    this.#host.raiseIfSet();
  }

  /** Runs a call into C. */
  #guarded<T>(call: () => T): T {
    return this.#host.bridge.border.run(call);
  }

  #callable(loaded: LoadedModule, name: string, exported: string, f: CFunction): CFunction {
    const host = this.#host;
    const { stack } = host;
    const { border } = host.bridge;
    const kinds = kindsOf(loaded.types?.exported.get(exported)?.parameters, f.length);
    return (...args) => {
      if (!loaded.isLive) throw new ReferenceError(`Cannot call ${name}: ${loaded.label} was unloaded`);
      // main has two parameters in WebAssembly, even if it has none in C.
      if (name !== "main") mustFit(name, args, kinds);
      stack.running = name;
      const answer = border.run(() => f(...args));
      stack.running = "";
      host.raiseIfSet();
      return answer;
    };
  }

  /**
   * Unloads the module, and with it those that use it and that it uses in turn. Throws if another module uses one of
   * them. Returns the blocks that they did not free.
   */
  unload(loaded: LoadedModule): LeakReport {
    if (!loaded.isLive) throw new ReferenceError(`Cannot unload ${loaded.label}: it was unloaded already`);
    this.#host.bridge.states.must(UNLOAD, `unload ${loaded.label}`);
    const group = this.#groupOf(loaded);
    for (const member of group) this.#runAtExit(member);
    for (const { python } of group) if (python) this.#drop(python);
    this.#host.settle();
    const objects = group.reduce((sum, member) => sum + this.#dependents(member), 0);
    for (const member of group) this.#remove(member, objects > 0);
    this.#unloadLibrary();
    // The memory of objects that were released since the last call may have been kept for reuse.
    this.#host.settle();
    const { heap, core, bridge } = this.#host;
    bridge.reader.refresh();
    const hooked = bridge.reader.word(core.control + C.HOOKS_INSTALLED_AT) !== 0;
    const reports = group.map((member) =>
      hooked && member.isLabelled ? leaksOf(heap, member.label) : leaksSince(heap, member.before),
    );
    this.#closeStack();
    return together(reports, objects);
  }

  /** Empties a module, which can't be imported any more. */
  #drop(python: PyModule): void {
    this.#importing.remove(python);
    this.#host.dropModule(python);
  }

  /**
   * Runs the functions registered with atexit, the last one first. Each runs once: if one throws, the next call goes on
   * with the rest.
   */
  #runAtExit({ atExit }: LoadedModule): void {
    for (let run = atExit.pop(); run; run = atExit.pop()) this.#guarded(run);
  }

  /** The number of objects that need the module's memory or its entries of the table. */
  #dependents({ memoryBase, tableBase, dylink }: LoadedModule): number {
    const { functions } = this.#host.core;
    return (
      functions.count_dependents(
        memoryBase,
        memoryBase + dylink.memoryBytes,
        tableBase,
        tableBase + dylink.tableEntries,
      ) >>> 0
    );
  }

  /** The module, with the modules that use it and that it uses in turn, directly or not. Throws if any other module uses one of them. */
  #groupOf(loaded: LoadedModule): LoadedModule[] {
    const needed = new Set([loaded]);
    for (const member of needed) for (const used of member.uses) needed.add(used);
    const group = new Set([loaded]);
    for (const member of group) {
      for (const other of this.#modules) {
        if (!other.uses.has(member)) continue;
        if (!needed.has(other)) throw new LinkError(`Cannot unload ${loaded.label}: ${other.label} uses it`);
        group.add(other);
      }
    }
    return [...group];
  }

  /**
   * Gives back data, entries of the table and definitions. If `isKept`, the data and entries stay, because objects need
   * them.
   */
  #remove(loaded: LoadedModule, isKept = false): void {
    const { core } = this.#host;
    loaded.isLive = false;
    loaded.functions.clear();
    loaded.data.clear();
    loaded.own.clear();
    this.#modules.delete(loaded);
    if (isKept) return;
    this.#host.casts.tableChanges();
    core.functions.retire_types(loaded.memoryBase, loaded.memoryBase + loaded.dylink.memoryBytes);
    for (const f of loaded.taken) this.#addresses.release(f);
    for (const { index } of loaded.trampolines) this.#ranges.giveBack(index, 1);
    if (loaded.tableBase >= 0) {
      for (const place of loaded.types?.elements.keys() ?? []) this.#host.casts.forget(loaded.tableBase + place);
      this.#ranges.giveBack(loaded.tableBase, loaded.dylink.tableEntries);
    }
    if (loaded.memoryBase !== 0) core.functions.raw_free(C.LIBC, loaded.memoryBase);
  }
}

/** Functions whose names begin with this make Python modules. */
const INIT = "PyInit_";

/** The imports that the linker itself provides to every module. */
const GIVEN: ReadonlySet<string> = new Set([
  ...["memory", "__indirect_function_table", "__memory_base", "__table_base", "__stack_pointer"],
  ...["__cxa_atexit", "atexit"],
]);
