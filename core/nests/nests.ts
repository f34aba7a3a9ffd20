// Lets CPython notice how deep it is while it frees an object that holds an object that holds an object, and so on.
//
//   CPython frees an object -- table --> nest_destroy -- import --> the type's function --> frees what the object held
//                                        the C stack is STEP bytes shorter during this call
//
// Since 3.14, CPython puts off what is still to be freed when little of its stack is left ("trashcan"). It looks at the stack that C has in
// linear memory. But most functions that free an object use nothing of that stack in WebAssembly, so it looks empty however deep they are
// in one another, and the engine's own stack overflows. With this function in front of each, CPython's stack gets shorter with each level.
//
// This is a module of its own over the interpreter's memory, with one instance for each such function: a function that is imported is
// called directly.

/**
 * Large, so that CPython's stack is used up before the engine's: CPython's 10 MiB are 320 steps, and the engine's usual
 * stack of 1 MB has space for about a thousand levels.
 */
const STEP: usize = 32768;

@external("python", "stack_pointer")
declare let stackPointer: usize;

/**
 * The lowest value that this module gives the stack pointer. There CPython puts off freeing objects, but may still run
 * code of the program.
 */
@external("python", "lowest")
declare const lowest: usize;

/** The function of the object's type that frees it: tp_dealloc. */
@external("python", "destroy")
declare function destroy(object: usize): void;

export function nest_destroy(object: usize): void {
  const before = stackPointer;
  const below = before - STEP;
  if (before > lowest) stackPointer = below > lowest ? below : lowest;
  destroy(object);
  stackPointer = before;
}
