/** Fills a folder with the package. Answers it. The project must be built. */
export function layOut(folder?: string): string;
