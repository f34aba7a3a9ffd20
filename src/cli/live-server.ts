// The page of a program that runs, on this machine only: the viewer, and its data as often as it asks.
//
//   GET /            the viewer
//   GET /snapshot    the data (src/page/wire.ts), deflated; the header x-pyheap says whether the program still runs

import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { deflateRawSync } from "node:zlib";
import { encodePage } from "../page/wire.js";
import { viewerTemplate } from "../report/flamegraph.js";
import type { LiveProgram } from "./live.js";
import { UsageError } from "./system/errors.js";

const HOST = "127.0.0.1";

export interface LiveServer {
  readonly address: string;
  close(): void;
}

function sendSnapshot(program: LiveProgram, response: ServerResponse): void {
  const state = program.isRunning ? "running" : "ended";
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "cache-control": "no-store",
    "x-pyheap": state,
  });
  response.end(deflateRawSync(encodePage(program.page()), { level: 1 }));
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", (error) => fail(new UsageError(`Cannot show the program on port ${port}: ${error.message}`)));
    server.listen(port, HOST, () => done((server.address() as AddressInfo).port));
  });
}

/** Serves the page; on any free port if `port` is 0. Throws UsageError if the port is taken. */
export async function serveLive(program: LiveProgram, port: number): Promise<LiveServer> {
  const page = viewerTemplate().replace('data-theme="auto"', 'data-theme="auto" data-live="snapshot"');
  let own = "";
  const server = createServer((request, response) => {
    // Another site's page that a name leads here has no business with the program.
    if (request.headers.host !== own) response.writeHead(403).end();
    else if (request.url === "/") response.writeHead(200, { "content-type": "text/html" }).end(page);
    else if (request.url === "/snapshot") sendSnapshot(program, response);
    else response.writeHead(404).end();
  });
  own = `${HOST}:${await listen(server, port)}`;
  return {
    address: `http://${own}/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
