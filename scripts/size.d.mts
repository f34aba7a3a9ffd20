/** The sizes that the README states, in kilobytes, by name. */
export function sizes(): Promise<Record<string, number>>;
