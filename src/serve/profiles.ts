// serveProfiles: a heap's profiles and metrics over HTTP, for engines that collect them: pprof, Pyroscope, Parca,
// Prometheus.
//
//   GET /debug/pprof/                what there is
//   GET /debug/pprof/heap            pprof, gzip; what is live is shown first   ?seconds=N  only the change in N seconds
//   GET /debug/pprof/allocs          the same; what was allocated comes first   ?gc=1       garbage is collected first
//   GET /metrics                     Prometheus's text format
//
// Paths and parameters are those of Go's net/http/pprof. A request needs the token: as `?token=T`, or in a header
// `Authorization: Bearer T`. Its Host, and its Origin if it has one, must be a name of this server, so that the page of
// another site learns nothing even if its own name is made to lead here (DNS rebinding).

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import {
  ContinuousProfile,
  difference,
  type HeapProfile,
  type ProfiledHeap,
  type SamplingOptions,
} from "../profiles/continuous.js";
import { HeapMetrics, type MeasuredHeap, type Metric, prometheusText } from "../profiles/metrics.js";
import { pprofOf, type ShownFirst } from "../profiles/pprof.js";
import { closeServer, GUARDS, isSame, LOCALHOST, listen, newToken } from "./guards.js";

/** Where and how a heap's profiles are served. */
export interface ServeOptions extends SamplingOptions {
  /** The port; 0, the default, means any free one. */
  readonly port?: number | undefined;
  /** The address to listen on. The default is 127.0.0.1, where only programs of this machine can connect. */
  readonly host?: string | undefined;
  /** Other names under which clients reach this server, without a port: those in their Host headers. */
  readonly hosts?: readonly string[] | undefined;
  /** What a client must know; the default is a new random token. An empty one is refused. */
  readonly token?: string | undefined;
  /** Labels of every metric, such as the program's name. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** Where a server gets what it answers. */
export interface ProfileSource {
  /** Whether `profile` can collect garbage first. */
  readonly canCollect: boolean;
  /** The stacks as of now, in whole numbers. If `collect` is true, garbage is collected first. */
  profile(options: { readonly collect: boolean }): HeapProfile;
  metrics(): readonly Metric[];
  /** The server has ended. */
  stop(): void;
}

/** A server that runs. */
export interface ProfileServer {
  /** The address without a path: `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** What a client must know. */
  readonly token: string;
  /** The address of a path, with the token: `http://127.0.0.1:41234/debug/pprof/heap?token=…`. */
  url(path: string): string;
  /** Ends the server and the sampling. */
  close(): void;
}

/** The longest time that a request may ask for, in seconds. */
const MOST_SECONDS = 600;
/** Names of this machine. A client uses them also when it connects through a forwarded port. */
const LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"];
const PROFILES: Readonly<Record<string, ShownFirst>> = {
  "/debug/pprof/heap": "inuse_space",
  "/debug/pprof/allocs": "alloc_space",
};
const INDEX = [
  "/debug/pprof/heap    what is live, by stack   ?seconds=N: the change in N seconds   ?gc=1: collect garbage first",
  "/debug/pprof/allocs  what was allocated, by stack; the same profile, shown differently",
  "/metrics             figures of the heap, for Prometheus",
  "",
].join("\n");
const TEXT = "text/plain; charset=utf-8";

/** The request can't be served; the status and the reason go to the client. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface Reply {
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The name in a Host header, or in an Origin, without the port; undefined if there is none. */
function nameIn(header: string | undefined): string | undefined {
  const url = header?.includes("://") ? header : `http://${header ?? ""}`;
  return header !== undefined && URL.canParse(url) ? new URL(url).hostname : undefined;
}

class Profiles {
  readonly #source: ProfileSource;
  readonly #labels: Readonly<Record<string, string>>;

  constructor(source: ProfileSource, labels: Readonly<Record<string, string>>) {
    this.#source = source;
    this.#labels = labels;
  }

