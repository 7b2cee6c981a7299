import { inspect } from "node:util";
import {
  createFetchHandler,
  createMemoryStore,
  type FaxFailedEvent,
  type HandlerContext,
  type OutcomeCode,
  type ReceiverOptions,
} from "@mintfax-webhooks/core";
import { eventFixture, signDelivery } from "@mintfax-webhooks/testing";
import { BrokenStore } from "test-support/broken-store";
import { gate } from "test-support/gate";
import { SECRET } from "test-support/receiving";
import { afterEach, describe, expect, test, vi } from "vitest";

/** In everything that a person, a customer's system or a stranger fills in, ids and types of events excepted. */
const MARK = "zq7personal";
const MARKED_NUMBER = 770_041_777;

const CONSOLE = ["log", "info", "warn", "error", "debug", "trace"] as const;

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The same value with the mark in every text, number and name of a member. */
function marked(value: unknown): unknown {
  if (typeof value === "string") return `${MARK} ${value}`;
  if (typeof value === "number") return MARKED_NUMBER;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).flatMap(([name, member]) => [
    [name, marked(member)],
    [`${MARK}_${name}`, MARK],
  ]);
  return Object.fromEntries(members);
}

interface Sent {
  readonly request: Request;
  /** What must not be said, beside the mark: the signature that the delivery passes with. */
  readonly mac: string;
}

/** A delivery that is marked all over, with `headers` and other parts of the request changed. */
function delivery(
  headers: Readonly<Record<string, string>> = {},
  init: RequestInit & { readonly type?: string; readonly text?: string } = {},
): Sent {
  const { type = "fax.failed", ...others } = init;
  const fixture = eventFixture("fax.failed");
  const event = { ...fixture, type, data: marked(fixture.data), [MARK]: MARK };
  const text = init.text ?? JSON.stringify(event);
  const signed = signDelivery(text, { secret: SECRET, id: fixture.id, requestId: MARK });
  const request = new Request(`https://clinic.example/${MARK}?${MARK}=${MARK}`, {
    method: "POST",
    body: signed.body,
    ...others,
    headers: { ...signed.headers, "user-agent": MARK, "x-patient": MARK, ...headers },
  });
  return { request, mac: String(signed.headers["webhook-signature"]).slice("v1,".length) };
}

function personalError(): Error {
  const error = new RangeError(`no fax for ${MARK} (+${MARKED_NUMBER}) by ${SECRET}\n    at ${MARK}:1:1`, {
    cause: new Error(MARK),
  });
  return Object.assign(error, { patient: MARK });
}

type Handler = (event: FaxFailedEvent, context: HandlerContext<Request>) => unknown;

/** Opens a receiver and delivers to it, keeping what is said. */
interface Stage {
  open(options?: ReceiverOptions<Request>, handler?: Handler): (sent?: Sent) => Promise<Response>;
}

type Scenario = (stage: Stage) => Promise<unknown>;

const refusing =
  (headers: Record<string, string>, init?: Parameters<typeof delivery>[1]): Scenario =>
  ({ open }) =>
    open()(delivery(headers, init));

