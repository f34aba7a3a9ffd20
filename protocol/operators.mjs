// Operators, each by its place: the constant of the core, the sign, and, where that differs, what errors call it.

/** By CPython's numbers (Py_LT, ...). */
export const COMPARISONS = [
  ["LT", "<"],
  ["LE", "<="],
  ["EQ", "=="],
  ["NE", "!="],
  ["GT", ">"],
  ["GE", ">="],
];

export const BINARY = [
  ["ADD", "+"],
  ["SUB", "-"],
  ["MUL", "*"],
  ["TRUEDIV", "/"],
  ["FLOORDIV", "//"],
  ["MOD", "%"],
  ["POW", "**", "** or pow()"],
  ["LSHIFT", "<<"],
  ["RSHIFT", ">>"],
  ["AND", "&"],
  ["OR", "|"],
  ["XOR", "^"],
];

/** Two that only errors name: divmod() is two operators, and no built-in type has an @. */
export const NAMED_IN_ERRORS = [
  ["DIVMOD", "divmod()"],
  ["MATMUL", "@"],
];

export const UNARY = [
  ["NEG", "-", "unary -"],
  ["POS", "+", "unary +"],
  ["INVERT", "~", "unary ~"],
  ["ABS", "abs", "abs()"],
];
