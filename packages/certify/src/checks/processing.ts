import { setTimeout as sleep } from "node:timers/promises";
import { isAccepted } from "@mintfax-webhooks/testing";
import type { Probe } from "../probe.ts";
import { eventText, Genuine } from "../vectors/draft.ts";
import { forged, type VectorRequest, withHeader } from "../vectors/request.ts";
import { type Answer, inWords } from "../wire/answer.ts";
import { type Check, type Found, found, NOT_SEEN } from "./check.ts";

const GROUP = "Each event is handled once, and none is lost";
const COPIES = 20;
/** The handler of a `slow` event takes at least 1 s. */
const WHILE_AT_WORK_MS = 300;
/** A receiver may accept an event into a queue, whose worker starts the handler later, and tries it again. */
const QUEUE_MS = 5_000;
/** One run too many may begin a moment after the others. */
const SETTLING_MS = 200;
const POLL_MS = 50;

/** What the handler does with an event, by its tag `certify`. */
type Order = "fail once" | "slow" | "slow, fail once";

function check(
  id: string,
  title: string,
  expected: string,
  why: string,
  run: Check["run"],
  level: Check["level"] = "must",
): Check {
  return { id: `processing.${id}`, group: GROUP, title, level, expected, why, run };
}

/** One event, and every attempt to deliver it. */
class Event {
  readonly id: string;
  readonly #probe: Probe;
  readonly #order: Order | undefined;
  #attempts = 0;

  constructor(probe: Probe, { order, id = probe.setting.newId() }: { order?: Order; id?: string } = {}) {
    this.id = id;
    this.#probe = probe;
    this.#order = order;
  }

  attempt(): Promise<Answer> {
    return this.#probe.send(this.#delivery());
  }

  forgery(): Promise<Answer> {
    return this.#probe.send(forged(this.#delivery()));
  }

  /** @param answers what was accepted and what was not, in words */
  async handled(times: number, isRight: boolean, answers: readonly Answer[]): Promise<Found> {
    const got = tallied(answers);
    if (!isRight) return found(false, got);
    const runs = await this.#runsAfter(times);
    if (runs === undefined) return { verdict: "unknown", got: `${got}; ${NOT_SEEN.got}` };
    return found(runs === times, `${got}; ${runs} ${runs === 1 ? "run" : "runs"} of the handler`);
  }

  /** How often the handler has run, once it has run so often, or has had the time for it. */
  async #runsAfter(times: number): Promise<number | undefined> {
    const endMs = performance.now() + QUEUE_MS;
    let runs = await this.#probe.runs(this.id);
    while (runs !== undefined && runs < times && performance.now() < endMs) {
      await sleep(POLL_MS);
      runs = await this.#probe.runs(this.id);
    }
    if (runs === undefined) return undefined;
    await sleep(SETTLING_MS);
    return this.#probe.runs(this.id);
  }

  /** As mintfax retries: with the same bytes under a new timestamp, and so a new signature, in a new request. */
  #delivery(): VectorRequest {
    const { setting } = this.#probe;
    const tags = this.#order === undefined ? {} : { certify: this.#order };
    const at = setting.nowSeconds - COPIES + this.#attempts;
    this.#attempts += 1;
    const genuine = new Genuine(setting, {
      id: this.id,
      at,
      body: () => eventText(this.id, CREATED, { tags }),
    });
    return withHeader(genuine.request(), "request-id", `req_${setting.newId().slice("evt_".length)}`);
  }
}

/** The same for all attempts, so that they have the same bytes. */
const CREATED = 1_747_173_600;

