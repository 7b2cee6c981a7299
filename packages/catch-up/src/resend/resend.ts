import { attemptsOf } from "../api/attempts.ts";
import type { Failure } from "./failure.ts";
import { attemptSetting, type Run } from "./run.ts";
import { findThrough } from "./through.ts";

/** Events that are resent until one gets through: the first alone, since mostly all or none do. */
const PROBES = 5;
/** Refusals in a row, where mintfax has taken no request yet, before a run asks for no more: as for a deleted endpoint. */
const REFUSED_MAX = 20;
/** Between two looks at what became of them. A page of mintfax's list has the outcomes of as many. */
const BATCH = 100;
/** How often one run asks for the same event where mintfax gives no clear answer. */
const POSTS_MAX = 3;
/** Waits for the outcome of deliveries: mintfax hangs up after 30 s. */
const OUTCOME_WAITS_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 16_000];
const HOUR_MS = 60 * 60_000;

/** Has mintfax send events again, and looks what becomes of them. */
export class Resending {
  readonly #run: Run;
  /** By event id: not resent yet. */
  readonly #queue: Map<string, Failure>;
  /** By event id: resent, and the outcome is not known. */
  readonly #pending = new Map<string, Failure>();
  readonly #unsure = new Set<Failure>();
  #repaired = 0;
  #sent = 0;
  #refused = 0;
  readonly #of: number;

  constructor(due: readonly Failure[], run: Run) {
    this.#run = run;
    this.#queue = new Map(inOrder(due, run).map((failure) => [failure.eventId, failure]));
    this.#of = due.length;
  }

  async all(): Promise<void> {
    while (this.#queue.size > 0) {
      const reason = this.#reasonToStop();
      if (reason !== undefined) {
        this.#run.figures.endpointFailing = reason === "endpoint_failing";
        for (const failure of this.#queue.values()) failure.settle("postponed", reason);
        break;
      }
      const isProbing = this.#repaired === 0;
      const probes = this.#sent === 0 ? 1 : PROBES - this.#sent;
      await this.#batch(isProbing ? probes : BATCH);
      await this.#look(isProbing ? OUTCOME_WAITS_MS : OUTCOME_WAITS_MS.slice(0, 1));
      this.#again();
    }
    await this.#look(OUTCOME_WAITS_MS);
    for (const failure of this.#pending.values()) {
      await this.#run.tell({ type: "settled", event: failure.shown });
    }
  }

  #reasonToStop(): "endpoint_failing" | "retries_refused" | undefined {
    if (this.#repaired > 0) return undefined;
    if (this.#sent >= PROBES) return "endpoint_failing";
    return this.#sent === 0 && this.#refused >= REFUSED_MAX ? "retries_refused" : undefined;
  }

  async #batch(size: number): Promise<void> {
    const batch = [...this.#queue.values()].slice(0, size);
    for (const failure of batch) {
      this.#queue.delete(failure.eventId);
      await this.#post(failure);
    }
  }

  async #post(failure: Failure): Promise<void> {
    const { calls, figures, memory, tell, time } = this.#run;
    const { attemptId, eventId } = failure;
    failure.posts += 1;
    failure.postedMs = time.nowMs();
    // Also where the run ends while it waits for the answer.
    failure.settle("unconfirmed");
    const tries = Math.max(failure.tries, memory.of(eventId).tries);
    // Two runs at once, or one that was killed and its successor, ask for the same attempt: mintfax can tell by this.
    const key = `catch-up-${attemptId}-${Math.floor(failure.postedMs / HOUR_MS)}`;
    const posted = await calls.post(`/webhooks/attempts/${attemptId}/retry`, key);
    if (posted.kind === "refused") {
      this.#refused += 1;
      failure.settle("refused", posted.reason);
      await tell({ type: "settled", event: failure.shown });
      return;
    }
    this.#sent += 1;
    if (failure.posts === 1) memory.update(eventId, { tries: tries + 1 });
    this.#pending.set(eventId, failure);
    if (posted.kind === "unsure") {
      this.#unsure.add(failure);
      return;
    }
    this.#unsure.delete(failure);
    figures.resent += 1;
    await tell({ type: "resent", event: failure.shown, resent: figures.resent, of: this.#of });
  }

  /** Looks what became of those that were resent, before each look waiting for a while, until it is known of all. */
  async #look(waitsMs: readonly number[]): Promise<void> {
    for (const waitMs of waitsMs) {
      if (this.#pending.size === 0) return;
      await this.#run.calls.wait(waitMs, "outcomes");
      await this.#findThrough();
      if (this.#pending.size > 0) await this.#findFailedAgain();
    }
  }

  async #findThrough(): Promise<void> {
    const onThrough = async (failure: Failure): Promise<void> => {
      const wasQueued = this.#queue.delete(failure.eventId);
      failure.settle(wasQueued && failure.posts === 0 ? "alreadyThrough" : "repaired");
      if (failure.state !== "repaired") return;
      this.#repaired += 1;
      await this.#run.tell({ type: "settled", event: failure.shown });
    };
    await findThrough(this.#pending, this.#run, onThrough, this.#queue);
  }

  async #findFailedAgain(): Promise<void> {
    const backToMs = Math.min(...Array.from(this.#pending.values(), ({ postedMs }) => postedMs));
    for await (const attempts of attemptsOf("failed", backToMs, attemptSetting(this.#run))) {
      for (const attempt of attempts) {
        const failure = this.#pending.get(attempt.eventId);
        if (failure === undefined || attempt.number <= failure.attempts) continue;
        failure.add(attempt);
        failure.settle("stillFailing");
        this.#pending.delete(attempt.eventId);
        await this.#run.tell({ type: "settled", event: failure.shown });
      }
      if (this.#pending.size === 0) return;
    }
  }

  /** Puts those back into the queue of which mintfax shows no trace after an answer that was not clear. */
  #again(): void {
    for (const failure of this.#unsure) {
      this.#unsure.delete(failure);
      if (!this.#pending.has(failure.eventId) || failure.posts === POSTS_MAX) continue;
      this.#pending.delete(failure.eventId);
      this.#queue.set(failure.eventId, failure);
    }
  }
}

/** Those with the fewest tries first, otherwise at random: two runs at once then mostly work on different events. */
function inOrder(due: readonly Failure[], { memory }: Run): Failure[] {
  const keyed = due.map((failure) => ({
    failure,
    key: Math.max(failure.tries, memory.of(failure.eventId).tries) + Math.random(),
  }));
  return keyed.sort((a, b) => a.key - b.key).map(({ failure }) => failure);
}
