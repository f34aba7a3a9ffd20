// The names of domains, by their numbers in the core.

import { ALL_DOMAINS, BLOCK_DOMAINS } from "../core/catalogue.gen.js";
import { type BlockOwner, ProtocolError } from "../ground/errors.js";

/** The domain that a block belongs to. Throws ProtocolError if there is no domain with this number. */
export function ownerOf(number: number): BlockOwner {
  const name = BLOCK_DOMAINS[number];
  if (name === undefined) throw new ProtocolError("a domain", number);
  return name;
}

/** Like ownerOf, for a chunk, which may also be the heap's own. */
export function chunkOwnerOf(number: number): BlockOwner | "internal" {
  const name = ALL_DOMAINS[number];
  if (name === undefined) throw new ProtocolError("a domain", number);
  return name;
}
