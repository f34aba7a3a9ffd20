// Short texts. The core has no strings: its modules have no data, because a module with data would overwrite the memory of its host, or of
// a heap that exists already. So a text is a number, whose bytes are the characters.

/** Up to eight ASCII characters, the first in the lowest byte. The compiler replaces each call by its number (scripts/ascii-transform.mjs). */
export declare function ascii(text: string): u64;
