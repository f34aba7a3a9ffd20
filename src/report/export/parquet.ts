// A trace as tables, in Parquet: for DuckDB, Spark, Trino, BigQuery. docs/parquet.md describes the columns, and has the
// queries that people want.
//
//   recording   one row: the program, and its peak
//   stacks      a row for each node of the tree of stacks; a stack is named by its innermost node, the empty one by 0
//   events      a row for each event, in order: the n-th row is event n
//   blocks      a row for each block: the blocks that were live after event n have born <= n and freed > n
//
// The trace is read once. What is kept in memory is a few words for each live block.

import { BLOCK_DOMAINS } from "../../core/catalogue.gen.js";
import { TAG, type TraceFunction, type TraceMetadata } from "../../trace/format.js";
import { GrowingU32 } from "../../trace/growing.js";
import { LiveTable } from "../../trace/live-table.js";
import type { TraceConsumer, TraceSummary } from "../../trace/reader.js";
import { weightOf } from "../../trace/sampling.js";
import { StackTree } from "../../trace/tree.js";
import { ReportError } from "../load.js";
import { type FileSink, type Gzip, ParquetTable } from "./parquet-table.js";

/** The columns of each table. */
export const TABLES = {
  recording: {
    command: "text",
    started: "text",
    python: "text",
    sample: "int32",
    seconds: "double",
    events: "double",
    peak_event: "int32",
    peak_time: "double",
    peak_bytes: "double",
    peak_blocks: "double",
    program_time: "double",
  },
  stacks: {
    stack: "int32",
    parent: "int32",
    depth: "int32",
    function: "text",
    file: "text",
    line: "int32",
    first_line: "int32",
  },
  events: { time: "seconds", kind: "text", address: "double", size: "double", domain: "text", stack: "int32" },
  blocks: {
    address: "double",
    size: "double",
    domain: "text",
    stack: "int32",
    born: "event",
    freed: "event",
    born_time: "seconds",
    freed_time: "seconds",
    weight: "double",
    of_start: "int32",
  },
} as const;

export type TableName = keyof typeof TABLES;

/** The value of `freed` for a block that lives until the end. */
export const NEVER = 2 ** 31 - 1;

const SECOND = 1e6;

/** The domain, stack and time of birth of the live blocks, in places that are used again. */
class Births {
  readonly #nodes = new GrowingU32();
  readonly #domains = new GrowingU32();
  #times = new Float64Array(1024);
  readonly #free: number[] = [];

  add(node: number, domain: number, time: number): number {
    const place = this.#free.pop() ?? this.#nodes.length;
    if (place === this.#nodes.length) {
      this.#nodes.push(node);
      this.#domains.push(domain);
      if (place === this.#times.length) {
        const grown = new Float64Array(place * 2);
        grown.set(this.#times);
        this.#times = grown;
      }
    } else {
      this.#nodes.set(place, node);
      this.#domains.set(place, domain);
    }
    this.#times[place] = time;
    return place;
  }

  remove(place: number): void {
    this.#free.push(place);
  }

  node(place: number): number {
    return this.#nodes.at(place);
  }

  domain(place: number): number {
    return this.#domains.at(place);
  }

  time(place: number): number {
    return this.#times[place] as number;
  }
}

export interface TablesOptions {
  /** Compresses the files; the default is compression in JavaScript, which takes longer. */
  readonly gzip?: Gzip | undefined;
  /** Whether the type of each object is on its stack, as the innermost frame. */
  readonly byType?: boolean | undefined;
  /**
   * Whether the trace says when the program began (program-time.ts): the events before are those of the interpreter's
   * start. This has to be known from the first event on, because a block's row, which says whether the block belongs to
   * the start, is written when the block is freed. The default is false.
   */
  readonly hasStart?: boolean | undefined;
}

export class ParquetTables implements TraceConsumer {
  readonly wantsTypes: boolean;
  readonly #tree = new StackTree();
  readonly #live = new LiveTable();
  readonly #births = new Births();
  readonly #events: ParquetTable<(typeof TABLES)["events"]>;
  readonly #blocks: ParquetTable<(typeof TABLES)["blocks"]>;
  readonly #open: (name: TableName) => FileSink;
  readonly #gzip: Gzip | undefined;
  #metadata: TraceMetadata | undefined;
  #sample = 0;
  /** The number of the last event. */
  #event = 0;
  /** Microseconds. */
  #now = 0;
  /** Whether the events so far are those of the interpreter's start. */
  #isStart: boolean;
  /** The first event of the program; 0 until the program begins. Blocks with an earlier birth belong to the start. */
  #firstOfProgram = 0;
  /** When the program began, in microseconds. */
  #programTime = 0;
  #liveBytes = 0;
  #liveBlocks = 0;
  #exactPeak = 0;
  readonly #peak = { event: 0, time: 0, bytes: 0, blocks: 0 };

