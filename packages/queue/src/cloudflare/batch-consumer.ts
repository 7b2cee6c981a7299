import { inFull, print } from "@mintfax-webhooks/core/worker";
import { type Action, reasonOf, type WorkerRecord } from "../record.ts";
import type { Worker } from "../worker.ts";
import type {
  CloudflareBatch,
  CloudflareExecution,
  CloudflareMessage,
  ParkedDatabaseBinding,
} from "./bindings.ts";
import { eraseLargeBody, readLargeBody } from "./large-bodies.ts";
import { ParkedTable } from "./parked.ts";
import { ENGINE } from "./queue.ts";
import { type Retried, retriedFrom } from "./retried.ts";
import { retryDelaySeconds } from "./retry-delay.ts";
import { type Destination, send } from "./send.ts";

export interface Setting extends Destination {
  // biome-ignore lint/suspicious/noExplicitAny: a worker with any store
  readonly worker: Worker<any>;
  readonly database: ParkedDatabaseBinding;
  readonly deadLetterQueue: string | undefined;
  readonly retryForMs: number;
}

/** Cloudflare ends a consumer after 15 minutes, and with it all messages of its batch. */
const WORK_LIMIT_MS = 14 * 60_000;

/** Cloudflare deletes a message after its fourth attempt, where `max_retries` is not set. The fourth is left for a crash. */
const ATTEMPTS_BEFORE_SENT_ANEW = 3;

/** For a message that cannot be parked: a person has to mend the database. */
const UNPARKED_DELAY_SECONDS = 3_600;

/** What becomes of a message, and why. */
interface Verdict {
  readonly action: Action;
  readonly reason: string;
  readonly isUnsettled?: boolean;
}

/** A message as it goes on, should it be tried again. */
interface Attempt {
  readonly message: CloudflareMessage;
  readonly retried: Retried;
  readonly delaySeconds: number;
  readonly isLast: boolean;
}

export class BatchConsumer {
  readonly #setting: Setting;
  readonly #parked: ParkedTable;
  #isTableChecked = false;

  constructor(setting: Setting) {
    this.#setting = setting;
    this.#parked = new ParkedTable(setting.database, setting);
  }

