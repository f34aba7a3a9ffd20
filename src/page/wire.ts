// A page's data as bytes: a header in JSON, then columns of numbers, with seven bits of a number in each byte. A number
// of a column is written as its distance from the one before; only the values of rows are written as they are. The data
// are not compressed here.
//
//   length, JSON | buckets | nodes | accounts | rows | crossings | blocks | arenas | pools
//   a column: how many, then the numbers
//
// Estimates of a sampled trace have fractions; they are written in units of 1/256.

import { ByteReader, ByteWriter } from "../trace/bytes.js";
import { f64, readColumn, u32, writeColumn } from "./columns.js";
import { type Bucket, type PageData, type PageHeader, ROW_VALUES } from "./model.js";

const FRACTIONS = 256;
/** The order of a bucket's figures. */
const BUCKET_FIELDS: readonly (keyof Bucket)[] = [
  ...(["time", "last", "peakTime", "ownPeakTime", "reserved", "rank", "ownRank"] as const),
  ...(["peakBytes", "peakBlocks", "ownPeakBytes", "ownPeakBlocks"] as const),
  ...(["endBytes", "endBlocks", "base", "baseBlocks"] as const),
];

const unitOf = ({ sample }: PageHeader) => (sample > 0 ? FRACTIONS : 1);

/** Values of rows are written column by column, because neighbours in a column are similar. */
function writeRowValues(out: ByteWriter, values: Float64Array, unit: number): void {
  for (let k = 0; k < ROW_VALUES; k++) {
    for (let at = k; at < values.length; at += ROW_VALUES) out.signed(Math.round((values[at] as number) * unit));
  }
}

function readRowValues(from: ByteReader, rows: number, unit: number): Float64Array {
  const values = new Float64Array(rows * ROW_VALUES);
  for (let k = 0; k < ROW_VALUES; k++) {
    for (let at = k; at < values.length; at += ROW_VALUES) values[at] = from.signed() / unit;
  }
  return values;
}

function readBuckets(from: ByteReader, unit: number): Bucket[] {
  const columns = BUCKET_FIELDS.map((field) => [field, readColumn(from, f64, unit)] as const);
  const length = Math.min(...columns.map(([, column]) => column.length));
  return Array.from(
    { length },
    (_, k) =>
      Object.fromEntries(columns.map(([field, column]) => [field, column[k] as number])) as Record<
        keyof Bucket,
        number
      >,
  );
}

export function encodePage(data: PageData): Uint8Array<ArrayBuffer> {
  const { header, buckets, nodes, accounts, rows, crossings, blocks, arenas, pools } = data;
  const out = new ByteWriter();
  const unit = unitOf(header);
  out.text(JSON.stringify(header));
  for (const field of BUCKET_FIELDS)
    writeColumn(
      out,
      Float64Array.from(buckets, (bucket) => bucket[field]),
      unit,
    );
  for (const column of [nodes.parents, nodes.functions, nodes.lines]) writeColumn(out, column);
  for (const column of [accounts.nodes, accounts.domains, accounts.sizeClasses]) writeColumn(out, column);
  for (const column of [rows.accounts, rows.buckets]) writeColumn(out, column);
  writeRowValues(out, rows.values, unit);
  const { births, deaths, bytes, counts } = crossings;
  for (const column of [crossings.accounts, births, deaths]) writeColumn(out, column);
  for (const column of [bytes, counts]) writeColumn(out, column, unit);
  out.number(blocks.step);
  for (const column of [blocks.froms, blocks.untils]) writeColumn(out, column);
  for (const column of [blocks.addresses, blocks.sizes, blocks.accounts, blocks.births]) writeColumn(out, column);
  for (const column of [blocks.firsts, blocks.lasts, blocks.types]) writeColumn(out, column);
  for (const column of [arenas.addresses, arenas.sizes]) writeColumn(out, column);
  for (const column of [pools.addresses, pools.sizes, pools.blockSizes, pools.domains, pools.used, pools.bitsAt]) {
    writeColumn(out, column);
  }
  writeColumn(out, Uint32Array.from(pools.bits));
  return out.written;
}

/** Throws BrokenContent or SyntaxError if it is not a page's data. */
export function decodePage(data: Uint8Array): PageData {
  const from = new ByteReader(data);
  const header = JSON.parse(from.text()) as PageHeader;
  const whole = () => readColumn(from, u32);
  const wide = () => readColumn(from, f64);
  const unit = unitOf(header);
  const fractions = () => readColumn(from, f64, unit);
  const buckets = readBuckets(from, unit);
  const nodes = { parents: whole(), functions: whole(), lines: whole() };
  const accounts = { nodes: whole(), domains: whole(), sizeClasses: whole() };
  const rowPlaces = { accounts: whole(), buckets: whole() };
  const rows = { ...rowPlaces, values: readRowValues(from, rowPlaces.accounts.length, unit) };
  const crossings = { accounts: whole(), births: whole(), deaths: whole(), bytes: fractions(), counts: fractions() };
  const blocks = {
    step: from.number(),
    froms: wide(),
    untils: wide(),
    addresses: wide(),
    sizes: whole(),
    accounts: whole(),
    births: whole(),
    firsts: whole(),
    lasts: whole(),
    types: whole(),
  };
  const arenas = { addresses: wide(), sizes: whole() };
  const poolColumns = {
    addresses: wide(),
    sizes: whole(),
    blockSizes: whole(),
    domains: whole(),
    used: whole(),
    bitsAt: whole(),
  };
  const pools = { ...poolColumns, bits: Uint8Array.from(whole()) };
  return { header, buckets, nodes, accounts, rows, crossings, blocks, arenas, pools };
}
