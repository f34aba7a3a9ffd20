// The page of a running program, for everyone who has its address: on this machine, or through a forwarded port.
//
//   GET /?token=T            the viewer
//   GET /snapshot?token=T    the data (src/page/wire.ts), deflated; the header x-pyheap says whether the program still runs,
//                            and x-pyheap-objects which heap snapshot was taken last, or what the problem was
//   POST /objects?token=T    asks for a heap snapshot, which is taken as soon as the program can be looked at
//
// The token replaces a check of the host's name, because a forwarded port changes that name. The page of another site
// does not know the token, even if its name is made to lead here (DNS rebinding). It is not in a cookie, because a
// browser sends cookies along with requests from other sites.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { deflateRawSync } from "node:zlib";
import { encodePage } from "../page/wire.js";
import { viewerTemplate } from "../report/flamegraph.js";
import { closeServer, GUARDS, isSame, LOCALHOST, listen, newToken } from "../serve/guards.js";
import type { LiveProgram } from "./live.js";
import { UsageError } from "./system/errors.js";

const NO_TOKEN = [
  "This page shows a program that runs under pyheap, to whoever has its whole address.",
  "Open it as pyheap run printed it, with the token: http://…/?token=…",
  "",
].join("\n");

export interface LiveServer {
  /** The page's address, with the token. */
  readonly address: string;
  close(): void;
}

function sendSnapshot(program: LiveProgram, response: ServerResponse): void {
  const state = program.isRunning ? "running" : "ended";
  const { count, last, problem } = program.snapshots;
  const objects = encodeURIComponent(problem ?? (last === undefined ? "" : `Snapshot ${count}: ${last}`));
  const headers = { "content-type": "application/octet-stream", "x-pyheap": state, "x-pyheap-objects": objects };
  response.writeHead(200, { ...GUARDS, ...headers });
  response.end(deflateRawSync(encodePage(program.page()), { level: 1 }));
}

function sendText(response: ServerResponse, status: number, text: string, kind = "plain"): void {
  response.writeHead(status, { ...GUARDS, "content-type": `text/${kind}; charset=utf-8` }).end(text);
}

/** The URL that is asked for; undefined if it is not valid. */
function urlOf({ url }: IncomingMessage): URL | undefined {
  return URL.canParse(url ?? "", `http://${LOCALHOST}`) ? new URL(url ?? "", `http://${LOCALHOST}`) : undefined;
}

/**
 * Serves the page; on any free port if `port` is 0. `takeSnapshot` asks the program for a heap snapshot. Throws UsageError if
 * the port can't be used.
 */
export async function serveLive(
  program: LiveProgram,
  port: number,
  takeSnapshot: () => void,
  template?: string,
): Promise<LiveServer> {
  const token = newToken();
  const data = `data-live="snapshot?token=${token}"`;
  const viewer = template ?? (await viewerTemplate());
  const page = viewer.replace('data-theme="auto"', `data-theme="auto" ${data}`);
  const server = createServer((request, response) => {
    const url = urlOf(request);
    if (!isSame(url?.searchParams.get("token") ?? "", token)) sendText(response, 403, NO_TOKEN);
    else if (request.method === "POST" && url?.pathname === "/objects") {
      takeSnapshot();
      sendText(response, 202, "Asked for.\n");
    } else if (request.method !== "GET") sendText(response, 405, "Only GET is answered here.\n");
    else if (url?.pathname === "/") sendText(response, 200, page, "html");
    else if (url?.pathname === "/snapshot") sendSnapshot(program, response);
    else sendText(response, 404, "There is nothing here: the page is at /.\n");
  });
  const bound = await listen(server, port).catch((error: Error) => {
    throw new UsageError(`Cannot show the program on port ${port}: ${error.message}`);
  });
  return { address: `http://${LOCALHOST}:${bound}/?token=${token}`, close: () => closeServer(server) };
}