  /** All messages at once: one that takes long then leaves the others their 15 minutes. Never rejects. */
  async take(batch: CloudflareBatch, execution: CloudflareExecution): Promise<void> {
    const giveUp = new AbortController();
    const timer = setTimeout(
      () => giveUp.abort(new Error("Cloudflare ends this consumer within a minute.")),
      WORK_LIMIT_MS,
    );
    const { queue } = batch;
    const abandoned = queue === this.#setting.deadLetterQueue ? DEAD_LETTER : undefined;
    const ends = batch.messages.map((message) => this.#work(message, { queue, abandoned }, giveUp.signal));
    const verdicts = await Promise.all([...ends, this.#checkTable()]);
    clearTimeout(timer);
    // The store is told for 5 s more, and handlers past their deadline may end.
    if (verdicts.some((verdict) => verdict?.isUnsettled)) {
      execution.waitUntil(this.#setting.worker.drain());
    }
  }

  /** @param abandoned why Cloudflare has given up on it */
  async #work(
    message: CloudflareMessage,
    place: { readonly queue: string; readonly abandoned: string | undefined },
    signal: AbortSignal,
  ): Promise<Verdict> {
    const attempt = attemptAt(message, this.#setting.retryForMs);
    let content: unknown = message.body;
    let { abandoned } = place;
    let verdict: Verdict | undefined;
    try {
      content = await this.#withLargeBody(message.body);
      if (content === WORKED_ON) verdict = FINISH;
    } catch (error) {
      if (abandoned === undefined && !attempt.isLast) verdict = failed(message, attempt, error);
      // A message that is parked without its body has the key of it.
      else abandoned ??= (error as Error).message;
    }
    try {
      verdict ??= await within(signal, this.#process(content, attempt, { ...place, abandoned }, signal));
    } catch (error) {
      verdict = failed(message, attempt, error);
    }
    await this.#settle(attempt, verdict, content);
    return verdict;
  }

  async #process(
    content: unknown,
    { retried, isLast }: Attempt,
    place: { readonly queue: string; readonly abandoned: string | undefined },
    signal: AbortSignal,
  ): Promise<Verdict> {
    const { worker } = this.#setting;
    const record = await worker.process({
      ...place,
      engine: ENGINE,
      message: content,
      attempt: retried.attempts,
      isLastAttempt: isLast,
      signal,
    });
    return { action: record.action, reason: reasonOf(record), isUnsettled: isUnsettled(record) };
  }

  async #settle(attempt: Attempt, { action, reason }: Verdict, content: unknown): Promise<void> {
    const { message, retried, delaySeconds } = attempt;
    if (action === "retry") return this.#later(attempt, delaySeconds);
    if (action === "park") {
      try {
        await this.#parked.add(message.id, content, retried.attempts, reason);
      } catch (error) {
        print(
          `cloudflareConsumer(): the message ${message.id} cannot be parked, and waits for ${UNPARKED_DELAY_SECONDS} s: ${inFull(error)}.`,
        );
        return this.#later(attempt, UNPARKED_DELAY_SECONDS);
      }
    }
    const bodyAt = bodyAtOf(message.body);
    // Not one that could not be read: the row has its key only.
    if (bodyAt !== undefined && bodyAtOf(content) === undefined) {
      await eraseLargeBody(bodyAt, this.#setting.largeBodies);
    }
    message.ack();
  }

  /** By Cloudflare's own retry, as long as that cannot be its last. */
  async #later({ message, retried }: Attempt, delaySeconds: number): Promise<void> {
    const { body } = message;
    if (message.attempts >= ATTEMPTS_BEFORE_SENT_ANEW && isObject(body)) {
      try {
        await send({ ...body, retried }, this.#setting, delaySeconds);
        return message.ack();
      } catch (error) {
        print(`cloudflareConsumer(): the message ${message.id} cannot be sent anew: ${inFull(error)}.`);
      }
    }
    message.retry({ delaySeconds });
  }

  /** The message with its body; {@link WORKED_ON} where the body was erased after an earlier delivery. */
  async #withLargeBody(message: unknown): Promise<unknown> {
    const bodyAt = bodyAtOf(message);
    if (bodyAt === undefined) return message;
    const body = await readLargeBody(bodyAt, this.#setting.largeBodies);
    if (body === "") return WORKED_ON;
    if (body === undefined) {
      throw new Error(
        "The message's body is not in the binding largeBodies. Is it the one that cloudflareQueue() has?",
      );
    }
    const { bodyAt: _, ...rest } = message as Readonly<Record<string, unknown>>;
    return { ...rest, body };
  }

  /** Once for each isolate, so that a missing table is known before a message is to be parked. */
  async #checkTable(): Promise<undefined> {
    if (this.#isTableChecked) return;
    this.#isTableChecked = true;
    try {
      await this.#parked.checkTable();
    } catch (error) {
      print(`cloudflareConsumer(): messages cannot be parked: ${inFull(error)}.`);
    }
  }
}

const DEAD_LETTER =
  "Cloudflare gave up on the message after its max_retries. Its Worker was ended each time; see the Worker's logs.";

const WORKED_ON: unique symbol = Symbol("worked on");

const FINISH: Verdict = { action: "finish", reason: "" };

/** By what is not the handler's fault. */
function failed({ id }: CloudflareMessage, { isLast }: Attempt, error: unknown): Verdict {
  print(`cloudflareConsumer(): an attempt at the message ${id} failed: ${inFull(error)}.`);
  return { action: isLast ? "park" : "retry", reason: (error as Error).message };
}

function attemptAt(message: CloudflareMessage, retryForMs: number): Attempt {
  const before = retriedFrom(message.body);
  const sentMs = message.timestamp.getTime();
  const retried: Retried = {
    attempts: (before?.attempts ?? 0) + message.attempts,
    sinceMs: Math.min(before?.sinceMs ?? sentMs, sentMs),
  };
  const delaySeconds = retryDelaySeconds(retried.attempts);
  const isLast = Date.now() + delaySeconds * 1_000 >= retried.sinceMs + retryForMs;
  return { message, retried, delaySeconds, isLast };
}

/** Processed, but not recorded yet, or past its deadline. */
function isUnsettled({ code }: WorkerRecord): boolean {
  return code === "complete_unavailable" || code === "handler_timed_out";
}

function bodyAtOf(message: unknown): string | undefined {
  const { bodyAt } = Object(message) as { readonly bodyAt?: unknown };
  return typeof bodyAt === "string" ? bodyAt : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What was promised, or the signal's reason. */
function within<T>(signal: AbortSignal, promised: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    promised.then(resolve, reject);
  });
}
