// A recording of a heap: its bytes are kept, to be saved, and go to a reader, which makes the pictures.

import type { Pieces, Subject } from "../../src/panel/subject.js";
import type { StartReader } from "../open/link.js";
import { type Following, followRecording } from "../open/open.js";

export class PanelRecording {
  readonly #pieces: Pieces = [];
  readonly #subject: Subject;
  readonly #following: Following;
  readonly #name: string;
  #isRunning = true;

  private constructor(subject: Subject, following: Following, name: string) {
    this.#subject = subject;
    this.#following = following;
    this.#name = name;
  }

  /** Begins a recording. Rejects if the heap is recorded already. */
  static async begin(subject: Subject, start: StartReader, name: string): Promise<PanelRecording> {
    const following = followRecording(start, name);
    const recording = new PanelRecording(subject, following, name);
    try {
      await subject.record(document.title || location.pathname, (piece) => {
        recording.#pieces.push(piece);
        following.push(piece);
      });
      return recording;
    } catch (error) {
      following.close();
      throw error;
    }
  }

  /** What a page shows of the recording: a sequence of updates. */
  get source(): Following["source"] {
    return this.#following.source;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    try {
      await this.#subject.stop();
    } finally {
      this.#following.end();
    }
  }

  /** Ends everything: nothing more is shown. */
  close(): void {
    this.stop().catch(() => undefined);
    this.#following.close();
  }

  /** What was recorded so far, as a file. */
  get file(): File {
    return new File(this.#pieces, this.#name, { type: "application/octet-stream" });
  }
}
