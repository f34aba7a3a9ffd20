// What our servers have in common: they listen on this machine only, unless an address is given; they want a token; and
// they tell browsers to be careful.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Only programs of this machine can connect. */
export const LOCALHOST = "127.0.0.1";
const TOKEN_BYTES = 24;

/**
 * Headers of every response. The browser must believe the response's type, must not show it inside another page, and must
 * not pass its address, which has the token, to other sites.
 */
export const GUARDS = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
} as const;

/** A token that nobody can guess. */
export const newToken = (): string => randomBytes(TOKEN_BYTES).toString("base64url");

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whether two texts are equal. The time that it takes does not tell how many characters agree. */
export const isSame = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

/** Listens; on any free port if `port` is 0. Returns the port. */
export function listen(server: Server, port: number, host: string = LOCALHOST): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, host, () => done((server.address() as AddressInfo).port));
  });
}

/** Ends a server, with its connections. */
export function closeServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}
