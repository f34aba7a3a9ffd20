// A table in a Parquet file, written row by row: rows are kept until there are enough for a row group.
//
// Source: Apache Parquet's format; hyparquet-writer does the encoding.

import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from "hyparquet-writer";

/** Takes the bytes of a file, in order. They are valid only during the call. */
export type FileSink = (bytes: Uint8Array) => void;

/** Compresses as gzip does. */
export type Gzip = (bytes: Uint8Array) => Uint8Array;

/** Rows of a row group: enough that a reader's work for each group does not matter, few enough for little memory. */
const GROUP_ROWS = 1 << 18;

/**
 * The types of columns: whole numbers from 0 to 2^31 - 1, floating point, or text. Sizes and addresses, which can be up to
 * 2^32, are floating point: the writer has no unsigned numbers of 32 bits, and takes several times as long for 64. Numbers of
 * events are int32, and seconds are double; they grow from row to row.
 */
export type ColumnType = "int32" | "event" | "double" | "seconds" | "text";

type Values = Int32Array | Float64Array | string[];

const VALUES: Readonly<Record<ColumnType, () => Values>> = {
  int32: () => new Int32Array(GROUP_ROWS),
  event: () => new Int32Array(GROUP_ROWS),
  double: () => new Float64Array(GROUP_ROWS),
  seconds: () => new Float64Array(GROUP_ROWS),
  text: () => new Array<string>(GROUP_ROWS).fill(""),
};

const INT32 = { type: "INT32", repetition_type: "REQUIRED" } as const;
const DOUBLE = { type: "DOUBLE", repetition_type: "REQUIRED" } as const;
const SCHEMA: Readonly<Record<ColumnType, Omit<SchemaElement, "name">>> = {
  ...{ int32: INT32, event: INT32, double: DOUBLE, seconds: DOUBLE },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "REQUIRED" },
};

/**
 * How columns are written. Only text gets a dictionary: for numbers, looking up each value takes longer than the rest of the
 * writing, and makes files only 7 % smaller. The least and the greatest value of a group are only noted where they tell a
 * reader which groups to skip.
 */
const PLAIN = { encoding: "PLAIN", statistics: false } as const;
const GROWING = { encoding: "PLAIN", statistics: true } as const;
const ENCODING: Readonly<Record<ColumnType, Pick<ColumnSource, "encoding" | "statistics">>> = {
  ...{ int32: PLAIN, event: GROWING, double: PLAIN, seconds: GROWING },
  text: { statistics: false },
};
/** A group's values of a column are one page. */
const NO_LIMIT = 0;

/** Each column's values of the rows that are not written yet. */
export type ColumnsOf<T extends Readonly<Record<string, ColumnType>>> = {
  readonly [Name in keyof T]: {
    int32: Int32Array;
    event: Int32Array;
    double: Float64Array;
    seconds: Float64Array;
    text: string[];
  }[T[Name]];
};

export class ParquetTable<T extends Readonly<Record<string, ColumnType>>> {
  readonly columns: ColumnsOf<T>;
  readonly #types: T;
  readonly #bytes = new ByteWriter(1 << 20);
  readonly #writer: ParquetWriter;
  readonly #sink: FileSink;
  #row = 0;

  constructor(types: T, sink: FileSink, gzip: Gzip | undefined) {
    this.#types = types;
    this.#sink = sink;
    const all = Object.entries(types);
    this.columns = Object.fromEntries(all.map(([name, type]) => [name, VALUES[type]()])) as ColumnsOf<T>;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: "root", num_children: all.length }, ...all.map(([name, type]) => ({ name, ...SCHEMA[type] }))],
      ...(gzip ? { codec: "GZIP", compressors: { GZIP: gzip } } : { codec: "SNAPPY" }),
      createdBy: "pyheap",
    });
  }

  /** The index in each of `columns` for the next row. Rows are written when there are enough for a group. */
  next(): number {
    if (this.#row === GROUP_ROWS) this.#writeGroup();
    return this.#row++;
  }

  #writeGroup(): void {
    const rows = this.#row;
    this.#row = 0;
    if (rows === 0) return;
    const columnData = Object.entries(this.#types).map(([name, type]): ColumnSource => {
      const values = this.columns[name] as Values;
      const data = values.length === rows ? values : values.slice(0, rows);
      return { name, data, nullable: false, offsetIndex: false, ...ENCODING[type] };
    });
    this.#writer.write({ columnData, rowGroupSize: GROUP_ROWS, pageSize: NO_LIMIT });
    this.#pass();
  }

  /** Passes on the bytes that the writer has made. */
  #pass(): void {
    this.#sink(this.#bytes.getBytes());
    this.#bytes.index = 0;
  }

  /** Ends the file. */
  end(): void {
    this.#writeGroup();
    this.#writer.finish();
    this.#pass();
  }
}