  /** `open` makes the file of a table. */
  constructor(open: (name: TableName) => FileSink, { gzip, byType = false, hasStart = false }: TablesOptions = {}) {
    this.wantsTypes = byType;
    this.#isStart = hasStart;
    this.#open = open;
    this.#gzip = gzip;
    this.#events = new ParquetTable(TABLES.events, open("events"), gzip);
    this.#blocks = new ParquetTable(TABLES.blocks, open("blocks"), gzip);
  }

  metadata(metadata: TraceMetadata): void {
    this.#metadata = metadata;
    this.#sample = metadata.sample;
    this.#tree.setKind(metadata.stacks);
  }

  function(f: TraceFunction): void {
    this.#tree.addFunction(f);
  }

  node(parent: number, functionNumber: number, line: number): void {
    this.#tree.addNode(parent, functionNumber, line);
  }

  time(microseconds: number): void {
    this.#now = microseconds;
  }

  allocate(address: number, size: number, tag: number, node: number): void {
    this.#note("allocate", address, size, tag & TAG.domain, node);
    this.#born(address, size, tag & TAG.domain, node);
  }

  free(address: number): void {
    const known = this.#live.remove(address);
    const { account: place, size } = this.#live;
    if (known) this.#note("free", address, size, this.#births.domain(place), this.#births.node(place));
    else this.#note("free", address, 0, 0, 0);
    if (known) this.#died(address);
  }

