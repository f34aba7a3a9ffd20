// DuckDB, where it is installed, with the tables of a trace as views.

import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DUCKDB, ROOT } from "./needs.js";

export type Row = Readonly<Record<string, unknown>>;

/** What the process of DuckDB answers: rows, or why there are none. */
type Answer = { readonly rows: Row[] } | { readonly problem: string };

/** Tables that can be asked, in a process that must be closed. */
export interface Tables {
  ask(sql: string): Promise<Row[]>;
  close(): void;
}

/** The queries of docs/parquet.md by name, for the tables in a folder. */
export function documentedQueries(folder: string): Map<string, string> {
  const page = readFileSync(join(ROOT, "docs/parquet.md"), "utf8");
  const found = page.matchAll(/```sql (\w+)\n([\s\S]*?)```/g);
  return new Map([...found].map(([, name = "", sql = ""]) => [name, sql.replaceAll("'app.parquet", `'${folder}`)]));
}

/** Opens the tables in a folder. DuckDB is native code, with threads: in a process of its own, it can end no other one. */
export async function openTables(folder: string): Promise<Tables> {
  const child = fork(join(ROOT, "test/duckdb-process.mjs"), [
    join(DUCKDB, "node_modules/@duckdb/node-api/lib/index.js"),
  ]);
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", (status, signal) => reject(new Error(`DuckDB has ended: ${signal ?? `exit code ${status}`}`)));
  });
  ended.catch(() => undefined);
  const ask = async (sql: string): Promise<Row[]> => {
    child.send(sql);
    const [answer] = (await Promise.race([once(child, "message"), ended])) as [Answer];
    if ("problem" in answer) throw new Error(answer.problem);
    return answer.rows;
  };
  const setup = documentedQueries(folder).get("setup") ?? "";
  for (const view of setup.split(";\n").filter((sql) => sql.trim() !== "")) await ask(view);
  return { ask, close: () => void child.kill() };
}
