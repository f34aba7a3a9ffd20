// The words of errors about types, attributes and calls, in the order of their numbers in core/objects/capi/type-words.ts, from FIRST up. In
// braces as in api-words.ts, and {other}: the string that stands second in the error.

/** Number of the first. */
export const FIRST_TYPE_WORDS = 128;

export const TYPE_WORDS: readonly string[] = [
  "{text}() takes no arguments ({z} given)",
  "{text}() takes exactly one argument ({z} given)",
  "{text}() takes no keyword arguments",
  "'{a}' object is not callable",
  "'{b}' object has no attribute '{text}'",
  "type object '{text}' has no attribute '{other}'",
  "module '{text}' has no attribute '{other}'",
  "readonly attribute",
  "attribute '{text}' of '{b}' objects is not writable",
  "'{b}' object attribute '{text}' is read-only",
  "cannot create '{text}' instances",
  "{text}() takes no arguments",
  "a '{a}' object answered NULL to a call without setting an exception",
  "a '{a}' object answered a call with an exception set",
  "can't delete numeric/char attribute",
  "attribute value must be one ASCII character",
  "attribute value type must be bool",
  "type '{text}' is not an acceptable base type",
  "a type needs a name",
  "cannot set '{other}' attribute of immutable type '{text}'",
  "descriptor '{text}' doesn't apply to a '{b}' object",
  "attribute '{text}' of '{b}' objects is not readable",
  "invalid slot of a type",
  "isinstance() arg 2 must be a type or a tuple of types",
  "module functions cannot set METH_CLASS or METH_STATIC",
  "attribute name must be string, not '{a}'",
  "type '{text}' is smaller than its base",
  "nameless module",
  "type '{text}' has no module of this definition",
  "issubclass() takes a type, and a type or a tuple of types",
  "a module's definition has slots that do not fit how it is made",
  "type '{text}' has Py_TPFLAGS_HAVE_GC, but no traverse function",
  "a function that should answer a string answered a '{a}' object",
  "this object has no __dict__",
  "__dict__ must be set to a dictionary, not a '{a}'",
  "a function that makes or fills a module answered success with an exception set, or failure without one",
];
