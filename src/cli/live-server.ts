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

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { deflateRawSync } from "node:zlib";
import { encodePage } from "../page/wire.js";
import { viewerTemplate } from "../report/flamegraph.js";
import type { LiveProgram } from "./live.js";
import { UsageError } from "./system/errors.js";

const HOST = "127.0.0.1";
const TOKEN_BYTES = 24;

/**
 * Headers of every response. The browser must believe the response's type, must not show it inside another page, and must
 * not pass its address, which has the token, to other sites.
 */
const GUARDS = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

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

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whether two texts are equal. The time that it takes does not tell how many characters agree. */
const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", (error) => fail(new UsageError(`Cannot show the program on port ${port}: ${error.message}`)));
    server.listen(port, HOST, () => done((server.address() as AddressInfo).port));
  });
}

/** The URL that is asked for; undefined if it is not valid. */
function urlOf({ url }: IncomingMessage): URL | undefined {
  return URL.canParse(url ?? "", `http://${HOST}`) ? new URL(url ?? "", `http://${HOST}`) : undefined;
}

/**
 * Serves the page; on any free port if `port` is 0. `takeSnapshot` asks the program for a heap snapshot. Throws UsageError if
 * the port is taken.
 */
export async function serveLive(
  program: LiveProgram,
  port: number,
  takeSnapshot: () => void,
  template?: string,
): Promise<LiveServer> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
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
  const own = `${HOST}:${await listen(server, port)}`;
  return {
    address: `http://${own}/?token=${token}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
