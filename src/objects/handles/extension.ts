// Objects whose types are not defined by a program in TypeScript: modules, functions and types in C, and their
// instances. Their attributes and calls are those of every object (object.ts).

import { indexOf } from "../bridge/handle.js";
import { PyObject } from "./object.js";

/** The result of a step of an iterator at its end. */
const END = Symbol("end");

/** A module: its functions, types and constants are attributes. */
export class PyModule extends PyObject {
  override readonly typeName = "module";
}

/** A function in C, or a method that is bound to an object. */
export class PyFunction extends PyObject {
  override readonly typeName = "builtin_function_or_method";
}

/** A type in C. A call of it makes an instance. */
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

  /** len(o). Throws TypeError if the type does not define it. */
  get length(): number {
    const { bridge, index } = this;
    return bridge.number(bridge.border.run(() => bridge.f.length_of(index)));
  }

  /** o[key]. */
  getItem(key: unknown): unknown {
    const { bridge } = this;
    bridge.push(key);
    const index = this.indexAfter(1);
    return bridge.value(bridge.border.run(() => bridge.f.get_item(index)));
  }

  /** o[key] = value. */
  setItem(key: unknown, value: unknown): this {
    const { bridge } = this;
    bridge.pushAll([key, value]);
    const index = this.indexAfter(2);
    bridge.succeed(bridge.border.run(() => bridge.f.set_item(index)));
    return this;
  }

  /** del o[key]. */
  delItem(key: unknown): this {
    const { bridge } = this;
    bridge.push(key);
    const index = this.indexAfter(1);
    bridge.succeed(bridge.border.run(() => bridge.f.del_item(index)));
    return this;
  }

  /** item in o. */
  includes(item: unknown): boolean {
    const { bridge } = this;
    bridge.push(item);
    const index = this.indexAfter(1);
    return bridge.number(bridge.border.run(() => bridge.f.contains_item(index))) === 1;
  }

  /** iter(o), evaluated lazily. Throws TypeError if the type defines neither an iterator nor items by position. */
  *[Symbol.iterator](): IterableIterator<unknown> {
    const { bridge, index } = this;
    const iterator = bridge.value(bridge.border.run(() => bridge.f.iterator_of(index))) as PyObject;
    try {
      for (;;) {
        const at = indexOf(iterator, bridge);
        const item = bridge.value(
          bridge.border.run(() => bridge.f.iterator_next(at)),
          END,
        );
        if (item === END) return;
        yield item;
      }
    } finally {
      iterator.release();
    }
  }
}