export const PROCESSING_CHECKS: readonly Check[] = [
  check(
    "copy",
    "answers a copy of an event with 2xx, and does not handle it again",
    "2xx twice; 1 run",
    "Deliveries are at least once: an answer that was lost brings the event again.",
    async (probe) => {
      const event = new Event(probe);
      const answers = [await event.attempt(), await event.attempt()];
      return event.handled(1, answers.every(isAccepted), answers);
    },
  ),
  check(
    "copies_at_once",
    `handles one of ${COPIES} copies that arrive at once`,
    "2xx for at least one, and any status for the others; 1 run",
    "A timeout makes mintfax send again while the first is still at work.",
    async (probe) => {
      const event = new Event(probe);
      const answers = await Promise.all(Array.from({ length: COPIES }, () => event.attempt()));
      const isRight = answers.some(isAccepted) && answers.every(isAnswered);
      return event.handled(1, isRight, answers);
    },
  ),
  check(
    "forgery_first",
    "handles a genuine delivery after a forged one of the same id",
    "a refusal, then 2xx; 1 run",
    "A stranger could guess or overhear an id, and have the event dropped as a copy.",
    async (probe) => {
      const event = new Event(probe);
      const answers = [await event.forgery(), await event.attempt()];
      return event.handled(1, answers.map(isAccepted).join() === "false,true", answers);
    },
  ),
  check(
    "ids_in_case",
    "handles two events whose ids differ in case only",
    "2xx twice; 1 run of each",
    "Ids are opaque, and theirs have letters of both cases. Some databases compare text without case.",
    async (probe) => {
      const first = new Event(probe);
      const second = new Event(probe, { id: otherCase(first.id) });
      const answers = [await first.attempt(), await second.attempt()];
      const isRight = answers.every(isAccepted);
      const ofFirst = await first.handled(1, isRight, answers);
      return ofFirst.verdict === "pass" ? second.handled(1, isRight, answers) : ofFirst;
    },
    "should",
  ),
  seen(
    "failure",
    "has an event handled again whose handler fails",
    "not 2xx, then 2xx; 2 runs. Or 2xx once, and a second run from a queue within 5 s",
    "Marked as done before the work, an event whose work fails is lost.",
    async (probe) => {
      const event = new Event(probe, { order: "fail once" });
      const answers = [await event.attempt()];
      // What is accepted, mintfax does not send again.
      if (!answers.some(isAccepted)) answers.push(await event.attempt());
      return event.handled(2, answers.some(isAccepted), answers);
    },
  ),
  seen(
    "copy_at_work",
    "does not run the handler for a copy while the first is at work",
    "2xx for the first, and any status for the copy; 1 run",
    "A handler that takes 31 s is sent again while it works.",
    async (probe) => {
      const event = new Event(probe, { order: "slow" });
      const answers = await beside(event);
      const [first, copy] = answers;
      return event.handled(1, isAccepted(first) && isAnswered(copy), answers);
    },
  ),
  seen(
    "failure_at_work",
    "does not accept a copy while the first is at work and then fails",
    "not 2xx for either, then 2xx; 2 runs. Or 2xx, and a second run from a queue within 5 s",
    "Accepted before the work is done, the copy ends mintfax's retries: the event is lost.",
    async (probe) => {
      const event = new Event(probe, { order: "slow, fail once" });
      const answers = [...(await beside(event))];
      if (!answers.some(isAccepted)) answers.push(await event.attempt());
      return event.handled(2, answers.some(isAccepted), answers);
    },
  ),
];

/** A check whose handler has to do as the event says. */
function seen(...[id, title, expected, why, run]: Parameters<typeof check>): Check {
  return check(id, title, expected, why, async (probe) => (probe.sees ? run(probe) : NOT_SEEN));
}

/** The same id for a reader that takes `a` for `A`. */
function otherCase(id: string): string {
  const swapped = id.slice("evt_".length).replace(/[a-z]/gi, (letter) => {
    const upper = letter.toUpperCase();
    return upper === letter ? letter.toLowerCase() : upper;
  });
  return `evt_${swapped}`;
}

/** An attempt, and a copy that arrives while the handler is at work. */
async function beside(event: Event): Promise<readonly [Answer, Answer]> {
  const first = event.attempt();
  await sleep(WHILE_AT_WORK_MS);
  return Promise.all([first, event.attempt()]);
}

/** mintfax sends an event again that is not answered with 2xx, so a copy may be refused in any way. */
function isAnswered({ status }: Answer): boolean {
  return status !== null;
}

/** `200, 19 × 409`. */
function tallied(answers: readonly Answer[]): string {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(inWords(answer), (counts.get(inWords(answer)) ?? 0) + 1);
  if (answers.length <= 3) return answers.map(inWords).join(", ");
  return [...counts].map(([words, count]) => (count === 1 ? words : `${count} × ${words}`)).join(", ");
}
