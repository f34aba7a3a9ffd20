// DuckDB, where it is installed, with the tables of a trace as views.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DUCKDB, ROOT } from "./needs.js";

export type Row = Readonly<Record<string, unknown>>;

/** The parts of @duckdb/node-api that are used here. */
interface DuckDb {
  readonly DuckDBInstance: {
    create(): Promise<{ connect(): Promise<{ runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Row[] }> }> }>;
  };
}

/** The queries of docs/parquet.md by name, for the tables in a folder. */
export function documentedQueries(folder: string): Map<string, string> {
  const page = readFileSync(join(ROOT, "docs/parquet.md"), "utf8");
  const found = page.matchAll(/```sql (\w+)\n([\s\S]*?)```/g);
  return new Map([...found].map(([, name = "", sql = ""]) => [name, sql.replaceAll("'app.parquet", `'${folder}`)]));
}

/** A function that answers queries about the tables in a folder. */
export async function openTables(folder: string): Promise<(sql: string) => Promise<Row[]>> {
  const api = pathToFileURL(join(DUCKDB, "node_modules/@duckdb/node-api/lib/index.js")).href;
  const { DuckDBInstance } = (await import(api)) as DuckDb;
  const connection = await (await DuckDBInstance.create()).connect();
  const setup = documentedQueries(folder).get("setup") ?? "";
  for (const view of setup.split(";\n").filter((sql) => sql.trim() !== "")) await connection.runAndReadAll(view);
  return async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
}
