import {
  type Attempt,
  createTestSender,
  type DeliveryInProgress,
  type DeliveryReport,
  eventFixture,
  type TestSender,
} from "@mintfax-webhooks/testing";
import { actAtOnce } from "test-support/at-once";
import type { Random } from "test-support/random";
import { marked, type Point } from "../receiver/points.ts";
import { ATTEMPT_TIMEOUT_MS, nowMs, sleep, TIME_SCALE } from "../terms.ts";

/** Of all events, how many get a "Retry now" right behind their first attempt: copies that arrive at the same time. */
const COPIED = 0.1;
const COPY_WITHIN_MS = 40;
/** Copies of one event that are under way to each receiver at any time. */
const COPIES_AT_ONCE = 25;

export interface Load {
  readonly count: number;
  readonly perSecond: number;
  /** Attempts under way from which on no event is added: a machine that is too slow gets longer, not more. */
  readonly atOnce?: number;
  /** Which events stop and ask, and where. */
  readonly mark?: (index: number) => Point | undefined;
}

/** Everything that is sent in one row of the table. */
export class Traffic {
  readonly #secret: string;
  readonly #key: string;
  readonly #random: Random;
  readonly #deliveries: DeliveryInProgress[] = [];
  readonly #retries: Promise<Attempt>[] = [];
  /** Of events that are sent in copies, which have no schedule. */
  readonly #copies = new Map<string, Attempt[]>();
  #underWay = 0;

  /** @param key starts the ids of all events */
  constructor(secret: string, key: string, random: Random) {
    this.#secret = secret;
    this.#key = key;
    this.#random = random;
  }

  /** How many events have been sent. */
  get events(): number {
    return this.#deliveries.length;
  }

  /** Sends events at a steady pace. Resolves when the last one has been started. */
  async load(port: number, { count, perSecond, atOnce = 40, mark = () => undefined }: Load): Promise<void> {
    const sender = this.#senderTo(port);
    let dueMs = nowMs();
    for (let index = 0; index < count; index += 1) {
      const aheadMs = dueMs - nowMs();
      if (aheadMs > 1) await sleep(aheadMs);
      while (this.#underWay >= atOnce) await sleep(5);
      // What was held up is not made up for at one go.
      dueMs = Math.max(dueMs, nowMs() - 50) + 1_000 / perSecond;
      const point = mark(index);
      const id = `${this.#key}${this.events}`;
      this.#start(sender, point === undefined ? id : marked(id, point));
    }
  }

  /** Attempts of one and the same event, to all receivers at once. */
  async copies(ports: readonly number[], count: number, point: Point): Promise<Attempt[]> {
    const senders = ports.map((port) => this.#senderTo(port));
    const id = marked(`${this.#key}copied`, point);
    const event = eventFixture("fax.delivered", { id });
    const attempts: Attempt[] = [];
    await actAtOnce(COPIES_AT_ONCE * senders.length, count, async (index) => {
      attempts.push(await (senders[index % senders.length] as TestSender).attempt(event));
    });
    this.#copies.set(id, [...(this.#copies.get(id) ?? []), ...attempts]);
    return attempts;
  }

  /** "Retry now" for some of the events. Resolves when these attempts are over. */
  async retryNow(which: (id: string) => boolean): Promise<void> {
    const retries = this.#deliveries.filter(({ id }) => which(id)).map((delivery) => delivery.retryNow());
    this.#retries.push(...retries);
    await Promise.all(retries);
  }

  /** Waits until the schedules of all events are over. */
  async over(): Promise<DeliveryReport[]> {
    const copied = [...this.#copies].map(([id, attempts]) => {
      return { id, attempts, accepted: attempts.some(({ status }) => status === 200) };
    });
    return [...(await Promise.all(this.#deliveries.map(({ done }) => done))), ...copied];
  }

  /** All attempts of everything, once it is over. */
  async attempts(): Promise<Attempt[]> {
    const reports = await this.over();
    // A manual retry is in its event's report too, unless it came after the schedule's end.
    return [
      ...new Set([...reports.flatMap(({ attempts }) => attempts), ...(await Promise.all(this.#retries))]),
    ];
  }

  #start(sender: TestSender, id: string): void {
    const delivery = sender.start(eventFixture("fax.delivered", { id }));
    this.#deliveries.push(delivery);
    if (this.#random.fraction() >= COPIED) return;
    this.#retries.push(sleep(this.#random.fraction() * COPY_WITHIN_MS).then(() => delivery.retryNow()));
  }

  #senderTo(port: number): TestSender {
    const url = `http://127.0.0.1:${port}/webhooks/mintfax`;
    const to = async (request: Request): Promise<Response> => {
      const { method, headers, signal } = request;
      const body = await request.arrayBuffer();
      this.#underWay += 1;
      try {
        return await fetch(url, { method, headers, body, redirect: "manual", signal });
      } finally {
        this.#underWay -= 1;
      }
    };
    return createTestSender({
      secret: this.#secret,
      to,
      timeScale: TIME_SCALE,
      timeoutMs: ATTEMPT_TIMEOUT_MS,
    });
  }
}
