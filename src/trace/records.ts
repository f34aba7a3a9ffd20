// Records of numbers, each number as its difference from the one in the record before.
//
//   records = count, then for each record its differences, of either sign

import { BrokenContent, type ByteReader, type ByteWriter } from "./bytes.js";

export const COLLECTION = ["time", "generation", "duration", "collected", "count"] as const;
export const POINT = ["time", "live", "blocks", "reserved"] as const;

export function writeRecords<T>(
  out: ByteWriter,
  records: readonly T[],
  numbers: (record: T) => readonly number[],
): void {
  out.number(records.length);
  let before: readonly number[] = [];
  for (const record of records) {
    const now = numbers(record);
    now.forEach((value, k) => {
      out.signed(value - (before[k] ?? 0));
    });
    before = now;
  }
}

/** Writes records whose numbers have names. */
export function writeNamed<Name extends string>(
  out: ByteWriter,
  names: readonly Name[],
  records: readonly Readonly<Record<Name, number>>[],
): void {
  writeRecords(out, records, (record) => names.map((name) => Math.round(record[name])));
}

/** Reads records of `width` numbers. Throws BrokenContent if a number is below zero. */
export function readRecords(from: ByteReader, width: number): number[][] {
  const records: number[][] = [];
  let before = Array<number>(width).fill(0);
  for (let left = from.number(); left > 0; left--) {
    before = before.map((value) => value + from.signed());
    if (before.some((value) => value < 0)) throw new BrokenContent("a figure of it is below zero");
    records.push(before);
  }
  return records;
}

export function readNamed<Name extends string>(
  from: ByteReader,
  names: readonly Name[],
): Readonly<Record<Name, number>>[] {
  return readRecords(from, names.length).map(
    (numbers) => Object.fromEntries(names.map((name, k) => [name, numbers[k] ?? 0])) as Record<Name, number>,
  );
}
