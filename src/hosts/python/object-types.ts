// The types of an interpreter's objects, for recordings: a WebAssembly module (core/types/types.ts) finds them in blocks, and
// their names are read from the interpreter's memory.

import { lazyModule } from "../../core/base64.js";
import { Words } from "../../core/memory-words.js";
import { TYPES_BASE64 } from "../../core/types.generated.js";
import type { TypeSource } from "../../trace/recorder.js";
import { ObjectMemory } from "./graph/memory.js";
import { TypeNames } from "./graph/type-names.js";
import type { PyodideExports } from "./pyodide-module.js";
import type { ObjectLayout } from "./versions/layout.js";
import { objectLayout } from "./versions/versions.js";

/** What core/types/types.ts exports. */
interface TypesModule {
  readonly type_in: WebAssembly.ExportValue;
}

const typesModule = lazyModule(TYPES_BASE64);

export class ObjectTypes implements TypeSource {
  readonly #python: PyodideExports;
  readonly #layout: ObjectLayout;
  /** The index of the module's function in the interpreter's table; 0 until the function is there. It stays there. */
  #finder = 0;

  private constructor(python: PyodideExports, layout: ObjectLayout) {
    this.#python = python;
    this.#layout = layout;
  }

  /** undefined if it is not known where this version of CPython has the parts of its objects. */
  static of(python: PyodideExports): ObjectTypes | undefined {
    const layout = objectLayout(new Words(python).get(python.data.Py_Version));
    return layout && new ObjectTypes(python, layout);
  }

  get finder(): number {
    if (this.#finder !== 0) return this.#finder;
    const { memory, __indirect_function_table: table } = this.#python;
    const { exports } = new WebAssembly.Instance(typesModule(), { env: { memory } });
    this.#finder = table.grow(1, (exports as unknown as TypesModule).type_in);
    return this.#finder;
  }

  nameAt(type: number): string | undefined {
    const names = new TypeNames(new ObjectMemory(this.#python.memory.buffer), this.#layout);
    return names.isType(type) ? names.nameOf(type) : undefined;
  }

  /** The name of the type of the object at an address. */
  nameFor(object: number): string | undefined {
    return this.nameAt(new ObjectMemory(this.#python.memory.buffer).typeOf(object));
  }
}
