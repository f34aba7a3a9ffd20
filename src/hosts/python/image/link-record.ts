// What an image says of the libraries that its interpreter had loaded: where they were.

/** A library, and its place in the memory and in the table. */
export interface LibraryRecord {
  /** Its path. */
  readonly name: string;
  readonly memoryBase: number;
  readonly tableBase: number;
  /** Whether other libraries find its symbols. */
  readonly isGlobal: boolean;
  /** Its place in the order in which libraries were put into the memory. */
  readonly turn: number;
  /** How often it was opened; 0: it is never unloaded. */
  readonly references: number;
  /** Its handles: the addresses of the C library's records. */
  readonly handles: readonly number[];
}

/** A function in the table: its index; the number of its library, or -1 for the main module; its name. */
export type TableEntry = readonly [index: number, library: number, name: string];

/** All libraries, in the order in which they were asked for. */
export interface LinkRecord {
  readonly libraries: readonly LibraryRecord[];
  /** The length of the table. */
  readonly table: number;
  /** Indices in the table that were given back. */
  readonly free: readonly number[];
  /** Functions that are in the table because somebody looked up their addresses. */
  readonly entries: readonly TableEntry[];
  /** The addresses of symbols in the global offset table. */
  readonly places: readonly (readonly [name: string, place: number])[];
}

/** A file of an image. */
export interface ImageFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Whether the file was outside of the interpreter's memory. Then it is not written when the image is used. */
  readonly isOutside: boolean;
}

/** The most entries that a table can have, in any engine. */
const MOST_ENTRIES = 10_000_000;

const isWord = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32;

const isList = <T>(value: unknown, is: (item: Partial<T>) => boolean): boolean =>
  Array.isArray(value) && value.every((item: unknown) => typeof item === "object" && item !== null && is(item));

/** Whether what was read is a record of libraries in a memory of so many bytes. */
export function isLinkRecord(value: unknown, memory: number): value is LinkRecord {
  const { libraries, table, free, entries, places } = (value ?? {}) as Partial<LinkRecord>;
  if (!isWord(table) || table > MOST_ENTRIES) return false;
  const isIndex = (index: unknown) => isWord(index) && index < table;
  const isLibrary = ({ name, isGlobal, handles, ...numbers }: Partial<LibraryRecord>) =>
    typeof name === "string" &&
    typeof isGlobal === "boolean" &&
    Array.isArray(handles) &&
    handles.every((handle) => isWord(handle) && handle < memory) &&
    [numbers.memoryBase, numbers.tableBase, numbers.turn, numbers.references].every(isWord) &&
    (numbers.memoryBase ?? 0) < memory;
  const isEntry = ({ 0: index, 1: library, 2: name }: Partial<TableEntry>) =>
    isIndex(index) && Number.isInteger(library) && typeof name === "string";
  const isPlace = ({ 0: name, 1: place }: Partial<readonly [string, number]>) =>
    typeof name === "string" && isWord(place);
  return (
    isList(libraries, isLibrary) &&
    Array.isArray(free) &&
    free.every(isIndex) &&
    isList(entries, isEntry) &&
    isList(places, isPlace)
  );
}
