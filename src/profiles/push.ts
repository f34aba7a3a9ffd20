// pushProfiles: a heap's profiles and metrics, sent from where it is, such as a page that nobody can reach.
//
// Each message has what was allocated since the last one that arrived, and what is live. So that sums over many pages have
// the true value as their mean, nothing is rounded in one direction: figures are rounded up as often as their fractions say
// (0.3 becomes 1 in three of ten cases), and if only a share of the pages records, each of these stands for 1 / share pages.

import {
  ContinuousProfile,
  difference,
  type HeapProfile,
  mapped,
  type ProfiledHeap,
  type SamplingOptions,
} from "./continuous.js";
import { fitting } from "./fitting.js";
import { HeapMetrics, type MeasuredHeap } from "./metrics.js";
import { otlpMetrics, otlpProfiles } from "./otlp.js";
import { ingestForm, ingestUrl, seriesName } from "./pyroscope.js";

/** Where profiles go, and how often. */
export interface PushOptions extends SamplingOptions {
  /** The address of the server, without the path of its protocol: `https://pyroscope.example`. */
  readonly url: string;
  /** Pyroscope's /ingest, which is the default, or OpenTelemetry's protocol with profiles and metrics. */
  readonly protocol?: "pyroscope" | "otlp" | undefined;
  /** Labels of all that is sent. `service_name` is the program's name; the default is "pyheap". */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** The seconds between two messages. The default is 60. */
  readonly every?: number | undefined;
  /** The share of pages that record, above 0 and at most 1. Each stands for 1 / share pages. The default is 1: all record. */
  readonly share?: number | undefined;
  /** Headers of the requests, such as Authorization. The message at the page's end can't have any. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Called if a message did not arrive. The next message then contains its figures too. The default writes a warning to the console. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Profiles that are being pushed. */
export interface ProfilePusher {
  /** Whether this page records; false if it is not among the share of pages that do. */
  readonly records: boolean;
  /** Sends what there is, now. Never throws. */
  push(): Promise<void>;
  /** Sends what there is, and ends the sampling. */
  stop(): Promise<void>;
}

interface Message {
  readonly url: string;
  readonly body: FormData | Blob;
  readonly size: number;
}

const DEFAULT_SECONDS = 60;
/** Making a message takes at most this share of the time: after one that took long, the next comes later. */
const MOST_TIME = 0.005;
/** Browsers refuse to send more than 64 KiB when a page ends. The rest is for the form around it. */
const MOST_AT_END = 60_000;

/** Sixteen random bytes. crypto.randomUUID is missing in pages that were not loaded over HTTPS. */
const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

class Pusher implements ProfilePusher {
  readonly records = true;
  readonly #options: PushOptions;
  readonly #profile: ContinuousProfile;
  readonly #metrics: HeapMetrics;
  readonly #began = Date.now();
  readonly #resource: Readonly<Record<string, string>>;
  readonly #series: string;
  /** The server's address, without a slash at its end. */
  readonly #server: string;
  /** What has arrived, and what is on its way. */
  #sent: HeapProfile | undefined;
  #underWay: HeapProfile | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The push that is under way; a new one waits for it. */
  #pushing: Promise<void> = Promise.resolve();
  readonly #atEnd = () => this.#pushAtEnd();

