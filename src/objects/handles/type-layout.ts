// How the fields and the items of an instance of a user's type lie in memory.
//
//   refcnt | type | size, if there are items | object fields | number fields, by falling size | weak references | items
//
// core/objects/types/instance.ts has the same picture, and the offsets.

/** The content of a field or an item: any value of the heap, or a number. For a number, the name says its width and format. */
export type FieldType = "object" | "int8" | "uint8" | "int16" | "uint16" | "int32" | "uint32" | "float32" | "float64";
export type Fields = Readonly<Record<string, FieldType>>;
/** The type of a field's value in JavaScript. */
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

/** Checks that a text is a field's type. `what` names the place of the text for an error. */
function fieldType(type: string, what: string): FieldType {
  if (isFieldType(type)) return type;
  throw new RangeError(`Cannot define ${what} as ${type}: the types are ${Object.keys(SIZES).join(", ")}`);
}

/** Reads the number at an offset, of a type other than "object". */
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

/** Stores a number. As in a typed array, integers are reduced modulo the range of the type. */
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

/** The place of a field: the number of a slot, or an offset from the beginning of the data. */
export interface Place {
  readonly type: FieldType;
  readonly at: number;
}

export interface TypeLayout {
  readonly name: string;
  readonly places: ReadonlyMap<string, Place>;
  /** The number of fields that hold objects, and the bytes of the fields that hold numbers. */
  readonly slots: number;
  readonly dataBytes: number;
  readonly items: FieldType | undefined;
  /** Offsets in an instance. The core tells them when the type has been made. */
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
