/** Writes the site into a folder, and returns the path of its page. The project must be built. */
export function writeSite(folder?: string): Promise<string>;
