/** Fills a folder with the package, and returns the folder. The project must be built. */
export function layOut(folder?: string): string;
