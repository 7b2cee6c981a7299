import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { WorkerRecord } from "@mintfax-webhooks/queue";
import type { Run } from "./suite-worker.ts";

/** To end what hangs, not to time anything. */
const LIMIT_MS = 45_000;

/** A server in the test's process: workers anywhere report to it, and it decides how their handlers end. */
export class Ledger {
  readonly runs: Run[] = [];
  readonly outcomes: WorkerRecord[] = [];
  readonly parked: WorkerRecord[] = [];
  /** Ends a handler as this ends: it may wait, and throw. */
  onRun: (run: Run) => unknown = () => {};
  readonly #server: Server;
  readonly #lookers = new Set<() => void>();

  static async start(): Promise<Ledger> {
    const ledger = new Ledger();
    ledger.#server.listen(0, "127.0.0.1");
    await once(ledger.#server, "listening");
    return ledger;
  }

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const what = JSON.parse(await text(request));
      response.end(await this.#take(request.url ?? "", what));
    });
    // Handlers may wait for as long as a test does.
    this.#server.requestTimeout = 0;
    this.#server.headersTimeout = 0;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  runsOf(id: string): readonly Run[] {
    return this.runs.filter((run) => run.id === id);
  }

  /** Resolves once an event's handler has been called so many times. */
  async ran(id: string, times = 1): Promise<Run> {
    await this.until(`${times} runs of ${id}`, () => this.runsOf(id).length >= times);
    return this.runsOf(id)[times - 1] as Run;
  }

  /** Resolves once so many attempts at an event have ended. */
  async ended(id: string, times = 1): Promise<WorkerRecord> {
    const those = (): WorkerRecord[] => this.outcomes.filter((record) => record.id === id);
    await this.until(`${times} ended attempts at ${id}`, () => those().length >= times);
    return those()[times - 1] as WorkerRecord;
  }

  /** Resolves once `onParked` was called so many times. */
  async toldParked(times = 1): Promise<readonly WorkerRecord[]> {
    await this.until(`${times} calls of onParked`, () => this.parked.length >= times);
    return this.parked;
  }

  /** Resolves once it is so. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const deadline = AbortSignal.timeout(LIMIT_MS);
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#lookers.delete(look);
        resolve();
      };
      this.#lookers.add(look);
      deadline.addEventListener("abort", () => {
        this.#lookers.delete(look);
        const { runs, outcomes } = this;
        const seen = JSON.stringify({ runs: runs.length, outcomes: outcomes.slice(-10) });
        reject(new Error(`${LIMIT_MS} ms without ${what}; the ledger has ${seen}`));
      });
      look();
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(path: string, what: unknown): Promise<string> {
    if (path === "/outcome") this.outcomes.push(what as WorkerRecord);
    if (path === "/parked") this.parked.push(what as WorkerRecord);
    if (path === "/run") this.runs.push(what as Run);
    for (const look of this.#lookers) look();
    if (path !== "/run") return "";
    try {
      await this.onRun(what as Run);
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  }
}
