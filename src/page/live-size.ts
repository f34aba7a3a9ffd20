// The limits of a page that is made again and again, while a program runs or a file is read. Such a page has fewer
// stacks, stretches of time and blocks than a report, and fewer moments in its map.

export const LIVE_SIZE = { mostNodes: 6000, mostBlocks: 500_000 };
export const LIVE_SPANS = { mostDeparted: 100_000, mostBuckets: 1024, mostCells: 100_000 };
