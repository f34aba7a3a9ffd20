// How the fields and items of a user's type lie in an instance.
//
//   refcnt | type | size, if there are items | object fields | number fields, by falling size | weak references | items
//
// Imports nothing: core/objects/types/instance.ts has the same picture, and the offsets.

/** What a field or an item holds: any value of the heap, or a number that is stored as it is. */
export type FieldType = "object" | "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "float32" | "float64";
export type Fields = Readonly<Record<string, FieldType>>;
/** What JavaScript sees of a field. */
export type ValueOf<T extends FieldType> = T extends "object" ? unknown : number;

const SIZES = {
  object: 4,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
} as const;

export function sizeOfType(type: FieldType): number {
  return SIZES[type];
}

export function isFieldType(type: unknown): type is FieldType {
  return typeof type === "string" && Object.hasOwn(SIZES, type);
}

/** The type, if it is one; `what` is how an error calls the place where it should be one. */
export function fieldType(type: string, what: string): FieldType {
  if (isFieldType(type)) return type;
  throw new RangeError(`Cannot define ${what} as ${type}: the types are ${Object.keys(SIZES).join(", ")}`);
}

/** The number of a type other than "object" at an offset. */
export function readNumber(view: DataView, type: FieldType, at: number): number {
  switch (type) {
    case "int8":
      return view.getInt8(at);
    case "uint8":
      return view.getUint8(at);
    case "int16":
      return view.getInt16(at, true);
    case "uint16":
      return view.getUint16(at, true);
    case "int32":
      return view.getInt32(at, true);
    case "float32":
      return view.getFloat32(at, true);
    case "float64":
      return view.getFloat64(at, true);
    default:
      return view.getUint32(at, true);
  }
}

/** Stores a number as the type has it: as a typed array does, modulo the range of the integer types. */
export function writeNumber(view: DataView, type: FieldType, at: number, value: number): void {
  switch (type) {
    case "int8":
    case "uint8":
      view.setUint8(at, value);
      break;
    case "int16":
    case "uint16":
      view.setUint16(at, value, true);
      break;
    case "float32":
      view.setFloat32(at, value, true);
      break;
    case "float64":
      view.setFloat64(at, value, true);
      break;
    default:
      view.setUint32(at, value, true);
  }
}

/** Where a field is: the number of a slot, or an offset from where numbers begin. */
export interface Place {
  readonly type: FieldType;
  readonly at: number;
}

export interface TypeLayout {
  readonly name: string;
  readonly places: ReadonlyMap<string, Place>;
  /** Fields that hold objects, and bytes of those that hold numbers. */
  readonly slots: number;
  readonly dataBytes: number;
  readonly items: FieldType | undefined;
  /** Offsets in an instance; the core says them once the type is made. */
  dataAt: number;
  itemsAt: number;
}

export function layoutOf(name: string, fields: Fields, items: FieldType | undefined): TypeLayout {
  const places = new Map<string, Place>();
  const entries = Object.entries(fields).map(
    ([field, type]) => [field, fieldType(type, `field ${name}.${field}`)] as const,
  );
  let slots = 0;
  let dataBytes = 0;
  for (const [field, type] of entries) if (type === "object") places.set(field, { type, at: slots++ });
  for (const size of [8, 4, 2, 1]) {
    for (const [field, type] of entries) {
      if (type === "object" || SIZES[type] !== size) continue;
      places.set(field, { type, at: dataBytes });
      dataBytes += size;
    }
  }
  if (items !== undefined) fieldType(items, `the items of ${name}`);
  return { name, places, slots, dataBytes, items, dataAt: 0, itemsAt: 0 };
}
