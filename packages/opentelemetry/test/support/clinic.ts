import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { getRequestListener } from "@hono/node-server";
import { type CatchUp, createCatchUp } from "@mintfax-webhooks/catch-up";
import {
  createFetchHandler,
  createMemoryStore,
  type FetchHandler,
  type LeaseStore,
  type Telemetry,
} from "@mintfax-webhooks/core";
import { createTelemetry, observeFaxWatch, recordCatchUp } from "@mintfax-webhooks/opentelemetry";
import { createWorker, handOff, type Queue, type QueueTelemetry, type Worker } from "@mintfax-webhooks/queue";
import { createSandbox, type Sandbox } from "@mintfax-webhooks/sandbox";
import { createFaxWatch, type SqliteFaxWatch } from "@mintfax-webhooks/sqlite";
import { eventFixture, forge, signDelivery } from "@mintfax-webhooks/testing";
import { attempt, SECRET } from "test-support/receiving";
import { serve } from "test-support/serve";
import { onTestFinished } from "vitest";
import { ListQueue, QUEUE } from "./handed-off.ts";

/** What a handler does with an event that its receiver has verified. */
type Handle = (id: string, context: { waitUntil(promise: Promise<unknown>): void }) => unknown;

interface Setup {
  /** Of the receiver that processes events itself. Default: in memory. */
  readonly store?: LeaseStore | undefined;
  /** Of that receiver, too. Default 25 s. */
  readonly deadlineMs?: number | undefined;
  /** Of the receiver that hands off. Default: a list. */
  readonly queue?: Queue | undefined;
}

const SILENT = { onOutcome() {}, onLateOutcome() {} };
const CATCH_UP_EVERY_MINUTES = 5;
const PDF = new File(["%PDF-1.7"], "referral.pdf");

/**
 * All of what a clinic may run: a receiver that processes events itself and one that hands them off, a worker, the fax watch, and
 * catch-up against mintfax, which is played by the sandbox. What it does can be changed while it runs.
 */
export class Clinic {
  readonly telemetry: Telemetry & QueueTelemetry = createTelemetry();
  readonly queue: ListQueue = new ListQueue();
  readonly webhooks: FetchHandler;
  readonly handingOff: FetchHandler;
  readonly worker: Worker;
  readonly database: DatabaseSync;
  readonly watch: SqliteFaxWatch;
  readonly sandbox: Sandbox;
  readonly catchUp: CatchUp;
  /** Of the receivers. */
  secret: string = SECRET;
  handle: Handle = () => {};
  work: () => unknown = () => {};
  /** Whether what mintfax's sandbox sends gets through. */
  isReachable = true;

  static async open(setup: Setup = {}): Promise<Clinic> {
    const folder = mkdtempSync(join(tmpdir(), "clinic-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const clinic: { current?: Clinic } = {};
    const endpoint = createFetchHandler({ secret: SECRET, ...SILENT }).on("*", () => {
      if (clinic.current?.isReachable !== true) throw new Error("down");
    });
    const url = await serve(getRequestListener(endpoint));
    const sandbox = await createSandbox({
      endpoints: [{ url, secret: SECRET }],
      timeScale: 0,
      rateLimitPerMinute: 10_000,
    });
    const { id } = ((await get(sandbox, "/webhooks")) as readonly { readonly id: string }[])[0] ?? { id: "" };
    clinic.current = new Clinic(setup, join(folder, "watch.db"), sandbox, id);
    await clinic.current.watch.expect("fax_under_way");
    return clinic.current;
  }

  private constructor(setup: Setup, file: string, sandbox: Sandbox, endpoint: string) {
    const { telemetry } = this;
    const options = { telemetry, secret: () => this.secret, ...SILENT };
    const { store = createMemoryStore(), deadlineMs = 25_000, queue = this.queue } = setup;
    this.webhooks = createFetchHandler({ ...options, store, deadlineMs }).on("*", (_, context) =>
      this.handle(context.id, context),
    );
    this.handingOff = createFetchHandler(options).on("*", handOff(queue, { telemetry }));
    this.worker = createWorker({ store: createMemoryStore(), telemetry, onParked() {}, ...SILENT }).on(
      "*",
      () => this.work(),
    );
    this.database = new DatabaseSync(file);
    this.watch = createFaxWatch({ database: this.database });
    this.sandbox = sandbox;
    this.catchUp = createCatchUp({
      endpoint,
      apiKey: sandbox.apiKey,
      baseUrl: sandbox.url,
      requestsPerMinute: 10_000,
      clock: { nowMs: () => Date.now(), sleep: () => new Promise((resolve) => setTimeout(resolve, 5)) },
    });
    const stopObserving = observeFaxWatch(this.watch);
    onTestFinished(async () => {
      stopObserving();
      if (this.database.isOpen) this.database.close();
      await sandbox.close();
    });
  }

  /** A minute like any other: events, a copy, a stranger, a hand-off, and every 5 minutes a catch-up. */
  async usual(minute: number): Promise<void> {
    await this.deliver();
    await this.strangers();
    await this.handOffAndWork();
    await this.watchAndCatchUp(minute);
  }

  async deliver(): Promise<void> {
    const event = eventFixture("fax.delivered", created());
    for (const delivered of [event, event, eventFixture("fax.queued", created())]) {
      await this.webhooks(attempt(delivered));
    }
  }

  async strangers(): Promise<void> {
    const { headers, body } = forge(
      signDelivery(eventFixture("fax.delivered", created()), { secret: SECRET }),
    );
    await this.webhooks(
      new Request("https://clinic.example/webhooks/mintfax", { method: "POST", headers, body }),
    );
  }

  async handOff(): Promise<void> {
    await this.handingOff(attempt(eventFixture("fax.failed", created())));
  }

  async handOffAndWork(): Promise<void> {
    await this.handOff();
    await this.workOn(this.queue.messages.splice(0));
  }

  async workOn(
    messages: readonly unknown[],
    attemptNumber: number = 1,
    isLastAttempt: boolean = false,
  ): Promise<void> {
    for (const message of messages) {
      await this.worker.process({ ...QUEUE, message, attempt: attemptNumber, isLastAttempt });
    }
  }

  async watchAndCatchUp(minute: number): Promise<void> {
    await this.watch.expect(`fax_${minute}`);
    const event = eventFixture("fax.delivered", { data: { object: { id: `fax_${minute}` } } });
    await this.watch.settle(event, { signal: new AbortController().signal });
    if (minute % CATCH_UP_EVERY_MINUTES === 0) recordCatchUp(await this.catchUp.run());
  }

  /** Has mintfax's sandbox send a fax, and waits until it has given up on the three events of it. */
  async missAFax(): Promise<void> {
    this.isReachable = false;
    const body = new FormData();
    body.set("to", "+15005550001");
    body.set("file", PDF);
    const headers = { authorization: `Bearer ${this.sandbox.apiKey}` };
    await fetch(`${this.sandbox.url}/faxes`, { method: "POST", headers, body });
    for (;;) {
      const attempts = await get(this.sandbox, "/webhooks/attempts?status=failed&per_page=100");
      if (attempts.length >= 3 * 4) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** As mintfax makes an event now, by the played clock. */
function created(): { readonly created: number } {
  return { created: Math.floor(Date.now() / 1000) };
}

async function get(sandbox: Sandbox, path: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${sandbox.url}${path}`, {
    headers: { authorization: `Bearer ${sandbox.apiKey}` },
  });
  return ((await answer.json()) as { readonly data: readonly unknown[] }).data;
}
