import type { EventByPattern, EventPattern, Forgetting, Handler } from "@mintfax-webhooks/core";
import { checkOptions, functionFrom } from "@mintfax-webhooks/core/store";
import {
  callUnawaited,
  checkTelemetry,
  createWorkerEngine,
  followed,
  InFlight,
  logProblems,
  logProblemsInFull,
  print,
  type WorkContext,
  type WorkerEngine,
  type WorkerEngineOptions,
  type WorkerSetup,
  type WorkRecord,
  withoutMessage,
} from "@mintfax-webhooks/core/worker";
import { DEADLINE_DEFAULT_MS } from "./deadline.ts";
import { factsOf, type Job, readable } from "./job.ts";
import { abandonedMessage, openMessage, Unopened } from "./message/open.ts";
import { checkSeal, type Seal } from "./message/seal.ts";
import { type WorkerRecord, withAction } from "./record.ts";
import type { QueueTelemetry } from "./telemetry.ts";

/** Options of {@link createWorker}. */
export interface WorkerOptions<Tx = never> extends WorkerEngineOptions<Tx> {
  /** Opens sealed messages: see {@link createSeal}. Default: none. */
  readonly seal?: Seal;
  /** Called once for every attempt at a message. Default: a line on standard error for each that needs a person. */
  readonly onOutcome?: (record: WorkerRecord) => unknown;
  /** Called once for every message that is parked. Default: a line on standard error. */
  readonly onParked?: (record: WorkerRecord) => unknown;
  /** Traces and counts attempts, beside the hooks: see `@mintfax-webhooks/opentelemetry`. Default: none. */
  readonly telemetry?: QueueTelemetry;
}

/** Runs typed handlers on messages of a queue. */
export interface Worker<Tx = never> {
  /** When `signal` aborts, in milliseconds after the start of an attempt: the option `deadlineMs`. */
  readonly deadlineMs: number;
  /** Registers a handler, as `on` of a receiver does. An event without a handler is parked. */
  on<Pattern extends EventPattern & string>(
    pattern: Pattern,
    handler: Handler<EventByPattern[Pattern], WorkContext<Tx>>,
  ): this;
  /** For processors: works on a message, and says what the engine has to do with it. Never rejects. */
  process(job: Job): Promise<WorkerRecord>;
  /**
   * Makes a processed event claimable again. For a replay, the receiver and the worker both have to forget it.
   *
   * @param namespace of the receiver; default `"mintfax"`
   */
  forget(id: string, namespace?: string): Promise<Forgetting>;
  /** Resolves when no message and no handler past its deadline is left. Call it once the engine's worker has stopped. */
  drain(): Promise<void>;
  /** For `checkWorker`, and named so that editors list it last. */
  "~setup"(): WorkerSetup;
}

/**
 * A worker: the handlers of a receiver, for messages that {@link handOff} has stored. It deduplicates by itself, since no
 * engine remembers an id for as long as mintfax can send it.
 *
 * @throws {ConfigurationError} where an option cannot work
 *
 * @example
 * ```ts
 * const worker = createWorker({ store }).on("fax.failed", async ({ data: { object: fax } }, { signal }) => {
 *   await charts.markFailed(fax.tags.chart, { signal });
 * });
 * await boss.work("mintfax", { includeMetadata: true }, pgBossProcessor(worker, boss));
 * ```
 */
export function createWorker<Tx = never>(options: WorkerOptions<Tx>): Worker<Tx> {
  checkOptions(
    options,
    [
      "store",
      "seal",
      "deadlineMs",
      "leaseMs",
      "onOutcome",
      "onParked",
      "onLateOutcome",
      "telemetry",
      "development",
    ],
    "createWorker()",
  );
  const { seal, onOutcome, onParked, deadlineMs = DEADLINE_DEFAULT_MS, ...engineOptions } = options;
  checkSeal(seal);
  const { telemetry } = engineOptions;
  if (telemetry !== undefined) checkTelemetry(telemetry, ["onWork"]);
  const log = options.development === true ? logProblemsInFull : logProblems;
  return new QueueWorker(
    createWorkerEngine({ ...engineOptions, deadlineMs }),
    deadlineMs,
    seal,
    {
      onOutcome: functionFrom("onOutcome", onOutcome ?? ((record) => log(record as WorkRecord))),
      ...(onParked !== undefined && { onParked: functionFrom("onParked", onParked) }),
    },
    telemetry,
  );
}

