// The thread in which Python runs. It loads Python on the allocator that was asked for, runs the program with CPython's
// own main function, and reports what the program used.
//
//   load -> prelude -> Py_RunMain: program, functions of atexit -> measure, end recording -> end interpreter -> report
//
// A program can end anywhere: by os._exit, a signal, a crash. Then the remaining steps are done from there, without the interpreter.

import { isatty } from "node:tty";
import { parentPort } from "node:worker_threads";
import type { PyodideAPI } from "pyodide";
import { describeFault, ImageError } from "../ground/errors.js";
import { CallbackGuard } from "../hosts/python/callback-guard.js";
import { RUNNER_FILE } from "../hosts/python/frame-reader.js";
import { type MainProgram, setProgram } from "../hosts/python/main-program.js";
import { PendingCall } from "../hosts/python/pending-call.js";
import { loadPython, loadWatched, type PythonHeap, type PythonImage } from "../hosts/python/pyodide.js";
import type { PyodideExports } from "../hosts/python/pyodide-module.js";
import { footprintOf, hostInfo } from "../hosts/python/python-heap.js";
import type { Program, RunResult } from "../report/run-result.js";
import { bytes } from "../text/bytes.js";
import { visibleLines } from "../text/visible.js";
import { userEntry, userNumbers } from "./accounts.js";
import { type AddLibraries, ask, prepareImports } from "./asked-packages.js";
import { type EmscriptenFiles, errorOf, type FileSystem } from "./emscripten-files.js";
import { keepCallsOutOfLine, validateLater } from "./engine.js";
import { showFolders } from "./folders.js";
import { InputReader } from "./input.js";
import { KeptImage } from "./kept-image.js";
import { LeftByMain } from "./left-by-main.js";
import { namedImage, withoutImage } from "./named-image.js";
import type { Provided, Wanted } from "./packages/provider.js";
import type { ImageRequest, RunRequest, WorkerMessage } from "./protocol.js";
import { type LoadPyodide, loaderFrom } from "./pyodide-folder.js";
import { type Recording, startRecording } from "./recording.js";
import { definitions, EXECUTABLE, type Space, startOptions } from "./run-definitions.js";
import { RunSnapshots } from "./run-snapshots.js";
import { Screen } from "./screen.js";
import { DUE, viewShared, WORD } from "./shared.js";
import { type Dispositions, exitCodeOf, Interrupts } from "./signals.js";
import { StackSwitching } from "./stack-switching.js";
import { setOutputs, writeAll } from "./stdio.js";
import { nameZone, type ZoneExports, zoneNames } from "./time-zone.js";
import { STAND_IN, standIn } from "./top-level-await.js";

/** The exit code after CPython's abort(). */
const ABORTED = 134;
/** A limit below this was probably meant in another unit. */
const LEAST_UNIT = 2 ** 20;
const USAGE = 2;
/**
 * Bytes above the hard limit for the end of a program that has no memory left: for its traceback, and for the functions
 * of atexit.
 */
const ENDING_BYTES = 2 ** 23;

/** The functions of CPython's module that this thread needs, besides those that a heap needs. */
interface Main extends Dispositions {
  Py_RunMain(): number;
}

interface Interpreter {
  readonly pyodide: PyodideAPI;
  readonly python: PyodideExports & Main;
  readonly heap: PythonHeap | undefined;
  /** The image from which it was made. */
  readonly image?: PythonImage | undefined;
}

keepCallsOutOfLine();
const request = await new Promise<RunRequest>((take) => parentPort?.once("message", take));
const shared = viewShared(request.shared);
const screen = request.isOnScreen ? new Screen(shared) : undefined;

function write(fd: number, bytes: Uint8Array, fail: (code: string) => Error): void {
  if (screen) screen.write(fd, bytes, fail);
  else writeAll(fd, bytes, fail);
}

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

