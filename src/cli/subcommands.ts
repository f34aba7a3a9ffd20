// Subcommands, of which only the one that is asked for is loaded.

import type { Command } from "commander";

/** Subcommands by name. Each loads the function that adds it to a command. */
export type Subcommands = ReadonlyMap<string, () => Promise<(to: Command) => unknown>>;

/** Adds the subcommand that is asked for. If none is, or one that does not exist, adds all, because help and errors list all. */
export async function addAsked(to: Command, subcommands: Subcommands, asked: string | undefined): Promise<void> {
  const one = asked === undefined ? undefined : subcommands.get(asked);
  for (const load of one ? [one] : subcommands.values()) await (await load())(to);
}
