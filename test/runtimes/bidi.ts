// A client of WebDriver BiDi, which drives Firefox: https://www.w3.org/TR/webdriver-bidi/

import { createRequire } from "node:module";

/** The part of the package `ws` that is needed here. It comes with pyodide, without types; Node has a WebSocket only since 22. */
interface Socket {
  on(event: "message", take: (data: unknown) => void): this;
  on(event: "close", take: () => void): this;
  once(event: "open", take: () => void): this;
  once(event: "error", take: (error: Error) => void): this;
  send(text: string): void;
  close(): void;
}
const WebSocket = createRequire(import.meta.url)("ws") as new (url: string, options: object) => Socket;

interface Message {
  readonly id?: number;
  readonly type: "success" | "error" | "event";
  readonly result?: unknown;
  readonly error?: string;
  readonly message?: string;
}

interface Waiting {
  readonly done: (result: unknown) => void;
  readonly fail: (error: Error) => void;
}

export class BiDi {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #sent = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (data) => this.#take(JSON.parse(String(data)) as Message));
    socket.on("close", () => {
      for (const { fail } of this.#waiting.values()) fail(new Error("the browser has closed the connection"));
      this.#waiting.clear();
    });
  }

  static async connect(url: string): Promise<BiDi> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await new Promise<void>((done, fail) => socket.once("open", done).once("error", fail));
    return new BiDi(socket);
  }

  /** Sends a command. Returns its result. Throws an error if the browser returns one. */
  send(method: string, params: object): Promise<unknown> {
    const id = ++this.#sent;
    return new Promise((done, fail) => {
      this.#waiting.set(id, { done, fail });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #take({ id = 0, type, result, error, message }: Message): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    if (type === "success") waiting.done(result);
    else waiting.fail(new Error(`${error}: ${message}`));
  }
}