/** A way to each code and each outcome without one, with the mark wherever it can be. */
const WAYS: Readonly<Record<OutcomeCode | "processed" | "duplicate" | "unhandled", Scenario>> = {
  method_not_allowed: refusing({}, { method: "PUT" }),
  header_missing: refusing({ "webhook-signature": "" }),
  header_repeated: refusing({ "webhook-id": `${MARK}, ${MARK}` }),
  id_malformed: refusing({ "webhook-id": `${MARK}.${MARK}` }),
  timestamp_malformed: refusing({ "webhook-timestamp": MARK }),
  timestamp_too_old: refusing({ "webhook-timestamp": "770041" }),
  timestamp_too_new: refusing({ "webhook-timestamp": `${MARKED_NUMBER}0000` }),
  signature_malformed: refusing({ "webhook-signature": MARK }),
  content_encoding_unsupported: refusing({ "content-encoding": MARK }),
  content_length_malformed: refusing({ "content-length": MARK }),
  body_too_large: ({ open }) => open({ bodyLimitBytes: 20 })(),
  body_timeout: ({ open }) =>
    open({ bodyTimeoutMs: 1 })(
      delivery({}, {
        body: new ReadableStream({ start: (to) => to.enqueue(Buffer.from(MARK)) }),
        duplex: "half",
      } as RequestInit),
    ),
  body_incomplete: ({ open }) =>
    open()(
      delivery({}, {
        body: new ReadableStream({ start: (to) => to.error(personalError()) }),
        duplex: "half",
      } as RequestInit),
    ),
  signature_mismatch: refusing({}, { body: MARK }),
  body_not_json: refusing({}, { text: MARK }),
  envelope_malformed: refusing({}, { text: JSON.stringify({ [MARK]: MARK, id: MARK, type: [MARK] }) }),
  processed: ({ open }) => open()(),
  unhandled: ({ open }) => open()(delivery({}, { type: "balance.low" })),
  duplicate: async ({ open }) => {
    const deliver = open();
    const sent = delivery();
    await deliver({ ...sent, request: sent.request.clone() });
    await deliver(sent);
  },
  in_progress: async ({ open }) => {
    const started = gate();
    const work = gate();
    const deliver = open({}, () => {
      started.open();
      return work.promise;
    });
    const sent = delivery();
    const first = deliver({ ...sent, request: sent.request.clone() });
    await started.promise;
    await deliver(sent);
    work.open();
    await first;
  },
  handler_failed: ({ open }) => open({}, () => Promise.reject(personalError()))(),
  queue_unavailable: ({ open }) =>
    open({}, () => {
      throw Object.assign(new Error("The queue is down."), { code: "queue_unavailable" });
    })(),
  queue_misconfigured: ({ open }) =>
    open({}, () => {
      throw Object.assign(new Error("The queue has no table."), { code: "queue_misconfigured" });
    })(),
  handler_timed_out: async ({ open }) => {
    const work = gate();
    // Long enough for the delivery to be received on a busy machine.
    await open({ deadlineMs: 200 }, () => work.promise)();
    work.fail(personalError());
  },
  background_failed: ({ open }) =>
    open({}, (_, { waitUntil }) => waitUntil(Promise.reject(personalError())))(),
  store_unavailable: ({ open }) => {
    const store = new BrokenStore(createMemoryStore());
    store.break("claim", () => Promise.reject(personalError()));
    return open({ store })();
  },
  store_misconfigured: ({ open }) => {
    const store = new BrokenStore(createMemoryStore());
    store.break("claim", () =>
      Promise.reject(Object.assign(personalError(), { code: "store_misconfigured" })),
    );
    return open({ store })();
  },
  complete_unavailable: async ({ open }) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const store = new BrokenStore(createMemoryStore());
    store.break("complete", () => Promise.reject(personalError()));
    const answer = open({ store })();
    await vi.advanceTimersByTimeAsync(3_000);
    await answer;
    store.mend();
    await vi.advanceTimersByTimeAsync(1_000);
  },
  secret_unavailable: async ({ open }) => {
    await open({ secret: () => Promise.reject(new Error(`${SECRET} of ${MARK}`)) })();
    await open({ secret: () => `"${SECRET}` })();
  },
  lease_lost: ({ open }) => {
    const store = new BrokenStore(createMemoryStore());
    store.release = () => "lost";
    return open({ store }, () => Promise.reject(personalError()))();
  },
  body_already_parsed: async ({ open }) => {
    const sent = delivery();
    await sent.request.text();
    await open()(sent);
  },
  internal_error: async ({ open }) => {
    const sent = delivery();
    Object.defineProperty(sent.request, "headers", {
      get() {
        throw personalError();
      },
    });
    await open()(sent);
  },
};

