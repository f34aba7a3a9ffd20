/** Fills a folder with the package. Returns it. The project must be built. */
export function layOut(folder?: string): string;
