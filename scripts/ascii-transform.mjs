// A transform for the compiler of the core: a text in the source becomes a number, whose bytes are the characters.
//
//   ascii("None")   ->   0x656e6f4e          the first character is the lowest byte
//
// core/objects/model/ascii.ts says why the core has no strings.

import { LiteralKind, Node, NodeKind } from "assemblyscript";
import { Transform } from "assemblyscript/transform";

const NAME = "ascii";

/** The lower and the higher word of a text of one to eight ASCII characters. Undefined for any other text. */
export function packed(text) {
  if (!/^[\0-\x7f]{1,8}$/.test(text)) return undefined;
  const bytes = new DataView(new ArrayBuffer(8));
  [...text].forEach((char, k) => {
    bytes.setUint8(k, char.charCodeAt(0));
  });
  return [bytes.getUint32(0, true), bytes.getUint32(4, true)];
}

const isCall = (node) => node.kind === NodeKind.Call && node.expression.text === NAME;

/** The number that replaces a call. */
function numberFor({ args, range }) {
  const [text] = args;
  const isText = args.length === 1 && text.kind === NodeKind.Literal && text.literalKind === LiteralKind.String;
  const words = isText ? packed(text.value) : undefined;
  if (words) return Node.createIntegerLiteralExpression(globalThis.i64_new(...words), range);
  const { source, start } = range;
  throw new Error(
    `${source.normalizedPath}:${source.lineAt(start)}: ${NAME}() takes a text of 1 to 8 ASCII characters`,
  );
}

/** Replaces the calls in a part of the syntax tree. */
function replaceIn(part) {
  for (const [key, value] of Object.entries(part)) {
    if (key === "range" || typeof value !== "object" || value === null) continue;
    if (value instanceof Node && isCall(value)) part[key] = numberFor(value);
    else if (value instanceof Node || Array.isArray(value)) replaceIn(value);
  }
}

export default class extends Transform {
  afterParse({ sources }) {
    for (const { isLibrary, statements } of sources) if (!isLibrary) replaceIn(statements);
  }
}
