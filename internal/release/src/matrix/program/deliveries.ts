import { createFetchHandler, type FetchHandler, type ReceiverOptions } from "@mintfax-webhooks/core";
import {
  createTestSender,
  eventFixture,
  forge,
  signDelivery,
  type TestSender,
} from "@mintfax-webhooks/testing";
import { type Check, equal } from "./check.ts";

const SECRET = "whsec_bWludGZheC10ZXN0LXNlY3JldC0yNGJ5";
const COPIES = 20;

/** A receiver with a sender that is wired to it, and the number of its handler's runs. */
class Bench {
  runs = 0;
  readonly handler: FetchHandler;
  readonly sender: TestSender;

  constructor(work: () => Promise<void> = async () => {}, options: ReceiverOptions<Request> = {}) {
    // Outcomes are looked at here; failing on purpose need not fill the log.
    const quiet = { onOutcome: () => {}, onLateOutcome: () => {} };
    this.handler = createFetchHandler({ secret: SECRET, ...quiet, ...options }).on("fax.delivered", () => {
      this.runs += 1;
      return work();
    });
    this.sender = createTestSender({ secret: SECRET, to: this.handler });
  }
}

/** Something to wait for until it is opened. */
function createGate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

function outcomeOf(body: string | null): unknown {
  return JSON.parse(body ?? "{}").outcome;
}

export const deliveryChecks: readonly Check[] = [
  {
    name: "a delivery is processed: 200",
    async run() {
      const { sender } = new Bench();
      const { status, body } = await sender.attempt(eventFixture("fax.delivered"));
      equal([status, outcomeOf(body)], [200, "processed"], "answer");
    },
  },
  {
    name: "the same event again is a duplicate: 200",
    async run() {
      const bench = new Bench();
      const event = eventFixture("fax.delivered");
      await bench.sender.attempt(event);
      const { status, body } = await bench.sender.attempt(event);
      equal([status, outcomeOf(body), bench.runs], [200, "duplicate", 1], "answer and runs");
    },
  },
  {
    name: `${COPIES} copies at once: one run, the rest 409`,
    async run() {
      const gate = createGate();
      const bench = new Bench(() => gate.opened, { deadlineMs: 5_000 });
      const event = eventFixture("fax.delivered");
      let answered = 0;
      const attempts = Array.from({ length: COPIES }, async () => {
        const { status } = await bench.sender.attempt(event);
        // The one at work is let go when all others have their answer.
        answered += 1;
        if (answered === COPIES - 1) gate.open();
        return status;
      });
      const statuses = (await Promise.all(attempts)).sort();
      equal(statuses, [200, ...Array(COPIES - 1).fill(409)], "answers");
      equal(bench.runs, 1, "runs");
    },
  },
  {
    name: "a forged delivery reaches no handler: 400",
    async run() {
      const bench = new Bench();
      const forged = forge(signDelivery(eventFixture("fax.delivered"), { secret: SECRET }));
      equal([(await bench.sender.send(forged)).status, bench.runs], [400, 0], "answer and runs");
    },
  },
  {
    name: "a body over the limit reaches no handler: 413",
    async run() {
      const bench = new Bench(undefined, { bodyLimitBytes: 100 });
      const { status } = await bench.sender.attempt(eventFixture("fax.delivered"));
      equal([status, bench.runs], [413, 0], "answer and runs");
    },
  },
  {
    name: "past its deadline: 503, 409, when done 200",
    async run() {
      const gate = createGate();
      const bench = new Bench(() => gate.opened, { deadlineMs: 20 });
      const event = eventFixture("fax.delivered");
      const statuses = [await bench.sender.attempt(event), await bench.sender.attempt(event)];
      gate.open();
      await bench.handler.drain();
      statuses.push(await bench.sender.attempt(event));
      equal([statuses.map(({ status }) => status), bench.runs], [[503, 409, 200], 1], "answers and runs");
    },
  },
];
