// The calls of calls_*.c that give something else on a heap than on CPython. Each kind has its sentence in docs/c-api.md.

export interface Difference {
  /** The sentence in docs/c-api.md, or its beginning. */
  readonly sentence: string;
  /** CPython's line. */
  readonly line: RegExp;
  /** How many calls differ so. */
  readonly calls: number;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    sentence: "Complex numbers don't exist: a negative number to a fractional power is a `ValueError`",
    line: /^PyNumber_(InPlace)?Power\(.*: complex \(/,
    calls: 9,
  },
  {
    sentence: "The last digit of a power of floats can be another one",
    line: /^PyNumber_(InPlace)?Power\(.*: float /,
    calls: 6,
  },
  {
    sentence: "`int | None` is a `TypeError`",
    line: /^PyNumber_(InPlace)?Or\(.*_type/,
    calls: 14,
  },
  {
    sentence: "`int()` and `float()` read no bytearray",
    line: /^Py(Number_Long|Number_Float|Float_FromString)\(x\) \| bytearray/,
    calls: 3,
  },
  {
    sentence: "`PyBytes_Concat` takes only `bytes`",
    line: /^out \| bytearray, bytes_a: bytes/,
    calls: 2,
  },
  {
    sentence: "`PyUnicode_CopyCharacters` says only `bad argument to internal function`",
    line: /^PyUnicode_CopyCharacters\(y, 0, x, 0, 8\)/,
    calls: 1,
  },
  {
    sentence: "`PyBytes_FromFormat` obeys the widths",
    line: /^PyBytes_FromFormat\(/,
    calls: 1,
  },
  {
    sentence: "Errors about a type that has no items or keys say `type` instead of the type's name",
    line: /^PyMapping_(Keys|Values|Items)\(x\) \| \w+_type/,
    calls: 9,
  },
];
