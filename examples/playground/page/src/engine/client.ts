// The page's end of the engine: one promise a request. Whatever goes wrong in the worker becomes an EngineError with a
// sentence.

import type { Command, Request, Result } from "./protocol";

export class EngineError extends Error {}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: EngineError): void;
}

export class Engine {
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;
  /** That the last answer took in the worker. */
  milliseconds = 0;
  private broken: EngineError | null = null;

  /** `reworded` says the engine's sentences in the page's words. */
  constructor(private readonly worker: Worker, private readonly reworded: (sentence: string) => string) {
    worker.onmessage = (event: MessageEvent) => this.answered(event.data);
    worker.onerror = (event) => this.breakDown(event.message || "the engine cannot be loaded; reload the page");
  }

  call<C extends Command>(cmd: C, request: Request<C>): Promise<Result<C>> {
    if (this.broken) return Promise.reject(this.broken);
    return new Promise((resolve, reject) => {
      const id = this.next++;
      this.waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.worker.postMessage({ id, cmd, ...request });
    });
  }

  private answered(message: { id?: number; result?: unknown; error?: string; milliseconds?: number }): void {
    if (message.id === undefined) {
      this.breakDown(message.error ?? "the engine stopped; reload the page");
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    this.milliseconds = message.milliseconds ?? 0;
    if (message.error === undefined) waiting?.resolve(message.result);
    else waiting?.reject(new EngineError(this.reworded(message.error)));
  }

  private breakDown(sentence: string): void {
    this.broken = new EngineError(sentence);
    for (const { reject } of this.waiting.values()) reject(this.broken);
    this.waiting.clear();
  }
}
