import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MintfaxEvent } from "@mintfax-webhooks/core";

const PROGRAM = join(import.meta.dirname, "receiver-process.ts");
const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";

/** What each process is told to take, all of them at the same time. */
export interface Copies {
  readonly events: readonly MintfaxEvent[];
  /** Of each event. */
  readonly copies: number;
  /** A handler ends when its process has answered so many. */
  readonly handlersAwait: number;
}

/** How often each status was answered. */
export type Statuses = Record<number, number>;

/** Several receiver processes on one Redis, and the ledger of their handler runs. */
export class Receivers {
  readonly #folder: string;
  readonly #processes: readonly ChildProcess[];

  static async start(count: number, clientName: string, url: string): Promise<Receivers> {
    const folder = mkdtempSync(join(tmpdir(), "mintfax-receivers-"));
    const ledger = join(folder, "ledger");
    writeFileSync(ledger, "");
    const processes = Array.from({ length: count }, () =>
      fork(PROGRAM, [clientName, url, ledger, SECRET], { execArgv: ["--conditions=source"] }),
    );
    await Promise.all(processes.map((child) => once(child, "message")));
    return new Receivers(folder, processes);
  }

  private constructor(folder: string, processes: readonly ChildProcess[]) {
    this.#folder = folder;
    this.#processes = processes;
  }

  /** Every process takes these copies. Resolves with the answers of all of them together. */
  async take(copies: Copies): Promise<Statuses> {
    const answers = this.#processes.map(async (child): Promise<Statuses> => {
      const answered = once(child, "message");
      child.send(copies);
      const [statuses] = await answered;
      return statuses;
    });
    const sum: Statuses = {};
    for (const statuses of await Promise.all(answers)) {
      for (const [status, count] of Object.entries(statuses)) {
        sum[Number(status)] = (sum[Number(status)] ?? 0) + count;
      }
    }
    return sum;
  }

  /** The ids of all handler runs so far, in order. */
  runs(): string[] {
    const lines = readFileSync(join(this.#folder, "ledger"), "utf8").split("\n").slice(0, -1);
    return lines.map((line) => line.split(" ")[0] ?? "");
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#processes.map(async (child) => {
        const exit = once(child, "exit");
        child.disconnect();
        await exit;
      }),
    );
    rmSync(this.#folder, { recursive: true });
  }
}