  resize(before: number, address: number, size: number, tag: number, node: number): void {
    this.#note("resize", address, size, tag & TAG.domain, node);
    if (this.#live.remove(before)) this.#died(before);
    this.#born(address, size, tag & TAG.domain, node);
  }

  outgrown(before: number): void {
    this.free(before);
  }

  others(): void {
    // Blocks that were not sampled have no rows.
  }

  liveNow(bytes: number): void {
    if (bytes <= this.#exactPeak) return;
    this.#exactPeak = bytes;
    this.#notePeak();
  }

  reserved(): void {
    // What the platform gave is in no table.
  }

  program(): void {
    if (this.#firstOfProgram > 0) return;
    this.#isStart = false;
    this.#firstOfProgram = this.#event + 1;
    this.#programTime = this.#now;
    this.#liveBytes = 0;
    this.#liveBlocks = 0;
    this.#exactPeak = 0;
    Object.assign(this.#peak, { event: this.#event, time: this.#now, bytes: 0, blocks: 0 });
  }

  collection(): void {
    // Runs of the collector are in no table.
  }

  baseGone(): void {
    // Blocks that were freed before the program began have no rows: only their sums are known.
  }

  baseBlock(address: number, size: number, tag: number, node: number): void {
    this.#born(address, size, tag & TAG.domain, node);
  }

  account(): void {
    throw new ReportError("Cannot make tables of a trace of sums (--aggregate): it has no events");
  }

  whole(): void {
    this.account();
  }

  #note(kind: string, address: number, size: number, domain: number, node: number): void {
    this.#event++;
    if (this.#event === NEVER) throw new ReportError(`Cannot make tables of more than ${NEVER - 1} events`);
    const row = this.#events.next();
    const { columns } = this.#events;
    columns.time[row] = this.#now / SECOND;
    columns.kind[row] = kind;
    columns.address[row] = address;
    columns.size[row] = size;
    columns.domain[row] = BLOCK_DOMAINS[domain] ?? "unknown";
    columns.stack[row] = node;
  }

  #born(address: number, size: number, domain: number, node: number): void {
    const place = this.#births.add(node, domain, this.#now);
    if (this.#live.add(address, place, size, this.#event)) this.#died(address);
    const weight = weightOf(size, this.#sample);
    this.#liveBytes += size * weight;
    this.#liveBlocks += weight;
    if (this.#sample === 0 && this.#liveBytes > this.#peak.bytes) this.#notePeak();
  }

  #notePeak(): void {
    const peak = this.#peak;
    peak.event = this.#event;
    peak.time = this.#now;
    peak.bytes = this.#liveBytes;
    peak.blocks = this.#liveBlocks;
  }

  /** Handles the death of the block that was just removed from the table of live blocks, or replaced there. */
  #died(address: number): void {
    const { size, birth } = this.#live;
    if (birth >= this.#firstOfProgram) {
      const weight = weightOf(size, this.#sample);
      this.#liveBytes -= size * weight;
      this.#liveBlocks -= weight;
    }
    this.#writeBlock(address, this.#event, this.#now / SECOND);
    this.#births.remove(this.#live.account);
  }

  /** Writes the row of the block that the fields of `#live` describe. */
  #writeBlock(address: number, freed: number, freedTime: number): void {
    const { account: place, size, birth } = this.#live;
    const row = this.#blocks.next();
    const { columns } = this.#blocks;
    columns.address[row] = address;
    columns.size[row] = size;
    columns.domain[row] = BLOCK_DOMAINS[this.#births.domain(place)] ?? "unknown";
    columns.stack[row] = this.#births.node(place);
    columns.born[row] = birth;
    columns.freed[row] = freed;
    columns.born_time[row] = this.#births.time(place) / SECOND;
    columns.freed_time[row] = freedTime;
    columns.weight[row] = weightOf(size, this.#sample);
    columns.of_start[row] = this.#isStart || birth < this.#firstOfProgram ? 1 : 0;
  }

  /** Ends the files. Takes the summary of the trace. */
  end({ end }: TraceSummary): void {
    this.#live.forEach((_account, _size, _birth, address) => {
      this.#writeBlock(address, NEVER, Number.POSITIVE_INFINITY);
    });
    this.#blocks.end();
    this.#events.end();
    this.#writeStacks();
    this.#writeRecording(Math.max(this.#now, end?.duration ?? 0));
  }

  #writeStacks(): void {
    const stacks = new ParquetTable(TABLES.stacks, this.#open("stacks"), this.#gzip);
    const depths = new GrowingU32();
    for (let node = 0; node < this.#tree.length; node++) {
      const { function: f, line } = this.#tree.frame(node);
      const parent = this.#tree.parent(node);
      depths.push(node === 0 ? 0 : depths.at(parent) + 1);
      const row = stacks.next();
      const { columns } = stacks;
      columns.stack[row] = node;
      columns.parent[row] = parent;
      columns.depth[row] = depths.at(node);
      columns.function[row] = f.name;
      columns.file[row] = f.file;
      columns.line[row] = line;
      columns.first_line[row] = f.firstLine;
    }
    stacks.end();
  }

  #writeRecording(microseconds: number): void {
    const recording = new ParquetTable(TABLES.recording, this.#open("recording"), this.#gzip);
    const row = recording.next();
    const { columns } = recording;
    columns.command[row] = (this.#metadata?.command ?? []).join(" ");
    columns.started[row] = this.#metadata?.started ?? "";
    columns.python[row] = this.#metadata?.python ?? "";
    columns.sample[row] = this.#sample;
    columns.seconds[row] = microseconds / SECOND;
    columns.events[row] = this.#event;
    columns.peak_event[row] = this.#peak.event;
    columns.peak_time[row] = this.#peak.time / SECOND;
    columns.peak_bytes[row] = this.#peak.bytes;
    columns.peak_blocks[row] = this.#peak.blocks;
    columns.program_time[row] = this.#programTime / SECOND;
    recording.end();
  }
}
