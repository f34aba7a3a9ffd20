// Operators, by number: the core's constant, the sign, and, where it differs, the name in errors.

/** The numbers are CPython's (Py_LT, ...). */
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

/**
 * Two operators that only types in C define. For built-in types they occur in errors: divmod() is computed by two other
 * operators, and no built-in type has @.
 */
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