/** Writes a message to standard error. */
function complain(what: string): void {
  try {
    write(2, new TextEncoder().encode(`pyheap: ${visibleLines(what)}\n`), Error);
  } catch {
    // Nobody reads standard error.
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof Error ? error.message : String((error as { message?: unknown } | null)?.message ?? error);

/** Whether the stack of the JavaScript engine, and not Python's, is full. */
const isStackFull = (error: unknown): boolean => /^Maximum call stack size exceeded/.test(wordsOf(error));

/** The arguments with which CPython's main function is started. */
function wordsFor(program: Program): readonly string[] {
  const { kind, target, args } = program;
  const standing = standIn(program);
  if (standing) return standing;
  if (kind === "code") return ["-c", target, ...args];
  return kind === "module" ? ["-m", target, ...args] : [target, ...args];
}

const begun = performance.now();
let recording: Recording | undefined;
let leftByMain: LeftByMain | undefined;
let snapshots: RunSnapshots | undefined;

/** The outcome of the program. It is measured once, and reported once. */
class Outcome {
  #interpreter: Interpreter | undefined;
  #started = begun;
  #startBytes = 0;
  #measured: Omit<RunResult, "exitCode"> | undefined;
  #isOver = false;
  #ownBytes = 0;

  /** Marks the beginning of the program. */
  begin(interpreter: Interpreter): void {
    this.#interpreter = interpreter;
    this.#startBytes = footprintOf(interpreter.python);
    this.#started = performance.now();
  }

  /** Measures now, when the program has ended, because the end of the interpreter itself needs more memory. */
  measure(): void {
    if (this.#measured || !this.#interpreter) return;
    const { python, heap } = this.#interpreter;
    const { program, allocator, limit } = request;
    const { used, free } = hostInfo(python);
    const platformBytes = footprintOf(python);
    this.#measured = {
      ...{ program, allocator, limit, platformBytes },
      startupSeconds: (this.#started - begun) / 1000,
      seconds: (performance.now() - this.#started) / 1000,
      memoryBytes: python.memory.buffer.byteLength,
      startBytes: this.#startBytes,
      peakBytes: platformBytes,
      ...{ hostUsed: used, hostFree: free },
      stats: heap?.stats(),
      ...(heap && { measures: heap.measureLog }),
    };
  }

  /** Ends recording and measuring, because the program has ended. `isInOrder` says that the interpreter still works. */
  programEnded(isInOrder = false): void {
    if (this.#isOver) return;
    this.#isOver = true;
    recording?.programEnded();
    let putBack: (() => void) | undefined;
    const free = () => {
      if (!isInOrder || !leftByMain) return;
      this.#ownBytes = leftByMain.atexitBytes;
      putBack = leftByMain.free();
    };
    for (const step of [
      ...[() => this.measure(), () => snapshots?.end()],
      ...[free, () => recording?.stop(), () => putBack?.()],
    ]) {
      try {
        step();
      } catch (error) {
        complain(wordsOf(error));
      }
    }
  }

  get hasBegun(): boolean {
    return this.#interpreter !== undefined;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Reports the outcome, and ends this thread. */
  end(exitCode: number): never {
    this.programEnded();
    const result = this.#measured && { ...this.#measured, exitCode };
    say({ kind: "done", exitCode, result, hasSnapshot: snapshots?.isWritten === true, ownBytes: this.#ownBytes });
    return process.exit(exitCode);
  }
}

const outcome = new Outcome();

/** Reports why the program can't begin, and ends this thread. */
function refuse(why: string, exitCode: number): never {
  complain(why);
  return process.exit(exitCode);
}

function beginRecording(heap: PythonHeap, image: PythonImage | undefined): void {
  const { snapshot } = request;
  if (snapshot) snapshots = new RunSnapshots(heap, snapshot, say, complain, request.live);
  const onNoMemory = snapshot?.onMemoryError ? (bytes: number) => snapshots?.noMemory(bytes) : undefined;
  try {
    recording = startRecording(heap, request, image, say, complain, onNoMemory);
  } catch (error) {
    refuse(wordsOf(error), USAGE);
  }
}

/** Tells the recording that the program begins. */
function beginProgram({ heap, image, python }: Interpreter, space: Space): void {
  try {
    // So a snapshot has no garbage of the interpreter's start.
    if (snapshots) python.PyGC_Collect();
    if (heap && recording) leftByMain = new LeftByMain(heap, image, space);
    recording?.noteProgram();
  } catch (error) {
    refuse(wordsOf(error), USAGE);
  }
}

let isWallSaid = false;

/** Says, once, that a sandbox hides a file from the program. Files that Python's start looks for are not reported. */
function sayWall(path: string): void {
  if (isWallSaid || !outcome.hasBegun) return;
  isWallSaid = true;
  complain(`--sandbox hides ${path} from the program, which sees ${request.folder} (--mount HOST:GUEST shows more)`);
}

/** The environment variables at Python's start. Those that would change the start are left out; the program sees all of them later. */
function atStart(environment: Readonly<Record<string, string>>): Record<string, string> {
  const hidden = new Set(["HOME", "PYTHONHOME", "PYTHONMALLOC", "PYTHONEXECUTABLE"]);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !hidden.has(name)));
}

/** Options of `loadPyodide` for the program. */
function optionsFor({ kind, target }: Program) {
  return {
    ...startOptions(atStart(request.environment)),
    fsInit: async (FS: FileSystem) => {
      const script = kind === "script" && target !== "-" ? target : undefined;
      const { folder, places, isSandboxed } = request;
      showFolders(FS, { folder, script, places, isSandboxed }, sayWall);
    },
  };
}

async function loadStock(): Promise<Interpreter> {
  const { allocator, program } = request;
  let python: PyodideExports | undefined;
  const options = optionsFor(program);
  const env = { ...options.env, ...(allocator === "mimalloc" && { PYTHONMALLOC: "mimalloc" }) };
  const loadPyodide = await loaderFrom(request.pyodide);
  const guard = new CallbackGuard();
  const ready = (exports: PyodideExports) => {
    python = exports;
  };
  const words = [...wordsFor(program)];
  const pyodide = await loadWatched(loadPyodide, { ...options, env, args: words }, ready, { guard });
  guard.arm(pyodide);
  if (!python) throw new Error("Cannot run: Pyodide started, but the constructors of its module were not seen to run");
  return { pyodide, python: python as PyodideExports & Main, heap: undefined };
}

async function loadOnHeap(): Promise<Interpreter> {
  const loadPyodide = await loaderFrom(request.pyodide);
  return request.image ? loadFromNamed(loadPyodide, request.image) : loadFromKept(loadPyodide);
}

/** Starts from the image that the command keeps. */
async function loadFromKept(loadPyodide: LoadPyodide): Promise<Interpreter> {
  const kept = KeptImage.of(request, loadPyodide, complain);
  if (!kept) return loadFrom(loadPyodide, undefined);
  const image = await kept.open();
  // The image was made with the same files of Pyodide, so Pyodide's module was validated then.
  const load = (from: PythonImage | undefined) => validateLater(() => loadFrom(loadPyodide, from));
  try {
    return await load(image);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return await load(await kept.replace(error));
  } finally {
    kept.close();
  }
}

/** Starts from the image that the user names. */
async function loadFromNamed(loadPyodide: LoadPyodide, named: ImageRequest): Promise<Interpreter> {
  const image = await namedImage(named, complain).catch((error: unknown) => refuse(wordsOf(error), USAGE));
  try {
    return await loadFrom(loadPyodide, image);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    const why = `${named.file}: ${error.message}`;
    if (!named.isOptional) return refuse(why, USAGE);
    complain(withoutImage(why));
    return loadFrom(loadPyodide, undefined);
  }
}

async function loadFrom(loadPyodide: LoadPyodide, image: PythonImage | undefined): Promise<Interpreter> {
  const { limit, softLimit, debugHooks, program } = request;
  const { pyodide, exports, heap } = await loadPython({
    pyodide: { ...optionsFor(program), ...(!image && { args: [...wordsFor(program)] }) },
    loadPyodide,
    onWarning: (text) => complain(text.replace(/^pyheap: /, "")),
    debugHooks,
    onFault: (fault) => {
      complain(describeFault(fault));
      outcome.end(ABORTED);
    },
    onAttach: (heap) => beginRecording(heap, image),
    ...(image && { image }),
    ...(limit !== undefined && { limit }),
    ...(softLimit !== undefined && { softLimit }),
  });
  if (image?.program) setProgram(exports, heap, image.program, mainProgram(wordsFor(program), pyodide.FS.cwd()));
  return { pyodide, python: exports as PyodideExports & Main, heap, image };
}

/** The program that CPython's main function runs in an interpreter from an image. The arguments are the program's words and the current folder. */
function mainProgram([first = "", second = ""]: readonly string[], folder: string): MainProgram {
  if (first === "-c") return { command: second, firstWord: first };
  if (first === "-m") return { module: second, firstWord: first };
  if (first === "-") return { firstWord: first };
  // CPython also makes this path absolute when it starts.
  return { file: first.startsWith("/") ? first : `${folder}/${first}`, firstWord: first };
}

const load = () => (request.allocator === "pyheap" ? loadOnHeap() : loadStock());

/** Starts Python. If that fails, says why, and ends this thread. */
async function start(): Promise<Interpreter> {
  try {
    return await load();
  } catch (error) {
    const { limit } = request;
    const words = wordsOf(error);
    if (limit === undefined || !/MemoryError|no memory/.test(words))
      return refuse(`Python did not start: ${words}`, ABORTED);
    const unit = limit < LEAST_UNIT ? ". A size without a unit is in bytes: --limit 64MiB" : "";
    return refuse(`Python can't start within the limit of ${bytes(limit)}${unit}`, USAGE);
  }
}

function connect({ pyodide }: Interpreter): void {
  const files = pyodide.FS as unknown as EmscriptenFiles;
  const fail = (code: string) => errorOf(files, code);
  const ask = () => {
    recording?.flushBefore(Number.POSITIVE_INFINITY);
    if (isatty(0)) screen?.reads();
    say({ kind: "read" });
  };
  const input = new InputReader(shared, ask, () => fail("EINTR"));
  setOutputs(pyodide, isatty, (fd, bytes) => {
    recording?.flushBefore(0);
    write(fd, bytes, fail);
  });
  pyodide.setStdin({
    isatty: isatty(0),
    read: (into: Uint8Array) => {
      const count = input.read(into);
      if (isatty(0)) screen?.typed(into.subarray(0, count));
      return count;
    },
  });
}

/** Passes signals to the program from now on; until now they have waited. */
function takeSignals({ pyodide, python }: Interpreter): void {
  const interrupts = new Interrupts(
    shared,
    python,
    (due) => {
      if ((due & DUE.flush) !== 0) recording?.flush();
      const isPutOff = (due & DUE.snapshot) !== 0 && snapshots?.take() === false;
      if (isPutOff) Atomics.or(shared.words, WORD.due, DUE.snapshot);
    },
    (signal) => outcome.end(exitCodeOf(signal)),
  );
  pyodide.setInterruptBuffer(interrupts as unknown as Uint8Array);
}

/** Prepares Python for the program. */
function prepare({ pyodide, python, heap }: Interpreter, space: Space): StackSwitching | undefined {
  /** Makes Python look for a signal at once. So an exception of its handler does not pass through the function that slept. */
  const lookForSignals = () => {
    const clock = python.data._Py_emscripten_signal_clock;
    if (clock !== undefined) new DataView(python.memory.buffer).setInt32(clock, 0, true);
  };
  /** Sleeps for a number of seconds, or until a signal comes. */
  const wait = (seconds: number) => {
    recording?.flushBefore(seconds * 1000);
    if (Atomics.wait(shared.words, WORD.signal, 0, seconds * 1000) !== "timed-out") lookForSignals();
  };
  const switching = StackSwitching.of(pyodide, python, shared, lookForSignals);
  const pause = (seconds: number) => {
    recording?.flushBefore(seconds * 1000);
    switching?.pause(seconds);
  };
  const makeRoom = () => {
    outcome.measure();
    if (heap && request.limit !== undefined) heap.limit += ENDING_BYTES;
  };
  const install = space.get("install") as (...values: unknown[]) => StackSwitching["onTurn"];
  if (switching) switching.onTurn = install(wait, pause, switching.wake, switching.cancel);
  else install(wait);
  const { kind, target } = request.program;
  const script = kind === "script" && target !== "-" ? target : undefined;
  const words = [EXECUTABLE, script, kind === "module", pyodide.toPy([...wordsFor(request.program)])];
  // atexit may be going through its list, and may be calling the program's code meanwhile (`__eq__`). So the object is
  // registered again when the code that called atexit goes on.
  let caller = 0;
  const again = new PendingCall(python, () => {
    if (heap?.stack.isBelow(caller)) again.ask();
    else registerEnd();
  });
  const forgotten = () => {
    caller = heap?.stack.currentFrame ?? 0;
    if (!outcome.isOver) again.ask();
  };
  const prepared = space.get("prepare") as (...values: unknown[]) => () => void;
  const registerEnd = prepared(...words, wait, makeRoom, () => outcome.programEnded(true), forgotten);
  if (standIn(request.program)) {
    pyodide.runPython(STAND_IN, { globals: space, filename: RUNNER_FILE });
    (space.get("stand_in") as (source: string | undefined) => void)(kind === "code" ? target : undefined);
  }
  return switching;
}

/** Asks the main thread for packages, and waits for them. */
function provide(wanted: readonly Wanted[]): readonly Provided[] {
  recording?.flushBefore(Number.POSITIVE_INFINITY);
  return ask(shared, () => say({ kind: "provide", wanted }));
}

/** Gives Python, after its start, the machine's environment, user and time zone. */
function enter({ pyodide, python }: Interpreter, space: Space): AddLibraries {
  const { environment, virtual } = request;
  const zone = zoneNames(environment.TZ);
  if (zone) nameZone(python as unknown as ZoneExports, zone);
  (space.get("accounts") as (...values: unknown[]) => void)(pyodide.toPy(userNumbers()), pyodide.toPy(userEntry()));
  const outside = space.get("outside") as (...values: unknown[]) => AddLibraries;
  return outside(
    pyodide.toPy(environment),
    virtual?.prefix ?? "",
    pyodide.toPy(virtual?.sites ?? []),
    pyodide.toPy(zone ?? []),
  );
}

/** Gets the packages that the program's source imports, and prepares Python to get others when they are imported. */
function preparePackages({ pyodide }: Interpreter, space: Space, addLibraries: AddLibraries): void {
  if (!request.packages) return;
  const { look } = prepareImports(pyodide, space, request.packages, addLibraries, provide);
  look(request.program.kind, request.program.target);
}

interface ExitStatus {
  readonly name: "ExitStatus";
  readonly status: number;
}

const isExit = (error: unknown): error is ExitStatus => (error as { name?: unknown } | null)?.name === "ExitStatus";

/** Runs the program, then ends the interpreter. Returns the exit code. */
async function run({ pyodide, python }: Interpreter, switching: StackSwitching | undefined): Promise<number> {
  let isAborted = false;
  // abort() reports its own end.
  Object.assign((pyodide as { _module?: object })._module ?? {}, {
    onAbort: () => {
      isAborted = true;
    },
  });
  try {
    return await (switching ? switching.runMain() : python.Py_RunMain());
  } catch (error) {
    if (isExit(error)) return error.status & 0xff;
    const hint = isStackFull(error) ? " (docs/stack.md says which engines have a stack that is deep enough)" : "";
    if (!isAborted) complain(`Python ended: ${wordsOf(error)}${hint}`);
    return ABORTED;
  }
}

const interpreter = await start();
connect(interpreter);
const space = definitions(interpreter.pyodide);
const addLibraries = enter(interpreter, space);
for (const folder of interpreter.image?.info.needs ?? []) addLibraries(folder);
const switching = prepare(interpreter, space);
preparePackages(interpreter, space, addLibraries);
takeSignals(interpreter);
say({ kind: "started" });
beginProgram(interpreter, space);
outcome.begin(interpreter);
const exitCode = await run(interpreter, switching);
if (!outcome.isOver && interpreter.python.Py_IsInitialized() === 0) {
  complain(
    "the program removed a function that pyheap had put into atexit: figures are those after the interpreter's end",
  );
}
outcome.end(exitCode);
