// The objects of a heap, in parts: the bridge to the core's objects, the collector, the program's types, the roots,
// compaction.

import type { Walked } from "../alloc/stats.js";
import type { WholeCore } from "../core/whole-core.js";
import { toAddress } from "../ground/address.js";
import { HeapCorruption, ImageError } from "../ground/errors.js";
import { Casts } from "../hosts/c/casts.js";
import { printLine } from "../hosts/c/output.js";
import type { ImageMetadata } from "../image/format.js";
import type { GuardedStack } from "../objects/bridge/border.js";
import { Bridge, type Sharing } from "../objects/bridge/bridge.js";
import { Handle, indexOf } from "../objects/bridge/handle.js";
import { GarbageCollector } from "../objects/gc.js";
import { Visitor } from "../objects/graph/references.js";
import { walkHeap } from "../objects/graph/walk.js";
import type { PyObject } from "../objects/handles/object.js";
import type { ObjectCalls } from "../objects/object-calls.js";
import { Roots } from "../objects/roots.js";
import { type TypeFunctions, UserTypes } from "../objects/user-types.js";
import type { CollectionEvent } from "../pressure/events.js";
import type { ObjectGraph } from "../snapshot/graph.js";
import { JAVASCRIPT_STACKS } from "../trace/javascript-stack.js";
import type { Recorder } from "../trace/recorder.js";
import { Compactor } from "./compaction.js";
import { type CoreHeapOptions, Foundation, type HeapSide } from "./foundation.js";
import { HANDLE_CLASSES, type HandleClasses, wrapped } from "./wrap.js";

/** Functions for the types in an image, by the types' names: the image itself does not contain them. */
export type TypesOfImage = Readonly<Record<string, TypeFunctions>>;

/** The objects are one worker's. */
const ALONE: Sharing = {
  releasing: (release) => release(),
  pass: ({ typeName }) => {
    throw new Error(
      `Cannot share this ${typeName}: the heap is not shared. Make it with Heap.create({ shared: true })`,
    );
  },
};

export class Objects {
  readonly core: WholeCore;
  readonly calls: ObjectCalls;
  readonly foundation: Foundation;
  readonly bridge: Bridge;
  readonly gc: GarbageCollector;
  readonly types: UserTypes;
  readonly casts: Casts;
  readonly roots: Roots;
  readonly compactor: Compactor;
  readonly #classes: HandleClasses;
  #visitor: Visitor | undefined;

  constructor(
    core: WholeCore,
    calls: ObjectCalls,
    stack: GuardedStack,
    options: CoreHeapOptions,
    classes = HANDLE_CLASSES,
    sharing = ALONE,
  ) {
    this.core = core;
    this.calls = calls;
    this.#classes = classes;
    this.foundation = new Foundation(core, calls, options, this.#side());
    const { ladder, measures, parts } = this.foundation;
    this.bridge = new Bridge({
      core,
      states: calls.states,
      stack,
      rescuer: (attempt, bytes) => ladder.rescue(attempt, bytes),
      wrap: (index, kind, hostId) => this.wrap(index, kind, hostId),
      sharing,
    });
    this.gc = new GarbageCollector(
      this.bridge,
      (run) => calls.guard(run),
      (event) => this.#collected(event),
    );
    this.types = new UserTypes(this.bridge, calls, core);
    this.casts = new Casts(core);
    this.roots = new Roots(this.bridge);
    this.compactor = new Compactor(this.foundation, this.bridge, this.gc);
    calls.connect({
      ...parts,
      bridge: this.bridge,
      gc: this.gc,
      types: this.types,
      casts: this.casts,
      onWarning: printLine,
      onWatermark: () => {
        core.functions.mark_pressure_due();
        return false;
      },
      // In a guard, because this runs at the end or the beginning of another operation, which must not see its
      // exceptions.
      onPressure: () => calls.guard(() => ladder.passed()),
    });
    measures.set("freeLists", () => this.#emptyFreeLists());
    measures.set("collectYoung", () => this.gc.collect(1));
    measures.set("collect", () => this.gc.collect());
    measures.set("compact", () => this.compactor.measure());
  }

  /** A handle for handle number `index` of the core. */
  wrap(index: number, kind: number, hostId: number): Handle {
    return wrapped(this.bridge, index, kind, hostId, (id) => this.types.layout(id), this.#classes);
  }

  /** Where an object is; undefined if it is not an object. */
  addressOf(object: unknown): number | undefined {
    if (!(object instanceof Handle)) return undefined;
    return this.bridge.f.handle_address(indexOf(object, this.bridge)) >>> 0;
  }

  /** The graph of all objects, and the memory that belongs to none. */
  graph(heap: Walked): ObjectGraph {
    this.#visitor ??= new Visitor(this.core);
    return walkHeap({
      ...{ heap, core: this.core, bridge: this.bridge, visitor: this.#visitor, roots: this.roots.numbers() },
      layoutOf: (hostId) => this.types.layout(hostId),
    });
  }

  #side(): HeapSide {
    return {
      hostFigures: () => null,
      isHelpless: false,
      canMeasure: () => true,
      unraisable: (error) => this.calls.unraisable(error),
      emptyFreeLists: () => this.#emptyFreeLists(),
      traced: {
        stackSource: () => JAVASCRIPT_STACKS,
        addressOf: (object) => this.addressOf(object),
        watchCollections: (recorder) => this.#watchCollections(recorder),
        watchStack: () => () => undefined,
        checkTraceable: () => undefined,
        domainsChanged: () => undefined,
      },
    };
  }

  #collected(event: CollectionEvent): void {
    this.calls.guard(() => {
      this.foundation.ladder.collected();
      this.foundation.events.emit("collect", event);
    });
  }

  #emptyFreeLists(): void {
    this.bridge.f.objects_relieve();
  }

  #watchCollections(recorder: Recorder): () => void {
    let begun = 0;
    this.gc.watch = (isEnd, { generation, collected }) => {
      if (isEnd) recorder.noteCollection(generation, collected, begun);
      else begun = performance.now();
    };
    return () => {
      this.gc.watch = undefined;
    };
  }

  /** Throws HeapCorruption if an object is broken. */
  check(): void {
    const broken = this.bridge.f.objects_check() >>> 0;
    if (broken !== 0) throw new HeapCorruption("the object", toAddress(broken));
  }

  /** To be called when the core has moved to another memory. */
  moved(): void {
    this.foundation.moved();
    this.bridge.reader.refresh();
  }

  // ---- images ----

  /** What an image contains besides the memory. */
  imageMetadata(): ImageMetadata {
    return {
      control: this.core.control,
      tableBase: this.core.tableBase,
      roots: this.roots.numbers(),
      types: this.types.saved(),
      lastCallback: this.calls.lastId,
      lastType: this.types.lastId,
    };
  }

  /** The heap's memory comes from an image with this metadata: makes its roots and types known here. */
  restore({ roots, types, lastCallback, lastType }: ImageMetadata, functions: TypesOfImage): void {
    const { f } = this.bridge;
    this.calls.lastId = lastCallback;
    this.types.restore(types, lastType, functions);
    const numbers = new Set(roots.map(([, index]) => index));
    if (numbers.size !== roots.length || f.handle_count() >>> 0 !== roots.length) {
      throw new ImageError("its roots are not those that its memory has");
    }
    for (const [name, index] of roots) {
      if (index === 0 || f.next_handle(index - 1) !== index)
        throw new ImageError(`it has no object for the root ${name}`);
      this.roots.keep(name, this.wrap(index, f.handle_kind(index), f.handle_host_id(index)) as PyObject);
    }
  }
}
