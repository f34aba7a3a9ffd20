// What kind of thing a JavaScript value is, in a few words. None of the program's getters runs.

/** The name of the class of an object: that of its prototype's constructor. "" if it has none. */
function className(value: object): string {
  for (let prototype = Object.getPrototypeOf(value); prototype; prototype = Object.getPrototypeOf(prototype)) {
    const made = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value as unknown;
    if (typeof made === "function") return nameOf(made);
  }
  return "";
}

function nameOf(f: object): string {
  const name: unknown = Object.getOwnPropertyDescriptor(f, "name")?.value;
  return typeof name === "string" ? name : "";
}

/** The number of things in a value, if its class is built in. */
function sizeOf(value: object): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (value instanceof Map || value instanceof Set) return value.size;
  return value instanceof ArrayBuffer ? value.byteLength : undefined;
}

/** A short description: "Map(3)", "Uint8Array(1024)", "function render", "HTMLCanvasElement". */
export function describeValue(value: unknown): string {
  try {
    if (typeof value === "function") return `function ${nameOf(value)}`.trim();
    if (typeof value !== "object" || value === null) return typeof value === "symbol" ? "symbol" : String(value);
    const size = sizeOf(value);
    return `${className(value) || "object"}${size === undefined ? "" : `(${size})`}`;
  } catch {
    // A Proxy that the program made can throw at any access.
    return "object";
  }
}
