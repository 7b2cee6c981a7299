import type { LeaseStore, MintfaxEvent, UnknownEvent } from "@mintfax-webhooks/core";
import { createSeal, createWorker, type Worker, type WorkerRecord } from "@mintfax-webhooks/queue";
import type { WorkerSetup } from "./engine.ts";

/** What a handler reports. */
export interface Run {
  readonly id: string;
  readonly attempt: number;
  readonly fence: number;
  readonly event: MintfaxEvent | UnknownEvent;
}

/**
 * A worker whose handlers and hooks report to the ledger of the test, which decides how a handler ends. It runs in the test's
 * process, in another one, and in workerd.
 *
 * @param keepAlive is given the hooks' promises, where the runtime would end them with the batch
 */
export function createSuiteWorker(
  { ledger, patterns = ["*"], seal }: WorkerSetup,
  store: LeaseStore,
  keepAlive: (promise: Promise<unknown>) => void = () => {},
): Worker {
  const tell = (path: string, record: WorkerRecord): void => {
    // The ledger of a test that has ended is gone.
    keepAlive(report(`${ledger}/${path}`, record).catch(() => {}));
  };
  const worker = createWorker({
    store,
    ...(seal !== undefined && { seal: createSeal(seal) }),
    onOutcome: (record) => tell("outcome", record),
    onParked: (record) => tell("parked", record),
  });
  for (const pattern of patterns) {
    worker.on(pattern, async (event, { id, attempt, fence }) => {
      const run: Run = { id, attempt, fence, event };
      const failure = await report(`${ledger}/run`, run);
      if (failure !== "") throw new Error(failure);
    });
  }
  return worker;
}

async function report(url: string, what: unknown): Promise<string> {
  const response = await fetch(url, { method: "POST", body: JSON.stringify(what) });
  return response.text();
}