  constructor(heap: ProfiledHeap & MeasuredHeap, options: PushOptions) {
    this.#options = options;
    const { service_name: service = "pyheap", ...labels } = options.labels ?? {};
    this.#series = seriesName(service, labels);
    this.#server = options.url.replace(/\/+$/, "");
    // Pages are told apart by an id: a server takes cumulative metrics of one resource for one series.
    this.#resource = { "service.name": service, "service.instance.id": newId(), ...labels };
    this.#profile = new ContinuousProfile(heap, options);
    this.#metrics = new HeapMetrics(heap);
    globalThis.document?.addEventListener("visibilitychange", this.#atEnd);
    this.#schedule(0);
  }

  /** Plans the next push; `took` are the milliseconds that the last message took to make. */
  #schedule(took: number): void {
    const wait = Math.max((this.#options.every ?? DEFAULT_SECONDS) * 1000, took / MOST_TIME);
    this.#timer = setTimeout(() => void this.push(), wait);
    // In Node, the timer doesn't keep the program from ending.
    if (typeof this.#timer === "object") this.#timer.unref?.();
  }

  /** What the next message has: allocations since an earlier one, and what is live. In whole numbers. */
  #next(now: HeapProfile, before: HeapProfile | undefined): HeapProfile {
    const change = before ? difference(before, now) : now;
    const changed = new Map(change.stacks.map((sums) => [sums.node, sums]));
    // A stack that is live without a change is not in the difference.
    const none = { allocCount: 0, allocBytes: 0 };
    const stacks = now.stacks.map(({ node, liveCount, liveBytes }) => {
      const { allocCount, allocBytes } = changed.get(node) ?? none;
      return { node, allocCount, allocBytes, liveCount, liveBytes };
    });
    const { share = 1 } = this.#options;
    return mapped({ ...change, stacks }, (figure) => Math.floor(Math.max(0, figure) / share + Math.random()));
  }

  #messages(profile: HeapProfile, most: number): Message[] {
    const { protocol = "pyroscope" } = this.#options;
    const server = this.#server;
    if (protocol === "pyroscope") {
      return [{ ...fitting(profile, most, ingestForm), url: ingestUrl(server, this.#series, profile) }];
    }
    const json = (value: object) => {
      const body = new Blob([JSON.stringify(value)], { type: "application/json" });
      return { body, size: body.size };
    };
    const metrics = otlpMetrics(this.#metrics.now(), this.#resource, this.#began, Date.now());
    return [
      { ...json(metrics), url: `${server}/v1/metrics` },
      {
        ...fitting(profile, most, (each) => json(otlpProfiles(each, this.#resource))),
        url: `${server}/v1development/profiles`,
      },
    ];
  }

  async #send({ url, body }: Message): Promise<void> {
    const { headers = {} } = this.#options;
    const { ok, status } = await fetch(url, { method: "POST", body, headers });
    if (!ok) throw new Error(`${url.replace(/\?.*/, "")} answered ${status}`);
  }

  async #push(): Promise<void> {
    clearTimeout(this.#timer);
    const { onError = (error) => console.warn("pyheap: Cannot push profiles:", error) } = this.#options;
    const begun = performance.now();
    try {
      const now = this.#profile.estimates();
      this.#underWay = now;
      const messages = this.#messages(this.#next(now, this.#sent), Number.POSITIVE_INFINITY);
      if (this.#profile.runs) this.#schedule(performance.now() - begun);
      for (const message of messages) await this.#send(message);
      this.#arrived(now);
    } catch (error) {
      onError(error);
    }
    this.#underWay = undefined;
  }

  /** Notes what has arrived, unless something later has arrived meanwhile. */
  #arrived(profile: HeapProfile): void {
    if (profile.duration >= (this.#sent?.duration ?? 0)) this.#sent = profile;
  }

  push(): Promise<void> {
    this.#pushing = this.#pushing.then(() => this.#push());
    return this.#pushing;
  }

  /** The page is hidden: it may end without another event. What the browser takes now is sent even then. */
  #pushAtEnd(): void {
    if (globalThis.document.visibilityState !== "hidden") return;
    const now = this.#profile.estimates();
    const next = this.#next(now, this.#underWay ?? this.#sent);
    const taken = this.#messages(next, MOST_AT_END).map(({ url, body }) => navigator.sendBeacon(url, body));
    if (taken.at(-1)) this.#arrived(now);
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    globalThis.document?.removeEventListener("visibilitychange", this.#atEnd);
    this.#profile.stop();
    await this.push();
    this.#metrics.stop();
  }
}

/**
 * Samples the heap from now on, and sends its profiles to a server, until `stop`. When a page is hidden, and so before it
 * ends, the rest is sent. A heap has at most one recording at a time, so another one can't be started meanwhile.
 */
export function pushProfiles(heap: ProfiledHeap & MeasuredHeap, options: PushOptions): ProfilePusher {
  const { share = 1, every = DEFAULT_SECONDS } = options;
  if (!(share > 0 && share <= 1)) throw new TypeError(`share: ${share} is not a share of pages, above 0 and at most 1`);
  if (!(every > 0)) throw new TypeError(`every: ${every} is not a number of seconds`);
  if (Math.random() < share) return new Pusher(heap, options);
  return { records: false, push: async () => {}, stop: async () => {} };
}
