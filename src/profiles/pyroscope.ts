// A profile as Pyroscope's /ingest takes it: pprof in a form, and what its four values are.
//
// Source: Grafana Pyroscope, "Server HTTP API", and the form that its own client for Go sends.

import { gzipSync } from "fflate";
import { concatenated } from "../ground/bytes.js";
import type { HeapProfile } from "./continuous.js";
import { pprofOf } from "./pprof.js";

/** What was allocated adds up over time; of what is live, the mean over time counts. */
const SAMPLE_TYPES = {
  alloc_objects: { units: "objects", aggregation: "sum", cumulative: false },
  alloc_space: { units: "bytes", aggregation: "sum", cumulative: false },
  inuse_objects: { units: "objects", aggregation: "average", cumulative: false },
  inuse_space: { units: "bytes", aggregation: "average", cumulative: false },
} as const;

/** Characters that end a label or a name in Pyroscope's notation. */
const plain = (text: string) => text.replace(/[{}=,"\s]/g, "_");

/** The name of a series: `checkout{region=eu,version=1.4}`. */
export function seriesName(service: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${plain(key)}=${plain(value)}`);
  return `${plain(service)}{${pairs.join(",")}}`;
}

/** The address to which a profile is posted. `server` has no slash at its end. */
export function ingestUrl(server: string, series: string, { began, duration }: HeapProfile): string {
  const url = new URL(`${server}/ingest`);
  const seconds = (ms: number) => String(Math.floor(ms / 1000));
  const parameters = { name: series, from: seconds(began), until: seconds(began + duration), format: "pprof" };
  url.search = new URLSearchParams({ ...parameters, spyName: "pyheap" }).toString();
  return url.href;
}

/** The form, and about how many bytes it has. */
export function ingestForm(profile: HeapProfile): { readonly body: FormData; readonly size: number } {
  const pprof = gzipSync(concatenated([...pprofOf(profile, "alloc_space")])) as Uint8Array<ArrayBuffer>;
  const types = JSON.stringify(SAMPLE_TYPES);
  const body = new FormData();
  body.set("profile", new Blob([pprof]), "profile.pprof");
  body.set("sample_type_config", new Blob([types]), "sample_type_config.json");
  return { body, size: pprof.length + types.length };
}
