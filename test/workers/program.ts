// A random program of one of several workers, with a model of its blocks: it allocates, resizes and frees blocks, and hands
// some over to others. These check that the blocks have kept their content, and resize and free them.

import { type Address, NULL, type SharedHeap } from "../../src/index.js";
import { randomSize } from "../model.js";
import { type Block, isWhole, paint } from "../painted.js";
import { randomNumbers } from "../random.js";
import type { Mail } from "./mail.js";

export interface Plan {
  readonly seed: number;
  readonly steps: number;
  /** The most blocks at a time. */
  readonly blocks: number;
  /** Whether an allocation may fail, because there is a limit. */
  readonly mayFail?: boolean;
}

export class WorkerProgram {
  readonly #heap: SharedHeap;
  readonly #mail: Mail;
  readonly #number: number;
  readonly #workers: number;
  readonly #plan: Plan;
  readonly #random: () => number;
  readonly #live: Block[] = [];
  #step = 0;

  /** The program of worker `number` of `workers`. */
  constructor(heap: SharedHeap, mail: Mail, number: number, workers: number, plan: Plan) {
    this.#heap = heap;
    this.#mail = mail;
    this.#number = number;
    this.#workers = workers;
    this.#plan = plan;
    this.#random = randomNumbers(plan.seed + number);
  }

  /** Blocks of the mem and object domains that the program has. */
  get pooled(): number {
    return this.#live.filter(({ domain }) => domain !== this.#heap.raw).length;
  }

  /** Runs `steps` steps more. `each` is called before each of them. */
  run(each: () => void = () => undefined): void {
    for (let k = 0; k < this.#plan.steps; k++) {
      each();
      this.#step++;
      const action = this.#random();
      if (this.#live.length === 0 || (action < 0.4 && this.#live.length < this.#plan.blocks)) this.#allocate();
      else if (action < 0.6) this.#resize();
      else if (action < 0.85) this.#free();
      else if (action < 0.92) this.#send();
      else this.#receive();
      if (this.#random() < 0.0005) this.#heap.release();
    }
  }

  /** Frees everything, also what others have sent. */
  end(): void {
    while (this.#receive());
    while (this.#live.length > 0) this.#free();
  }

  get #domains() {
    return [this.#heap.raw, this.#heap.mem, this.#heap.object] as const;
  }

  #below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #fail(what: string): never {
    throw new Error(`${what} (seed ${this.#plan.seed}, worker ${this.#number}, step ${this.#step})`);
  }

  #check({ address, size, mark }: Omit<Block, "domain">, kept = size, at: Address = address): void {
    if (!isWhole(this.#heap, at, kept, size, mark)) this.#fail(`the block ${at} of ${size} bytes lost its content`);
  }

  /** Takes a block out of the model. */
  #take(): Block | undefined {
    const k = this.#below(this.#live.length);
    const block = this.#live[k];
    const last = this.#live.pop();
    if (last && last !== block) this.#live[k] = last;
    if (block) this.#check(block);
    return block;
  }

  #put(block: Block): void {
    paint(this.#heap, block);
    this.#live.push(block);
  }

  #allocate(): void {
    const domain = this.#domains[this.#below(3)] ?? this.#heap.mem;
    const size = randomSize(this.#random);
    const address = this.#random() < 0.1 ? domain.calloc(size, 1) : domain.malloc(size);
    if (address !== NULL) this.#put({ domain, address, size, mark: 1 + this.#below(255) });
    else if (!this.#plan.mayFail) this.#fail(`no memory for ${size} bytes`);
  }

  #resize(): void {
    const block = this.#take();
    if (!block) return;
    const size = this.#random() < 0.5 ? randomSize(this.#random) : Math.floor(block.size * (0.5 + this.#random()));
    const address = block.domain.realloc(block.address, size);
    if (address === NULL) {
      if (!this.#plan.mayFail) this.#fail(`no memory for ${size} bytes`);
      this.#check(block);
      this.#live.push(block);
      return;
    }
    this.#check(block, Math.min(size, block.size), address);
    this.#put({ ...block, address, size });
  }

  #free(): void {
    const block = this.#take();
    block?.domain.free(block.address);
  }

  #send(): void {
    const to = this.#below(this.#workers);
    const block = this.#take();
    if (!block) return;
    const { domain, ...parcel } = block;
    if (!this.#mail.send(to, { ...parcel, domain: this.#domains.indexOf(domain) })) this.#live.push(block);
  }

  /** Whether there was a block. */
  #receive(): boolean {
    const parcel = this.#mail.receive(this.#number);
    if (!parcel) return false;
    this.#check(parcel);
    this.#live.push({ ...parcel, domain: this.#domains[parcel.domain] ?? this.#heap.mem });
    return true;
  }
}
