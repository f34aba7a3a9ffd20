/** The sizes that the README states, in kilobytes, by what they are of. */
export function sizes(): Promise<Record<string, number>>;
