// A page's data as bytes: a header in JSON, then columns of numbers of seven bits to a byte, each told as the distance from
// the one before where the column ascends. Who stores them compresses them.
//
//   length, JSON | nodes | accounts | rows | crossings | blocks | arenas | pools
//   a column: how many, then the numbers

import { ByteReader, ByteWriter } from "../trace/bytes.js";
import { type PageData, type PageHeader, ROW_VALUES } from "./model.js";

type Column = Uint32Array | Float64Array;

function writeColumn(out: ByteWriter, column: Column): void {
  out.number(column.length);
  let last = 0;
  for (const value of column) {
    out.signed(Math.round(value) - last);
    last = Math.round(value);
  }
}

function readColumn<T extends Column>(from: ByteReader, make: (length: number) => T): T {
  const column = make(from.number());
  let last = 0;
  for (let k = 0; k < column.length; k++) {
    last += from.signed();
    column[k] = last;
  }
  return column;
}

const u32 = (length: number) => new Uint32Array(length);
const f64 = (length: number) => new Float64Array(length);

/** Values of rows lie column by column: neighbours in a column are alike. */
function writeRowValues(out: ByteWriter, values: Float64Array): void {
  for (let k = 0; k < ROW_VALUES; k++) {
    for (let at = k; at < values.length; at += ROW_VALUES) out.signed(Math.round(values[at] as number));
  }
}

function readRowValues(from: ByteReader, rows: number): Float64Array {
  const values = new Float64Array(rows * ROW_VALUES);
  for (let k = 0; k < ROW_VALUES; k++) {
    for (let at = k; at < values.length; at += ROW_VALUES) values[at] = from.signed();
  }
  return values;
}

export function encodePage({ header, nodes, accounts, rows, crossings, blocks, arenas, pools }: PageData): Uint8Array {
  const out = new ByteWriter();
  out.text(JSON.stringify(header));
  for (const column of [nodes.parents, nodes.functions, nodes.lines]) writeColumn(out, column);
  for (const column of [accounts.nodes, accounts.domains, accounts.sizeClasses]) writeColumn(out, column);
  for (const column of [rows.accounts, rows.buckets]) writeColumn(out, column);
  writeRowValues(out, rows.values);
  const { births, deaths, bytes, counts } = crossings;
  for (const column of [crossings.accounts, births, deaths, bytes, counts]) writeColumn(out, column);
  out.number(blocks.step);
  writeColumn(out, blocks.moments);
  for (const column of [blocks.addresses, blocks.sizes, blocks.accounts, blocks.births]) writeColumn(out, column);
  for (const column of [blocks.firsts, blocks.lasts]) writeColumn(out, column);
  for (const column of [arenas.addresses, arenas.sizes]) writeColumn(out, column);
  for (const column of [pools.addresses, pools.sizes, pools.blockSizes, pools.domains, pools.used, pools.bitsAt]) {
    writeColumn(out, column);
  }
  writeColumn(out, Uint32Array.from(pools.bits));
  return out.written;
}

/** Throws BrokenContent if it is no page's data. */
export function decodePage(data: Uint8Array): PageData {
  const from = new ByteReader(data);
  const header = JSON.parse(from.text()) as PageHeader;
  const whole = () => readColumn(from, u32);
  const wide = () => readColumn(from, f64);
  const nodes = { parents: whole(), functions: whole(), lines: whole() };
  const accounts = { nodes: whole(), domains: whole(), sizeClasses: whole() };
  const rowPlaces = { accounts: whole(), buckets: whole() };
  const rows = { ...rowPlaces, values: readRowValues(from, rowPlaces.accounts.length) };
  const crossings = { accounts: whole(), births: whole(), deaths: whole(), bytes: wide(), counts: wide() };
  const blocks = {
    step: from.number(),
    moments: whole(),
    addresses: wide(),
    sizes: whole(),
    accounts: whole(),
    births: whole(),
    firsts: whole(),
    lasts: whole(),
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
  return { header, nodes, accounts, rows, crossings, blocks, arenas, pools };
}
