// In place of the package emoji-regex, in code for browsers: browsers know by themselves what an emoji is, and the
// package's expression has ten thousand characters. Like the package it is CommonJS, because other packages `require` it.

/** Not a literal, because an older browser would refuse the whole file for it. */
const SEQUENCES = "\\p{RGI_Emoji}";

/** Browsers from 2023 on know whole sequences; older ones know at least the single characters. */
function emoji() {
  try {
    return new RegExp(SEQUENCES, "gv");
  } catch {
    return /\p{Emoji_Presentation}/gu;
  }
}

module.exports = emoji;
