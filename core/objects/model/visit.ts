// A visitor is a class with methods that take the address of a word in an object. The functions here show an object's words to a visitor:
// they call its methods. They are compiled once for each visitor class, so a visit costs no call, and methods that a visitor does not
// define cost nothing.
//
//   owned(slot)      the word at `slot` owns a reference, and is not 0
//   borrowed(slot)   optional: the word at `slot` is a borrowed reference; it may be 0
//   all(from, to)    optional: each word in [from, to) owns a reference; `eachOwned` shows them one by one
//   enters(keys)     whether to show the entries of a dict's keys. Several dicts may share the keys
//   pass             the number of a pass of the collector. Such a visitor is shown only words that can be part of a cycle: not keys that
//                    are strings, not types; and it has no `enters`. A type's own traverse function shows references by gc_visit
//                    (collector/visit.ts).

/** Shows words that own a reference each, one by one. */
@inline
export function eachOwned<V>(from: usize, to: usize, visitor: V): void {
  for (let slot = from; slot < to; slot += 4) visitor.owned(slot);
}

/** Shows `n` words that own a reference each. */
@inline
export function visitRow<V>(row: usize, n: u32, visitor: V): void {
  const end = row + ((<usize>n) << 2);
  if (isDefined(visitor.all)) visitor.all(row, end);
  else eachOwned<V>(row, end, visitor);
}

/** Shows a word that owns a reference, unless it is 0. */
@inline
export function visitIfThere<V>(slot: usize, visitor: V): void {
  if (load<usize>(slot) != 0) visitor.owned(slot);
}

/** Shows a word that is a borrowed reference. */
@inline
export function visitBorrowed<V>(slot: usize, visitor: V): void {
  if (isDefined(visitor.borrowed)) visitor.borrowed(slot);
}
