// Reads the metadata of an image. In a broken image, it may be any text.

import { ImageError } from "../ground/errors.js";

/** The object in a JSON text. Its fields are not checked. Throws ImageError if the text is not JSON, or not that of an object. */
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