  async reply({ pathname, searchParams }: URL, signal: AbortSignal): Promise<Reply> {
    if (pathname === "/debug/pprof" || pathname === "/debug/pprof/") return { type: TEXT, body: INDEX };
    if (pathname === "/metrics") {
      const body = prometheusText(this.#source.metrics(), this.#labels);
      return { type: "text/plain; version=0.0.4; charset=utf-8", body };
    }
    const first = PROFILES[pathname];
    if (first === undefined) throw new Refusal(404, `There is nothing at ${pathname}. There is:\n${INDEX}`);
    if ((searchParams.get("debug") ?? "0") !== "0")
      throw new Refusal(400, "Profiles are only served as pprof: debug=0");
    const body = await this.#pprof(first, searchParams, signal);
    const name = pathname.replace(/.*\//, "");
    const disposition = { "content-disposition": `attachment; filename="${name}.pb.gz"` };
    return { type: "application/octet-stream", body, headers: disposition };
  }

  async #pprof(first: ShownFirst, parameters: URLSearchParams, signal: AbortSignal): Promise<Uint8Array> {
    const collect = (parameters.get("gc") ?? "0") !== "0";
    const seconds = Number(parameters.get("seconds") ?? 0);
    if (!(seconds >= 0 && seconds <= MOST_SECONDS)) {
      throw new Refusal(400, `seconds=${parameters.get("seconds")} is not a number from 0 to ${MOST_SECONDS}`);
    }
    if (collect && !this.#source.canCollect) {
      throw new Refusal(400, "gc=1: this program's garbage can't be collected from here");
    }
    let profile = this.#source.profile({ collect });
    if (seconds > 0) {
      await sleep(seconds * 1000, undefined, { signal });
      profile = difference(profile, this.#source.profile({ collect }));
    }
    return gzipSync(Buffer.concat([...pprofOf(profile, first)]), { level: 1 });
  }
}

/** The URL of a request that may be served. Throws Refusal. */
function admitted({ headers, method, url }: IncomingMessage, names: ReadonlySet<string>, token: string): URL {
  const host = nameIn(headers.host);
  if (host === undefined || !names.has(host)) {
    throw new Refusal(403, `This server has no name ${headers.host ?? "(none)"}: pass it in the option "hosts"`);
  }
  const { origin } = headers;
  if (origin !== undefined && !names.has(nameIn(origin) ?? "")) {
    throw new Refusal(403, `Pages of ${origin} may not read this`);
  }
  if (url === undefined || !URL.canParse(url, "http://localhost")) throw new Refusal(400, "This is not a path");
  const asked = new URL(url, "http://localhost");
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  if (!isSame(bearer ?? asked.searchParams.get("token") ?? "", token)) {
    throw new Refusal(403, "The token is missing or wrong: ?token=…, or a header Authorization: Bearer …");
  }
  if (method !== "GET" && method !== "HEAD") throw new Refusal(405, "Only GET is answered here");
  return asked;
}

function send(response: ServerResponse, status: number, { type, body, headers = {} }: Reply): void {
  response.writeHead(status, { ...GUARDS, "content-type": type, ...headers }).end(body);
}

/**
 * Samples the heap from now on, and serves its profiles and metrics, until `close`. A heap has at most one recording at
 * a time, so another one can't be started meanwhile. The server doesn't keep the program from ending. Throws if the
 * port or the address can't be used, if the token is empty, or if another recording runs.
 */
export function serveProfiles(heap: ProfiledHeap & MeasuredHeap, options: ServeOptions = {}): Promise<ProfileServer> {
  return serveSource(() => {
    const profile = new ContinuousProfile(heap, options);
    const metrics = new HeapMetrics(heap);
    return {
      canCollect: true,
      profile: (options) => profile.now(options),
      metrics: () => metrics.now(),
      stop: () => {
        profile.stop();
        metrics.stop();
      },
    };
  }, options);
}

/** Serves profiles and metrics from a source, which begins when it is known that the options are valid. */
export async function serveSource(
  begin: () => ProfileSource,
  { port = 0, host = LOCALHOST, hosts = [], token = newToken(), labels = {} }: ServeOptions,
): Promise<ProfileServer> {
  if (token === "") throw new TypeError("Cannot serve profiles with an empty token: leave it out for a random one");
  const shown = host.includes(":") ? `[${host}]` : host;
  const names = new Set([...LOCAL_NAMES, shown, ...hosts].map((name) => name.toLowerCase()));
  const source = begin();
  const profiles = new Profiles(source, labels);
  const server = createServer((request, response) => {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const answer = async () => profiles.reply(admitted(request, names, token), gone.signal);
    answer().then(
      (reply) => send(response, 200, reply),
      (error: unknown) => {
        if (gone.signal.aborted) return;
        const [status, message] =
          error instanceof Refusal ? [error.status, error.message] : [500, `Cannot make the profile: ${String(error)}`];
        send(response, status, { type: TEXT, body: `${message}\n` });
      },
    );
  });
  const bound = await listen(server, port, host).catch((error: unknown) => {
    source.stop();
    throw error;
  });
  server.unref();
  const origin = `http://${shown}:${bound}`;
  return {
    origin,
    token,
    url: (path) => {
      const url = new URL(path, origin);
      url.searchParams.set("token", token);
      return url.href;
    },
    close: () => {
      closeServer(server);
      source.stop();
    },
  };
}
