import type { Handler, HandlerContext } from "@mintfax-webhooks/core";
import { ConfigurationError, checkOptions, within, withinLimit } from "@mintfax-webhooks/core/store";
import { checkTelemetry, followed } from "@mintfax-webhooks/core/worker";
import { type QueueMisconfiguredError, QueueUnavailableError } from "./errors.ts";
import { MESSAGE_VERSION, type QueuedMessage, type Trace } from "./message/message.ts";
import { checkSeal, type Seal } from "./message/seal.ts";
import { traceFrom } from "./message/trace.ts";
import type { Enqueued, Queue } from "./queue.ts";
import type { EnqueueRecord, QueueTelemetry } from "./telemetry.ts";

/** Options of {@link handOff}. */
export interface HandOffOptions {
  /** Encrypts the bodies of messages: see {@link createSeal}. Default: none. */
  readonly seal?: Seal;
  /** How long the queue may take to store an event, in milliseconds. Default 10,000, since a delivery has 25,000. */
  readonly timeoutMs?: number;
  /** Traces and counts what is stored: see `@mintfax-webhooks/opentelemetry`. Default: none. */
  readonly telemetry?: QueueTelemetry;
}

/** The envelope's members that a message names. */
interface Event {
  readonly type: string;
  readonly created: number;
}

/**
 * A handler that stores the event in a queue: mintfax is answered with 200 once the engine has acknowledged it, and with 503
 * where it has not. A worker ({@link createWorker}) then works on it for as long as it takes.
 *
 * @throws {ConfigurationError} where the queue or an option cannot work
 *
 * @example
 * ```ts
 * app.use(mintfaxWebhooks({ store }).on("*", handOff(pgBossQueue(boss), { seal })));
 * ```
 */
export function handOff(
  given: Queue,
  options: HandOffOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: a handler for receivers on every platform
): Handler<Event, HandlerContext<any>> {
  const queue = queueFrom(given);
  checkOptions(options, ["seal", "timeoutMs", "telemetry"], "handOff()");
  const { seal, timeoutMs = 10_000, telemetry } = options;
  checkSeal(seal);
  within("timeoutMs", timeoutMs, 1, 60_000);
  if (telemetry !== undefined) checkTelemetry(telemetry, ["onEnqueue"]);
  return async ({ type, created }, context) => {
    const { namespace, id, body } = context;
    const plain: QueuedMessage = {
      version: MESSAGE_VERSION,
      namespace,
      id,
      type,
      created,
      enqueuedAt: Date.now(),
      body: new TextDecoder().decode(body),
    };
    const message = seal === undefined ? plain : await seal.seal(plain);
    const enqueue = (traced: QueuedMessage) => enqueued(queue, traced, context as Enqueuing, timeoutMs);
    await (telemetry === undefined ? enqueue(message) : enqueueTraced(telemetry, queue, message, enqueue));
  };
}

/** Like `enqueue`, but telemetry follows it, and may have a trace put into the message. */
function enqueueTraced(
  telemetry: QueueTelemetry,
  { engine, name }: Queue,
  message: QueuedMessage,
  enqueue: (message: QueuedMessage) => Promise<Enqueued>,
): Promise<Enqueued> {
  const { id, type } = message;
  return followed<Enqueued, EnqueueRecord, Trace>(
    (start) => telemetry.onEnqueue({ engine, queue: name, id, type }, start),
    async (report, given) => {
      const startMs = performance.now();
      const told = (outcome: EnqueueRecord["outcome"], error?: EnqueueRecord["error"]) =>
        report({ outcome, error, durationMs: performance.now() - startMs });
      const trace = traceFrom(given);
      try {
        const answer = await enqueue(trace === undefined ? message : { ...message, trace });
        told(answer);
        return answer;
      } catch (error) {
        told("failed", error as QueueError);
        throw error;
      }
    },
  );
}

type QueueError = QueueUnavailableError | QueueMisconfiguredError;

interface Enqueuing {
  readonly tx?: unknown;
  readonly signal: AbortSignal;
  readonly platform: unknown;
}

/** @throws {QueueError} and nothing else */
async function enqueued(
  queue: Queue,
  message: QueuedMessage,
  { tx, signal, platform }: Enqueuing,
  timeoutMs: number,
): Promise<Enqueued> {
  const given = new AbortController();
  // `AbortSignal.any` would take more CPU time than all else here.
  const giveUp = (): void => given.abort(signal.reason);
  signal.addEventListener("abort", giveUp);
  if (signal.aborted) giveUp();
  try {
    const answer: unknown = await withinLimit(
      Promise.resolve(queue.enqueue(message, { tx, signal: given.signal, platform })),
      timeoutMs,
      (limitMs) =>
        new QueueUnavailableError(
          `The queue (${queue.engine}) has not stored the event within ${limitMs} ms (timeoutMs).`,
        ),
    );
    if (answer === "queued" || answer === "known") return answer;
    throw new QueueUnavailableError(
      `The queue (${queue.engine}) answered enqueue with a value of type ${typeof answer}; expected "queued" or "known".`,
    );
  } catch (error) {
    given.abort(error);
    throw isOurs(error)
      ? error
      : new QueueUnavailableError(`The queue (${queue.engine}) could not store the event.`, { cause: error });
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

/** By code, not by class: a bundle may hold this package twice. */
function isOurs(error: unknown): boolean {
  let code: unknown;
  try {
    ({ code } = Object(error));
  } catch {
    // A member of what a queue has thrown may throw.
  }
  return code === "queue_unavailable" || code === "queue_misconfigured";
}

/** Otherwise a client given as the queue would fail at the first delivery. Its names are read once: a getter may throw later. */
function queueFrom(queue: Queue): Queue {
  const { enqueue, engine, name } = queue ?? {};
  if (typeof enqueue === "function" && typeof engine === "string" && typeof name === "string") {
    return { engine, name, enqueue: (message, context) => queue.enqueue(message, context) };
  }
  throw new ConfigurationError(
    "option_invalid",
    "handOff(): the queue is not one of this package: expected what bullmqQueue(), pgBossQueue(), graphileWorkerQueue() or cloudflareQueue() returns.",
  );
}
