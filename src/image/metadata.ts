// The metadata of an image, which may be anything.

import { ImageError } from "../ground/errors.js";

/** The object that a JSON text is; its fields are still to be looked at. Throws ImageError. */
export function parseMetadata<T>(text: string): Partial<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ImageError("its metadata is not JSON");
  }
  if (typeof value !== "object" || value === null) throw new ImageError("its metadata is not valid");
  return value;
}
