import type { EventByPattern, EventPattern, Handler } from "../dispatch/handler.ts";
import { parseEnvelope } from "../events/parse.ts";
import { type Ending, endingOf, UNHANDLED } from "../outcome/ending.ts";
import type { Facts } from "../outcome/facts.ts";
import { withHiddenError } from "../outcome/record.ts";
import { Processor } from "../processor.ts";
import { Refusal } from "../refusal.ts";
import type { Forgetting, LeaseStore, TransactionalStore } from "../store/contract.ts";
import { type WorkerEngineOptions, type WorkerSettings, workerSettingsFrom } from "./options.ts";
import type { WorkContext, WorkItem, WorkRecord } from "./work.ts";
import { WorkRun } from "./work-run.ts";

/** What a check looks at. */
export interface WorkerSetup {
  readonly hasHandlers: boolean;
  readonly store: LeaseStore | TransactionalStore<never>;
}

/** The engine of a receiver without HTTP: it takes messages that a receiver has verified and stored in a queue. */
export interface WorkerEngine<Tx = never> {
  /** As of a receiver; see `Webhooks.on`. */
  on<Pattern extends EventPattern>(
    pattern: Pattern,
    handler: Handler<EventByPattern[Pattern], WorkContext<Tx>>,
  ): this;
  /** Claims the event, calls its handler and settles. Never rejects. */
  work(item: WorkItem): Promise<WorkRecord>;
  /** As of a receiver; see `Webhooks.forget`. */
  forget(id: string, namespace: string): Promise<Forgetting>;
  /** Resolves when no message and no handler past its deadline is left. */
  drain(): Promise<void>;
  /** For a check of the set-up. */
  "~setup"(): WorkerSetup;
}

/**
 * For `@mintfax-webhooks/queue`, and for those who write a worker on a queue of their own.
 *
 * @throws {ConfigurationError} where an option cannot work
 *
 * @example
 * ```ts
 * const engine = createWorkerEngine({ store }).on("fax.failed", markFailed);
 * const { outcome } = await engine.work({ id, namespace: "mintfax", body, attempt: 1 });
 * ```
 */
export function createWorkerEngine<Tx = never>(options: WorkerEngineOptions<Tx>): WorkerEngine<Tx> {
  return new Engine(workerSettingsFrom(options));
}

class Engine<Tx> implements WorkerEngine<Tx> {
  readonly #settings: WorkerSettings<Tx>;
  readonly #processor = new Processor<WorkContext<Tx>, Tx>();

  constructor(settings: WorkerSettings<Tx>) {
    this.#settings = settings;
  }

  on<Pattern extends EventPattern>(
    pattern: Pattern,
    handler: Handler<EventByPattern[Pattern], WorkContext<Tx>>,
  ): this {
    this.#processor.on(pattern, handler);
    return this;
  }

  async work(item: WorkItem): Promise<WorkRecord> {
    const { inFlight } = this.#processor;
    inFlight.enter();
    let run!: WorkRun<Tx>;
    const ending = await new Promise<Ending>((resolve) => {
      run = new WorkRun(item, { ...this.#settings, namespace: item.namespace }, inFlight, resolve);
      try {
        const ended = this.#process(run);
        if (ended !== undefined) run.end(ended);
      } catch (error) {
        run.end(endingOf("internal_error", "An internal error occurred in this worker; see its log.", error));
      }
    });
    inFlight.leave();
    return recordOf(run, ending);
  }

  /** @returns how the work ends where no handler is called; otherwise the run is ended later */
  #process(run: WorkRun<Tx>): Ending | undefined {
    const { item, settings } = run;
    const event = parseEnvelope(item.body);
    if (event instanceof Refusal) return endingOf(event.code, event.message);
    run.type = event.type;
    run.created = event.created;
    const handler = this.#processor.handlerOf(event.type);
    if (handler === undefined) return UNHANDLED;
    run.prepare(handler, event);
    if (item.signal !== undefined) run.heed(item.signal);
    this.#processor.process(run, { namespace: settings.namespace, id: item.id });
    return undefined;
  }

  forget(id: string, namespace: string): Promise<Forgetting> {
    return this.#processor.forget(this.#settings, { namespace, id });
  }

  drain(): Promise<void> {
    return this.#processor.drain();
  }

  // Stryker disable next-line StringLiteral: it takes no other name there
  "~setup"(): WorkerSetup {
    const store = this.#settings.store() as LeaseStore | TransactionalStore<never>;
    return { hasHandlers: this.#processor.hasHandlers, store };
  }
}

function recordOf(
  {
    item,
    type,
    created,
    arrivedMs,
    handlerStartedMs,
    handlerEndedMs,
  }: Pick<WorkRun<unknown>, "item" | keyof Facts>,
  { outcome, code, message, error }: Ending,
): WorkRecord {
  const nowMs = performance.now();
  const record = {
    outcome,
    code,
    message,
    id: item.id,
    type,
    created,
    attempt: item.attempt,
    durationMs: nowMs - arrivedMs,
    handlerMs: handlerStartedMs === undefined ? undefined : (handlerEndedMs ?? nowMs) - handlerStartedMs,
  };
  return withHiddenError(record, error);
}