type Hooks<Tx> = Required<Pick<WorkerOptions<Tx>, "onOutcome">> & Pick<WorkerOptions<Tx>, "onParked">;

class QueueWorker<Tx> implements Worker<Tx> {
  readonly deadlineMs: number;
  readonly #engine: WorkerEngine<Tx>;
  readonly #seal: Seal | undefined;
  readonly #hooks: Hooks<Tx>;
  readonly #telemetry: QueueTelemetry | undefined;
  /** The engine counts the work; this counts hooks and telemetry, too. */
  readonly #inFlight = new InFlight();

  constructor(
    engine: WorkerEngine<Tx>,
    deadlineMs: number,
    seal: Seal | undefined,
    hooks: Hooks<Tx>,
    telemetry: QueueTelemetry | undefined,
  ) {
    this.#engine = engine;
    this.deadlineMs = deadlineMs;
    this.#seal = seal;
    this.#hooks = hooks;
    this.#telemetry = telemetry;
  }

  on<Pattern extends EventPattern>(
    pattern: Pattern,
    handler: Handler<EventByPattern[Pattern], WorkContext<Tx>>,
  ): this {
    this.#engine.on(pattern, handler);
    return this;
  }

  process(given: Job): Promise<WorkerRecord> {
    const job = readable(given);
    const telemetry = this.#telemetry;
    return telemetry === undefined
      ? this.#process(job)
      : followed<WorkerRecord, WorkerRecord>(
          (work) => telemetry.onWork(factsOf(job), work),
          (report) => this.#process(job, report),
        );
  }

  async #process(job: Job, report?: (record: WorkerRecord) => void): Promise<WorkerRecord> {
    this.#inFlight.enter();
    const record = await this.#recordOf(job);
    callUnawaited(this.#hooks.onOutcome, record, hookFailed);
    const { onParked = (parked: WorkerRecord) => logParked(parked, job.engine) } = this.#hooks;
    if (record.action === "park") callUnawaited(onParked, record, hookFailed);
    report?.(record);
    this.#inFlight.leave();
    return record;
  }

  async #recordOf({ message: value, attempt, isLastAttempt, abandoned, signal }: Job): Promise<WorkerRecord> {
    const startMs = performance.now();
    const opened =
      abandoned === undefined ? await openMessage(value, this.#seal) : abandonedMessage(value, abandoned);
    if (opened instanceof Unopened) {
      const { code, message, id, type } = opened;
      return {
        outcome: code === "message_abandoned" ? "failed" : "refused",
        action: "park",
        code,
        message,
        id,
        type,
        created: undefined,
        attempt,
        waitMs: undefined,
        durationMs: performance.now() - startMs,
        handlerMs: undefined,
      };
    }
    const { message, body } = opened;
    const { id } = message;
    const namespace = namespaceOf(message.namespace);
    // The clock of the receiver that has enqueued it may be ahead of this one.
    const waitMs = Math.max(0, Date.now() - message.enqueuedAt);
    const record = await this.#engine.work({ id, namespace, body, attempt, signal });
    return withAction(record, { isLastAttempt, waitMs });
  }

  forget(id: string, namespace: string = "mintfax"): Promise<Forgetting> {
    return this.#engine.forget(id, namespaceOf(namespace));
  }

  async drain(): Promise<void> {
    await this.#inFlight.idle();
    await this.#engine.drain();
  }

  "~setup"(): WorkerSetup {
    return this.#engine["~setup"]();
  }
}

/** Not the receiver's own: there the event is done once it is queued, and both may have one store. */
function namespaceOf(namespace: string): string {
  // No receiver can have a control character in its own.
  return `${namespace}\nworker`;
}

function logParked({ code, outcome, type, id, message = "" }: WorkerRecord, engine: string): void {
  const list = engine !== "cloudflare-queues" ? "mintfax-webhooks parked list" : "cloudflareParked().list()";
  print(
    `parked (${[type, id].filter((part) => part !== undefined).join(" ") || "unreadable"}): ${code ?? outcome}. ${message} ` +
      `To see what is parked: ${list}.`,
  );
}

function hookFailed(error: unknown): void {
  // It was given what the handler threw, and may quote it.
  print(`a hook of the worker failed: ${withoutMessage(error)}. To see its message, catch it in the hook.`);
}
