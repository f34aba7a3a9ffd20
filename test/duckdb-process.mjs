// DuckDB in a process of its own: it is sent queries, and sends rows. The argument is its module.

import { pathToFileURL } from "node:url";

const { DuckDBInstance } = await import(pathToFileURL(process.argv[2]).href);
const connection = await (await DuckDBInstance.create()).connect();
process.on("message", async (sql) => {
  try {
    process.send({ rows: (await connection.runAndReadAll(sql)).getRowObjectsJson() });
  } catch (error) {
    process.send({ problem: error.message });
  }
});
