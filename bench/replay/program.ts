// Replays the recording of one Python program on each allocator, in its own process: node program.js FILE ROUNDS prints
// JSON.

import { readFileSync } from "node:fs";
import { median } from "../measure.js";
import { dlmallocPeer, floorPeer, mimallocPeer, type Peer, pyheapPeer } from "../peers.js";
import { recordSteps } from "./record.js";
import { CHUNK_WORDS, type Part } from "./steps.js";

export interface ReplayFigures {
  /** Steps of the program, without those of the interpreter's start. */
  readonly steps: number;
  /** The most bytes that were live at one time, counted as the program asked for them, from the interpreter's start on. */
  readonly live: number;
  /** By allocator: median nanoseconds a step of the program. The floor is absent if there was not enough memory for it. */
  readonly nanoseconds: Readonly<Record<string, number>>;
  /**
   * By allocator: the bytes that the platform gave for the first replay. mimalloc is not here: it has taken 64 MiB before
   * the first step, for the interpreter with which it comes.
   */
  readonly footprint: Readonly<Record<string, number>>;
}

const HEADER = 4;

/** A peer that replays. */
class Player {
  readonly peer: Peer;
  readonly #slots: number;
  readonly #slotCount: number;
  readonly #chunk: number;
  readonly #before: number;

  constructor(peer: Peer, slotCount: number) {
    this.peer = peer;
    this.#slotCount = slotCount;
    this.#slots = peer.words(slotCount);
    this.#chunk = peer.words(CHUNK_WORDS);
    this.#before = peer.footprint;
  }

  /** Bytes of the platform since the beginning. */
  get footprint(): number {
    return this.peer.footprint - this.#before;
  }

  /** Does the steps of a part. Returns the milliseconds that they took. */
  play({ chunks }: Part): number {
    const { client, memory, name } = this.peer;
    let spent = 0;
    for (const words of chunks) {
      new Uint32Array(memory.buffer, this.#chunk, words.length).set(words);
      const begun = performance.now();
      const failed = client.replay(this.#slots, this.#chunk, this.#chunk + 4 * words.length);
      spent += performance.now() - begun;
      if (failed > 0) throw new Error(`Cannot replay on ${name}: it ran out of memory`);
    }
    return spent;
  }

  freeAll(): void {
    this.peer.client.freeAll(this.#slots, this.#slotCount);
  }
}

const [file = "", rounds = "5"] = process.argv.slice(2);
const recording = await recordSteps(readFileSync(file));
const { start, program } = recording.parts();
const { slots, peak } = recording;

const players = [await dlmallocPeer(), await pyheapPeer()].map((peer) => new Player(peer, slots));
const footprint: Record<string, number> = {};
for (const player of players) {
  player.play(start);
  player.play(program);
  footprint[player.peer.name] = player.footprint;
  player.freeAll();
}
players.push(new Player(await mimallocPeer(), slots));

const { peer, floor } = await floorPeer();
const floorPlayer = new Player(peer, slots);
const room = [start, program].reduce((sum, { bytes, steps }) => sum + bytes + steps * (HEADER + 7), 0);
if (floor.reserve(room)) players.push(floorPlayer);
const bottom = floor.functions.position();
const times = new Map<string, number[]>();
for (let round = 0; round < Number(rounds); round++) {
  for (const player of players) {
    player.play(start);
    const spent = player.play(program);
    times.set(player.peer.name, [...(times.get(player.peer.name) ?? []), spent]);
    player.freeAll();
  }
  floor.functions.rewind(bottom);
}

const figures: ReplayFigures = {
  steps: program.steps,
  live: peak,
  nanoseconds: Object.fromEntries([...times].map(([name, values]) => [name, (median(values) / program.steps) * 1e6])),
  footprint,
};
process.stdout.write(JSON.stringify(figures));
// Interpreters would keep the process alive.
process.exit(0);
