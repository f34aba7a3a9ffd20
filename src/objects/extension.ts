// Objects whose types no program in TypeScript defined: modules, functions and types in C, and their instances. What they can do,
// attributes and calls, every object can (object.ts).

import { PyObject } from "./object.js";

/** A module: its functions, types and constants are attributes. */
export class PyModule extends PyObject {
  override readonly typeName = "module";
}

/** A function in C, or a method that is bound to an object. */
export class PyFunction extends PyObject {
  override readonly typeName = "builtin_function_or_method";
}

/** A type in C: to call it makes an instance. */
export class PyExtensionType extends PyObject {
  override readonly typeName = "type";

  /** type.__name__ */
  get name(): string {
    return this.getAttr("__name__") as string;
  }

  /** Instances that exist, and their bytes, collector headers included. */
  get stats(): { readonly live: number; readonly bytes: number } {
    const { f } = this.bridge;
    return { live: f.user_type_figure(this.index, 0) >>> 0, bytes: f.user_type_figure(this.index, 1) >>> 0 };
  }
}

/** An instance of a type in C. */
export class PyExtensionObject extends PyObject {
  override get typeName(): string {
    if (this.released) return "object";
    const { f, reader } = this.bridge;
    reader.refresh();
    return reader.typeName(f.handle_address(this.index) >>> 0);
  }
}
