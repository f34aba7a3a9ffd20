// Subcommands that are loaded on demand: if one is asked for, the others are not loaded.

import type { Command } from "commander";

/** Subcommands by name. Each value loads a function that adds the subcommand to a command. */
export type Subcommands = ReadonlyMap<string, () => Promise<(to: Command) => unknown>>;

/** Adds the subcommand `asked`. If that is undefined or does not exist, adds all subcommands, because help and errors list them. */
export async function addAsked(to: Command, subcommands: Subcommands, asked: string | undefined): Promise<void> {
  const one = asked === undefined ? undefined : subcommands.get(asked);
  for (const load of one ? [one] : subcommands.values()) await (await load())(to);
}