/** Plays a scenario, and returns all that was said by then. */
async function said(scenario: Scenario, hooks: ReceiverOptions<Request>) {
  const lines: unknown[][] = [];
  for (const name of CONSOLE) vi.spyOn(console, name).mockImplementation((...args) => lines.push(args));
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, "write").mockImplementation((text) => lines.push([String(text)]) > 0);
  }
  const answers: string[] = [];
  const macs: string[] = [];
  const drains: (() => Promise<void>)[] = [];
  const handled: unknown[] = [];
  await scenario({
    open(options, handler = () => {}) {
      const webhooks = createFetchHandler({ secret: SECRET, ...hooks, ...options });
      webhooks.on("fax.failed", (event, context) => {
        handled.push(event);
        return handler(event, context) as undefined;
      });
      drains.push(() => webhooks.drain());
      return async ({ request, mac } = delivery()) => {
        macs.push(mac);
        const answer = await webhooks(request);
        answers.push(
          `${answer.status} ${JSON.stringify([...answer.headers])} ${await answer.clone().text()}`,
        );
        return answer;
      };
    },
  });
  vi.useRealTimers();
  for (const drain of drains) await drain();
  vi.restoreAllMocks();
  return {
    lines,
    answers,
    handled,
    hidden: [MARK, String(MARKED_NUMBER), SECRET.slice("whsec_".length), ...macs],
  };
}

function expectNone(texts: readonly string[], hidden: readonly string[]): void {
  for (const text of texts) for (const part of hidden) expect(text).not.toContain(part);
}

const LOGGED_IN_FULL: ReadonlySet<string> = new Set<OutcomeCode>([
  "store_unavailable",
  "store_misconfigured",
  "complete_unavailable",
  "secret_unavailable",
  "internal_error",
]);

describe.each(Object.entries(WAYS))("%s", (expected, scenario) => {
  // Threat: T15
  test("answer and records hold nothing of the delivery, of what was thrown, or of the secret", async () => {
    const records: object[] = [];
    const hook = (record: object): void => void records.push(record);
    const { lines, answers, handled, hidden } = await said(scenario, {
      onOutcome: hook,
      onLateOutcome: hook,
    });

    const codes = records.map(
      (record) => ("code" in record && record.code) || ("outcome" in record && record.outcome),
    );
    expect(codes).toContain(expected);
    expect(answers.length).toBeGreaterThan(0);
    expectNone(answers, hidden);
    // In each form in which a logger may take them.
    for (const record of records)
      expectNone([JSON.stringify({ ...record }), inspect(record, { depth: null })], hidden);
    expect(lines).toEqual([]);
    // It was there to be told.
    for (const event of handled) expect(JSON.stringify(event)).toContain(MARK);
  });

  // Threat: T15
  test("nor does the log, where there are no hooks", async () => {
    const { lines, answers, hidden } = await said(scenario, {});

    expectNone(answers, hidden);
    // What the store, a function for the secret or a set-up threw is said; it has never seen the payload.
    const personal = LOGGED_IN_FULL.has(expected) ? hidden.filter((part) => part !== MARK) : hidden;
    expectNone(
      lines.map((line) => inspect(line, { depth: null })),
      personal,
    );
  });
});

// Threat: T15
test("the hook alone is handed what was thrown", async () => {
  const thrown: unknown[] = [];
  await said(WAYS.handler_failed, { onOutcome: ({ error }) => thrown.push(error) });
  expect(thrown).toMatchObject([{ message: expect.stringContaining(MARK) }]);
});

// Threat: T15
test("a hook that throws is logged without what it says", async () => {
  const { lines, hidden } = await said(WAYS.processed, {
    onOutcome: () => {
      throw personalError();
    },
  });
  expect(lines).toMatchObject([[expect.stringContaining("an outcome hook failed: RangeError")]]);
  expectNone(lines.map(String), hidden);
});
