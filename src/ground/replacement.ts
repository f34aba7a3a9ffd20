// A file that takes the place of an older one only when it is whole: the new file is written beside the older one, and
// renamed. So if writing fails, the older file is still there.

/** What is needed of node:fs and node:path. */
export interface ReplacingFiles {
  statSync(path: string, options: { throwIfNoEntry: false }): { readonly mode: number; isFile(): boolean } | undefined;
  realpathSync(path: string): string;
  accessSync(path: string, mode: number): void;
  chmodSync(path: string, mode: number): void;
  renameSync(from: string, to: string): void;
  rmSync(path: string, options: { force: true }): void;
  readonly constants: { readonly W_OK: number };
  dirname(path: string): string;
}

export class Replacement {
  /** Where to write. A device or a pipe is written to as it is; so is a file in a folder where no second file can be made. */
  readonly path: string;
  readonly #files: ReplacingFiles;
  readonly #target: string;
  /** The older file's permissions. */
  readonly #mode: number | undefined;

  /**
   * Makes no file yet. `tag` is a part of the name of the file beside, so that two processes don't write the same one. Throws
   * the system's error if the path can't be looked up.
   */
  constructor(files: ReplacingFiles, file: string, tag: number) {
    this.#files = files;
    const found = files.statSync(file, { throwIfNoEntry: false });
    // A symbolic link stays, and leads to the new file.
    this.#target = found ? files.realpathSync(file) : file;
    this.#mode = found?.mode;
    const isBeside = (found === undefined || found.isFile()) && this.#isWritable(files.dirname(this.#target));
    this.path = isBeside ? `${this.#target}.${tag}.part` : this.#target;
  }

  /** To be called when the file is whole: gives it its name. */
  keep(): void {
    if (this.path === this.#target) return;
    if (this.#mode !== undefined) this.#files.chmodSync(this.path, this.#mode);
    this.#files.renameSync(this.path, this.#target);
  }

  /** Removes the file that was written beside the older one. What was written in place stays. */
  drop(): void {
    if (this.path !== this.#target) this.#files.rmSync(this.path, { force: true });
  }

  #isWritable(folder: string): boolean {
    try {
      this.#files.accessSync(folder, this.#files.constants.W_OK);
      return true;
    } catch {
      return false;
    }
  }
}
