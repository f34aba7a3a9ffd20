// Finds the type of a CPython object from its block, when the tracer records types.
//
//   block    | weak references, dict | collector's header | references | type | ...
//            8 bytes                   8 bytes              4 bytes      4 bytes
//
// This is how CPython lays out its objects, from 3.12 to 3.15. The first two parts are there only if the type's flags
// say so. A block that has just been allocated has no type yet. So its event waits (core/trace/events.ts) until the
// program allocates or frees something else; by then the object is made. CPython's PyRefTracer (since 3.13) is not used:
// it would be called for each object, also for those from free lists, which have no event of their own.
//
// A block's place for a type is cleared when the block is allocated, so what is found there was written by the program. Blocks of the object
// domain that have no object are told apart by three conditions, all of which an object meets: the number of references is one that a new
// object can have; the next word is the address of a type (whose own type is derived from `type`); and the place of both in the block is
// the one that this type's flags say.
//
//   references    1, 2, ...                     the object is used, or immortal
//                 0                             it is dead already: about to be freed, or in a free list (the last one there, since 3.14)
//                 the next object's address     it is in a free list, since 3.14; that object has the same type
//
// This is a module of its own, over the interpreter's memory, which it only reads. The tracer calls `type_in`. It has no state: types that were
// seen are in the tracer's table of watched blocks (core/trace/watched.ts), until they are freed.

/** The offset of the type in an object, the offset of the flags in a type, and the bytes of a type. */
const TYPE: usize = 4;
const FLAGS: usize = 84;
const TYPE_BYTES: usize = 208;
/** Py_TPFLAGS_*: the managed dict and weak references; the collector's header; the type is complete; its objects are types. */
const MANAGED: u32 = 0x18;
const HAVE_GC: u32 = 0x4000;
const READY: u32 = 0x1000;
const TYPE_SUBCLASS: u32 = 0x80000000;
/** Bytes of each part before the object. */
const PART: usize = 8;
const MOST_PARTS: usize = 2;
/** The reference count of an immortal object: in CPython 3.12 and 3.13, and in later versions. */
const IMMORTAL_BEFORE: u32 = 0x3fffffff;
const IMMORTAL: u32 = 0x50000000;
/** A new object has fewer references. All addresses of blocks are above this. */
const MOST_REFERENCES: u32 = 0x100000;

/** Whether `references` is one of the values in the table above, for a recently made object of the type. */
@inline
function isCount(references: u32, type: usize): bool {
  if (references < MOST_REFERENCES || references == IMMORTAL || references == IMMORTAL_BEFORE) return true;
  return isAddress(references) && load<usize>(references, TYPE) == type;
}

@inline
function isAddress(type: usize): bool {
  return (type & 3) == 0 && type > TYPE_BYTES && (<u64>type + TYPE_BYTES) >> 16 < <u64>memory.size();
}

@inline
function flagsOf(type: usize): u32 {
  return load<u32>(type + FLAGS);
}

/** The bytes that a block has before an object of the type. */
@inline
function frontOf(flags: u32): usize {
  return ((flags & HAVE_GC) != 0 ? PART : 0) + ((flags & MANAGED) != 0 ? PART : 0);
}

/** Whether a complete type is at an address, as far as its own words say. */
function isType(type: usize): bool {
  if ((flagsOf(type) & READY) == 0) return false;
  const meta = load<usize>(type + TYPE);
  return isAddress(meta) && (flagsOf(meta) & TYPE_SUBCLASS) != 0;
}

/** The address of the type of the object in a block; 0 if the block has no object, or one that is not complete. */
export function type_in(block: usize, size: usize): usize {
  for (let front: usize = 0; front <= MOST_PARTS * PART && front + PART <= size; front += PART) {
    const type = load<usize>(block + front, TYPE);
    if (!isAddress(type) || frontOf(flagsOf(type)) != front) continue;
    if (isCount(load<u32>(block + front), type) && isType(type)) return type;
  }
  return 0;
}
