/** A stack of the debug build in which the core's frames have a file and a line instead of an offset. */
export function located(stack: string): string;
